"""The links of an answer and what they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from conformance.checks.reading import Entity, entities, page, succeeded
from conformance.exchange import Exchange

STORAGE = ("upload", "download")
COPY_HEADERS = ("location", "create-imodel-operation")
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """A link of an answer with the entity it belongs to; links of a page and headers belong to none."""

    name: str
    href: str
    raw: Entity = field(default_factory=dict)
    entity: Entity = field(default_factory=dict)

    @property
    def storage(self) -> bool:
        """Whether it leads to storage and not into the API."""
        return self.name in STORAGE or "storageType" in self.raw

    @property
    def parts(self) -> SplitResult | None:
        """The link as an absolute http(s) URL, None when it is none."""
        return absolute(self.href)

    @property
    def place(self) -> tuple[str, list[str]] | None:
        """The iModel id behind `/imodels/` and the segments after it; None where there is no such pair."""
        parts = self.parts
        segments = [unquote(segment) for segment in parts.path.split("/")] if parts else []
        spots = [number for number, segment in enumerate(segments) if segment.lower() == "imodels"]
        after = segments[spots[-1] + 1 :] if spots else []
        return (after[0], [s for s in after[1:] if s]) if after and after[0] else None


def absolute(href: str) -> SplitResult | None:
    """The parts of an absolute http(s) URL, None for anything else."""
    try:
        parts = urlsplit(href)
        return parts if parts.scheme.lower() in {"http", "https"} and parts.hostname else None
    except ValueError:
        return None


def links(exchange: Exchange) -> list[Link]:
    """Every link of a success: of its entities, of its page, and of the headers of a copy."""
    return [*entity_links(exchange), *page_links(exchange), *_header_links(exchange)]


def entity_links(exchange: Exchange) -> list[Link]:
    """The links of the entities of a success."""
    return [link for entity in entities(exchange) for link in _links(entity, entity)]


def page_links(exchange: Exchange) -> list[Link]:
    """The links of a page: self, prev, next."""
    return list(_links(page(exchange) or {}, {}))


def _links(holder: Entity, entity: Entity) -> Iterator[Link]:
    members = holder.get("_links")
    for name, link in members.items() if isinstance(members, dict) else ():
        if isinstance(link, dict) and isinstance(link.get("href"), str):
            yield Link(name, link["href"], link, entity)


def _header_links(exchange: Exchange) -> list[Link]:
    # The Location of a 201 stands in tutorials only: nothing is promised of it.
    if exchange.status != 202 or not succeeded(exchange):
        return []
    found = ((name, exchange.answer.headers.get(name, "")) for name in COPY_HEADERS)
    return [Link(name, value.strip()) for name, value in found if value.strip()]
