"""Checks of baseline files."""

from __future__ import annotations

from conformance.checks import check
from conformance.checks.reading import Entity, deviation, entities
from conformance.exchange import Deviation, Exchange


def _named(exchange: Exchange) -> list[Entity]:
    return [entity for entity in entities(exchange) if isinstance(entity.get("displayName"), str)]


@check("baseline-files/named-after-imodel", when=lambda exchange: bool(_named(exchange)))
def named_after_imodel(exchange: Exchange) -> Deviation | None:
    """The display name is the id of the iModel, or of the file where that differs, and .bim."""
    file = _named(exchange)[0]
    ids = [one for one in (exchange.path.get("id"), file.get("id")) if isinstance(one, str)]
    names = [f"{one}.bim".casefold() for one in ids]
    if not names or file["displayName"].casefold() in names:
        return None
    return deviation("another displayName", names[0], file["displayName"])
