"""Checks of iModels."""

from __future__ import annotations

from conformance.checks import check, echoes
from conformance.checks.reading import Entity, deviation, entities, sent
from conformance.exchange import Deviation, Exchange

GIVEN = {"name": echoes.text, "description": echoes.text, "extent": echoes.extent}


@check("imodels/create-echoes", when=lambda exchange: bool(entities(exchange)))
def create_echoes(exchange: Exchange) -> Deviation | None:
    """The new iModel is as it was asked for."""
    return echoes.differs(sent(exchange), entities(exchange)[0], {"iTwinId": echoes.id, **GIVEN})


@check("imodels/update-applies", when=lambda exchange: bool(entities(exchange)))
def update_applies(exchange: Exchange) -> Deviation | None:
    """The updated iModel is as it was asked for; what a null asks for is left open."""
    return echoes.differs(sent(exchange), entities(exchange)[0], GIVEN)


def _left_out(exchange: Exchange) -> list[str]:
    # What a template hands on is not documented.
    found = entities(exchange)
    if not found or sent(exchange).get("template") is not None:
        return []
    return [n for n in ("description", "extent") if sent(exchange).get(n) is None and n in found[0]]


@check("imodels/null-when-absent", when=lambda exchange: bool(_left_out(exchange)))
def null_when_absent(exchange: Exchange) -> Deviation | None:
    """What was not given is null."""
    for name in _left_out(exchange):
        if (seen := entities(exchange)[0][name]) is not None:
            return deviation(f"{name} not null", f"{name} null", seen)
    return None


def _named(exchange: Exchange) -> list[Entity]:
    members = ("name", "displayName")
    return [e for e in entities(exchange) if all(isinstance(e.get(name), str) for name in members)]


@check("imodels/display-name-is-name", when=lambda exchange: bool(_named(exchange)))
def imodel_display_name_is_name(exchange: Exchange) -> Deviation | None:
    """displayName equals name."""
    return _other_display_name(exchange)


@check("named-versions/display-name-is-name", when=lambda exchange: bool(_named(exchange)))
def version_display_name_is_name(exchange: Exchange) -> Deviation | None:
    """displayName equals name."""
    return _other_display_name(exchange)


@check("shares/display-name-is-name", when=lambda exchange: bool(_named(exchange)))
def share_display_name_is_name(exchange: Exchange) -> Deviation | None:
    """displayName equals name."""
    return _other_display_name(exchange)


def _other_display_name(exchange: Exchange) -> Deviation | None:
    for entity in _named(exchange):
        if entity["displayName"] != entity["name"]:
            return deviation("another displayName", f"the name {entity['name']}", entity["displayName"])
    return None
