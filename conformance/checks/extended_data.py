"""Checks of extended data."""

from __future__ import annotations

from conformance.checks import check, echoes
from conformance.checks.reading import deviation, entities, same_id, sent
from conformance.exchange import Deviation, Exchange

LONGEST_INDEX = 39


@check("extended-data/create-echoes", when=lambda exchange: bool(entities(exchange)))
def create_echoes(exchange: Exchange) -> Deviation | None:
    """The new data are what was sent, to the letter."""
    seen, data = entities(exchange)[0].get("data"), sent(exchange).get("data")
    if not isinstance(seen, str) or seen == data:
        return None
    return deviation("other data", f"{len(str(data))} signs of base64", f"{len(seen)} others")


@check("extended-data/names-changeset", when=lambda exchange: bool(entities(exchange)))
def names_changeset(exchange: Exchange) -> Deviation | None:
    """Extended data name the changeset of the path."""
    found, asked = entities(exchange)[0], exchange.path["changeset"]
    if asked.isdecimal() and len(asked) <= LONGEST_INDEX:
        index = found.get("changesetIndex")
        same = not echoes.is_number(index) or index == int(asked)
        return None if same else deviation("another changesetIndex", asked, index)
    id_ = found.get("changesetId")
    same = not isinstance(id_, str) or same_id(asked, id_)
    return None if same else deviation("another changesetId", asked, id_)
