"""Checks of named versions."""

from __future__ import annotations

from conformance.checks import check, echoes
from conformance.checks.reading import deviation, entities, sent
from conformance.exchange import Deviation, Exchange

GIVEN: dict[str, echoes.Same] = {"name": echoes.text, "description": echoes.text}


@check("named-versions/create-echoes", when=lambda exchange: bool(entities(exchange)))
def create_echoes(exchange: Exchange) -> Deviation | None:
    """The new named version is as it was asked for, and visible."""
    version = entities(exchange)[0]
    if version.get("state") == "hidden":
        return deviation("hidden", "visible", version["state"])
    return echoes.differs(sent(exchange), version, {**GIVEN, "changesetId": echoes.id})


@check("named-versions/update-applies", when=lambda exchange: bool(entities(exchange)))
def update_applies(exchange: Exchange) -> Deviation | None:
    """The updated named version is as it was asked for; what a null asks for is left open."""
    return echoes.differs(sent(exchange), entities(exchange)[0], {**GIVEN, "state": echoes.text})
