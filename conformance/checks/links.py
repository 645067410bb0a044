"""Checks of the links in an answer."""

from __future__ import annotations

from conformance.checks import check
from conformance.checks.hrefs import Link, entity_links, links
from conformance.checks.reading import Entity, deviation
from conformance.exchange import Deviation, Exchange

PAGE = ("self", "prev", "next")
STORAGE_TYPES = ("azure", "google")
Tail = tuple[str | tuple[str, ...], ...]

# What follows /imodels/{id} by resource and link: a word, or the members of the entity that may stand there.
ANY: tuple[str, ...] = ()
CREATOR: Tail = ("users", ("creatorId",))
TAILS: dict[str, dict[str, Tail]] = {
    "": {
        "creator": CREATOR,
        "changesets": ("changesets",),
        "namedVersions": ("namedversions",),
        "complete": ("baselinefile",),
    },
    "baselinefile": {"creator": CREATOR},
    "briefcases": {"owner": ("users", ("ownerId",))},
    "changesets": {
        "self": ("changesets", ("id", "index")),
        "creator": CREATOR,
        "namedVersion": ("namedversions", ANY),
        "currentOrPrecedingCheckpoint": ("changesets", ANY, "checkpoint"),
        "complete": ("changesets", ("id", "index")),
    },
    "changesetgroups": {"creator": CREATOR},
    "namedversions": {"creator": CREATOR, "changeset": ("changesets", ("changesetId", "changesetIndex"))},
}


def _into_api(exchange: Exchange) -> list[Link]:
    return [link for link in links(exchange) if not link.storage]


def _stands_above(exchange: Exchange, link: Link) -> bool:
    """Whether a link is one of a page over iModels, which has no iModel to name."""
    return _resource(exchange) == "" and link.name in PAGE and not link.entity


@check("links/absolute", when=lambda exchange: bool(links(exchange)))
def links_are_absolute(exchange: Exchange) -> Deviation | None:
    """A link is an absolute URL, and one into the API names its iModel."""
    for link in links(exchange):
        if link.parts is None:
            return deviation(f"{link.name} is not absolute", "an absolute URL", link.href)
        if not link.storage and link.place is None and not _stands_above(exchange, link):
            return deviation(f"{link.name} names no iModel", "/imodels/ and an id in the path", link.href)
    return None


@check("links/no-trailing-slash", when=lambda exchange: bool(_into_api(exchange)))
def no_trailing_slash(exchange: Exchange) -> Deviation | None:
    """The path of a link into the API does not end in a slash."""
    for link in _into_api(exchange):
        if link.parts and link.parts.path.endswith("/"):
            return deviation(f"{link.name} ends in a slash", "no slash at the end of the path", link.href)
    return None


def _storage_links(exchange: Exchange) -> list[Link]:
    return [link for link in entity_links(exchange) if link.storage]


@check("links/storage-type", when=lambda exchange: bool(_storage_links(exchange)))
def storage_type(exchange: Exchange) -> Deviation | None:
    """A storage link says which storage it leads to."""
    for link in _storage_links(exchange):
        if link.raw.get("storageType") not in STORAGE_TYPES:
            seen = link.raw.get("storageType", "no storageType")
            return deviation(f"storageType of {link.name}", " or ".join(STORAGE_TYPES), seen)
    return None


def _resource(exchange: Exchange) -> str:
    segments = exchange.operation.path.strip("/").split("/") if exchange.operation else []
    return segments[1] if len(segments) > 1 else ""


def _judged(exchange: Exchange) -> list[Link]:
    return [link for link in entity_links(exchange) if not link.storage and link.place]


@check("links/agree-with-entity", when=lambda exchange: bool(_judged(exchange)))
def agree_with_entity(exchange: Exchange) -> Deviation | None:
    """A link names the iModel, and the ids, that the entity states."""
    known = TAILS.get(_resource(exchange), {})
    for link in _judged(exchange):
        imodel, tail = link.place or ("", [])
        owner = link.entity.get("id") if _resource(exchange) == "" else exchange.path.get("id")
        if isinstance(owner, str) and owner.casefold() != imodel.casefold():
            return deviation(f"{link.name} names another iModel", f"/imodels/{owner}", link.href)
        if link.name in known and not _fits(tail, known[link.name], link.entity):
            return deviation(f"{link.name} leads elsewhere", _words(known[link.name], link.entity), link.href)
    return None


def _fits(tail: list[str], wanted: Tail, entity: Entity) -> bool:
    if len(tail) != len(wanted):
        return False
    return all(
        segment.casefold() == part if isinstance(part, str) else _is_one_of(segment, part, entity)
        for segment, part in zip(tail, wanted, strict=True)
    )


def _is_one_of(segment: str, members: tuple[str, ...], entity: Entity) -> bool:
    stated = _stated(members, entity)
    return not stated or segment.casefold() in {value.casefold() for value in stated}


def _stated(members: tuple[str, ...], entity: Entity) -> list[str]:
    """The values the entity states; index 0 of an open push is provisional and null states nothing."""
    values = (entity.get(name) for name in members)
    return [str(value) for value in values if value and isinstance(value, str | int)]


def _words(wanted: Tail, entity: Entity) -> str:
    parts = (part if isinstance(part, str) else " or ".join(_stated(part, entity)) or "…" for part in wanted)
    return "/".join(parts)
