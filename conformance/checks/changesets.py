"""Checks of changesets."""

from __future__ import annotations

from conformance.checks import check, echoes
from conformance.checks.reading import Entity, deviation, entities, sent
from conformance.exchange import Deviation, Exchange

# Until the push is completed all but the id may still be null.
PROVISIONAL: dict[str, echoes.Same] = {
    "id": echoes.id,
    "description": echoes.text_or_null,
    "parentId": echoes.id_or_null,
    "briefcaseId": echoes.number_or_null,
    "fileSize": echoes.number_or_null,
    "containingChanges": echoes.number_or_null,
    "groupId": echoes.id_or_null,
}


@check("changesets/create-echoes", when=lambda exchange: bool(entities(exchange)))
def create_echoes(exchange: Exchange) -> Deviation | None:
    """The new changeset is as it was sent."""
    return echoes.differs(sent(exchange), entities(exchange)[0], PROVISIONAL)


@check("changesets/provisional-until-completed", when=lambda exchange: bool(_linked(exchange)))
def provisional_until_completed(exchange: Exchange) -> Deviation | None:
    """A new changeset waits for its file and says where to send it and how to complete."""
    changeset = _linked(exchange)[0]
    if changeset.get("state") != "waitingForFile":
        return deviation("another state", "waitingForFile", changeset.get("state", "no state"))
    for name in ("upload", "complete"):
        link = changeset["_links"].get(name)
        if not isinstance(link, dict) or not isinstance(link.get("href"), str):
            return deviation(f"no {name}", f"the link {name}", link)
    return None


def _linked(exchange: Exchange) -> list[Entity]:
    return [changeset for changeset in entities(exchange) if isinstance(changeset.get("_links"), dict)]


def _completed(exchange: Exchange) -> list[Entity]:
    pushed = (e for e in entities(exchange) if e.get("state") == "fileUploaded")
    return [e for e in pushed if echoes.is_number(e.get("index")) and isinstance(e.get("displayName"), str)]


def _digits(index: float) -> str:
    return str(int(index) if isinstance(index, int) or index.is_integer() else index)


@check("changesets/display-name-is-index", when=lambda exchange: bool(_completed(exchange)))
def display_name_is_index(exchange: Exchange) -> Deviation | None:
    """The display name of a completed changeset is its index."""
    for changeset in _completed(exchange):
        if changeset["displayName"] != _digits(changeset["index"]):
            return deviation("another displayName", _digits(changeset["index"]), changeset["displayName"])
    return None
