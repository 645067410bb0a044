"""Where a service is, in two documents: every address that the variables of a server make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from conformance.drift.schemas import Change

Item = tuple[Mapping[str, Any], Mapping[str, Any]]
MOST = 100
"""Addresses of one server that are looked at."""


def servers(old: Any, new: Any) -> Iterator[Change]:
    """The addresses that are there only before, and only after."""
    before, after = _addresses(old), _addresses(new)
    yield from (("server-removed", url, url, "") for url in before if url not in after)
    yield from (("server-added", url, "", url) for url in after if url not in before)


def moved_servers(
    old: Mapping[str, Any], before: Item, new: Mapping[str, Any], after: Item
) -> Iterator[Change]:
    """What changed for one operation, where it, or its path, has addresses of its own."""
    if any("servers" in holder for holder in (*before, *after)):
        yield from servers(_own(old, before), _own(new, after))


def _own(document: Mapping[str, Any], item: Item) -> Any:
    path, operation = item
    return next((one["servers"] for one in (operation, path, document) if one.get("servers")), None)


def _addresses(known: Any) -> list[str]:
    urls = [url for one in known or () for url in islice(_filled(one), MOST)]
    return list(dict.fromkeys(url.rstrip("/") for url in urls))


def _filled(server: Mapping[str, Any]) -> Iterator[str]:
    variables = server.get("variables") or {}
    known = (one.get("enum") or [one.get("default", f"{{{name}}}")] for name, one in variables.items())
    for chosen in product(*known):
        url = str(server["url"])
        for name, value in zip(variables, chosen, strict=True):
            url = url.replace(f"{{{name}}}", str(value))
        yield url
