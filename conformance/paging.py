"""Walks from the first page of a list to its last."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from conformance.exchange import Exchange

IDLE = 10
"""Pages in a row without a new item after which a list is taken to go on for ever."""


def link(page: Exchange, name: str) -> str:
    """Where a link of a page leads, `""` where it is null or missing."""
    links = page.json.get("_links") if isinstance(page.json, dict) else None
    found = links.get(name) if isinstance(links, dict) else None
    href = found.get("href") if isinstance(found, dict) else None
    return href if isinstance(href, str) else ""


def _items(page: Exchange, collection: str) -> set[str]:
    found = page.json.get(collection)
    return {json.dumps(item, sort_keys=True) for item in found} if isinstance(found, list) else set()


def onward(page: Exchange, collection: str, follow: Callable[[str], Exchange]) -> Iterator[Exchange]:
    """A page and those after it.

    A walk in circles, or one that finds nothing new any more, is broken off: its last page then has a next.
    """
    seen: set[str] = set()
    addresses, idle = {page.request.url}, 0
    yield page
    while (href := link(page, "next")) and href not in addresses and idle < IDLE:
        addresses.add(href)
        items = _items(page, collection)
        idle = 0 if items - seen else idle + 1
        seen |= items
        page = follow(href)
        yield page
