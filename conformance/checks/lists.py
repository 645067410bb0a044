"""Checks of the pages of a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.checks import check
from conformance.checks.flaws import full_only, required_in_full
from conformance.checks.hrefs import Link, page_links
from conformance.checks.reading import collection, deviation, entities, page, prefers
from conformance.exchange import Deviation, Exchange

LARGEST_PAGE = 1000
WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
# How a link shows a token, or who "me" is, is left open.
TOKEN = "$continuationToken"
ME = "me"


def _items(exchange: Exchange) -> list[Any] | None:
    found = (page(exchange) or {}).get(collection(exchange))
    return found if isinstance(found, list) else None


@check("lists/envelope", when=lambda exchange: page(exchange) is not None)
def envelope(exchange: Exchange) -> Deviation | None:
    """A page has its collection and _links with next, which is a link or null."""
    body, name = page(exchange) or {}, collection(exchange)
    if not isinstance(body.get(name), list):
        return deviation("no collection", f"an array {name}", body.get(name, "no such member"))
    links = body.get("_links")
    if not isinstance(links, dict) or "next" not in links:
        return deviation("no next", "_links with next", body.get("_links", "no _links"))
    following = links["next"]
    if following is None or (isinstance(following, dict) and isinstance(following.get("href"), str)):
        return None
    return deviation("next is no link", "a link or null as next", following)


def page_of_items(exchange: Exchange) -> bool:
    """Whether the answer is a page with its collection."""
    return _items(exchange) is not None


@check("lists/page-size", when=page_of_items)
def page_size(exchange: Exchange) -> Deviation | None:
    """A page holds at most $top items and never more than 1000; locks count object ids."""
    return too_many(exchange)


def too_many(exchange: Exchange) -> Deviation | None:
    """What a page holds beyond its limit."""
    asked = _number(exchange.request.query.get("$top", ""))
    limit = asked if asked and asked <= LARGEST_PAGE else LARGEST_PAGE
    items = _items(exchange) or []
    counts = COUNTS.get(collection(exchange), lambda item: 1)
    count = sum(counts(item) for item in items)
    if count <= limit:
        return None
    return deviation("too many" if asked else "over 1000", f"at most {limit}", str(count))


def _number(text: str) -> int | None:
    return int(text) if WHOLE_NUMBER.fullmatch(text) else None


def _object_ids(lock: Any) -> int:
    groups = lock.get("lockedObjects") if isinstance(lock, dict) else None
    return sum(map(_released_ids, groups)) if isinstance(groups, list) else 0


def _released_ids(group: Any) -> int:
    ids = group.get("objectIds") if isinstance(group, dict) else None
    return len(ids) if isinstance(ids, list) else 0


COUNTS: dict[str, Callable[[Any], int]] = {"locks": _object_ids, "releasedLocks": _released_ids}
"""Collection → what an item counts for on a page, where that is not one."""


def _has_items(exchange: Exchange, representation: str) -> bool:
    return prefers(exchange) == representation and bool(full_only(exchange)) and bool(entities(exchange))


@check("lists/minimal-by-default", when=lambda exchange: _has_items(exchange, "minimal"))
def minimal_by_default(exchange: Exchange) -> Deviation | None:
    """An item of a minimal list has nothing that only the full one has."""
    extra = sorted({name for item in entities(exchange) for name in full_only(exchange) & item.keys()})
    return deviation("full members", "minimal items", ", ".join(extra)) if extra else None


@check("lists/representation", when=lambda exchange: _has_items(exchange, "representation"))
def representation(exchange: Exchange) -> Deviation | None:
    """An item of a full list has every member of the full one."""
    wanted = required_in_full(exchange)
    missing = sorted({name for item in entities(exchange) for name in wanted - item.keys()})
    return deviation("members missing", "full items", f"no {', '.join(missing)}") if missing else None


def _self(exchange: Exchange) -> Link | None:
    """The link self of a page; None where links/absolute is at fault."""
    named = "id" in exchange.path
    found = (link for link in page_links(exchange) if link.name == "self" and link.parts)
    return next((link for link in found if link.place or not named), None)


@check("lists/self-repeats-request", when=lambda exchange: _self(exchange) is not None)
def self_repeats_request(exchange: Exchange) -> Deviation | None:
    """The link self has the path and the parameters of the request."""
    link = _self(exchange)
    href = link.href if link else ""
    wanted, seen = _tail(exchange.request.url), _tail(href)
    if wanted != seen:
        return deviation("another path", wanted, href)
    shown = {name.lower(): _plain(value) for name, value in parse_qsl(urlsplit(href).query)}
    for name, value in _effective(exchange):
        if shown.get(name.lower()) != _plain(value):
            return deviation(f"another {name}", f"{name}={value}", href)
    return None


def _tail(url: str) -> str:
    path = urlsplit(url).path.rstrip("/").casefold()
    return path[max(path.rfind("/imodels"), 0) :]


def _plain(value: str) -> str:
    """A value in one spelling: case, space and an explicit `asc` aside."""
    return ",".join(part.strip().removesuffix(" asc").strip() for part in value.casefold().split(","))


def _effective(exchange: Exchange) -> list[tuple[str, str]]:
    """The parameters that a right service heeds: documented ones with a valid value, not in token mode."""
    query = exchange.request.query
    if TOKEN in query:
        return []
    given = ((name, value) for name, value in query.items() if value != ME)
    return [(name, value) for name, value in given if _is_valid(exchange, name, value)]


def _is_valid(exchange: Exchange, name: str, value: str) -> bool:
    described = exchange.operation.parameter(name) if exchange.operation else None
    if described is None or described.location != "query":
        return False
    schema = exchange.contract.resolve(described.schema)
    number = isinstance(schema, dict) and schema.get("type") == "integer"
    try:
        return bool(exchange.contract.validator(schema).is_valid(_number(value) if number else value))
    except ValueError:  # text that is no Unicode
        return False
