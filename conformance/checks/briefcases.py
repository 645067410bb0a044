"""Checks of briefcases."""

from __future__ import annotations

from conformance.checks import check, echoes
from conformance.checks.reading import Entity, deviation, entities, same_text, sent
from conformance.exchange import Deviation, Exchange


def _device(exchange: Exchange) -> str:
    """The device name that was sent; the display name of a briefcase without one is left open."""
    name = sent(exchange).get("deviceName")
    return name.strip() if isinstance(name, str) else ""


@check("briefcases/acquire-echoes", when=lambda exchange: bool(entities(exchange) and _device(exchange)))
def acquire_echoes(exchange: Exchange) -> Deviation | None:
    """The new briefcase has the device name that was sent, also in its display name."""
    briefcase = entities(exchange)[0]
    if found := echoes.differs(sent(exchange), briefcase, {"deviceName": echoes.text}):
        return found
    wanted, seen = f"#{briefcase.get('briefcaseId')} {_device(exchange)}", briefcase.get("displayName")
    if not _is_id(briefcase.get("briefcaseId")) or not isinstance(seen, str) or same_text(wanted, seen):
        return None
    return deviation("another displayName", wanted, seen)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _numbered(exchange: Exchange) -> list[Entity]:
    found = (e for e in entities(exchange) if isinstance(e.get("id"), str) and _is_id(e.get("briefcaseId")))
    return [entity for entity in found if entity["id"].isdecimal()]


@check("briefcases/id-is-text-of-briefcase-id", when=lambda exchange: bool(_numbered(exchange)))
def id_is_text_of_briefcase_id(exchange: Exchange) -> Deviation | None:
    """The id is the number as text."""
    for briefcase in _numbered(exchange):
        if briefcase["id"] != str(briefcase["briefcaseId"]):
            return deviation("another number", str(briefcase["briefcaseId"]), briefcase["id"])
    return None


def _full(exchange: Exchange) -> list[Entity]:
    """Full briefcases, told by their links: minimal ones have none."""
    return [briefcase for briefcase in entities(exchange) if isinstance(briefcase.get("_links"), dict)]


@check("briefcases/checkpoint-link", when=lambda exchange: bool(_full(exchange)))
def checkpoint_link(exchange: Exchange) -> Deviation | None:
    """A full briefcase has the link checkpoint."""
    for briefcase in _full(exchange):
        link = briefcase["_links"].get("checkpoint")
        if not isinstance(link, dict) or not isinstance(link.get("href"), str):
            return deviation("no checkpoint", "the link checkpoint", link)
    return None
