"""Pages of a collection: order, window, links."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from conformance.contract import WEAK
from conformance.mock.call import Answer, Call
from conformance.mock.faults import fault
from conformance.mock.liberties import liberty
from conformance.mock.problems import invalid
from conformance.mock.views import url


class Listed(Protocol):
    """What a list can hold."""

    @property
    def id(self) -> str: ...
    @property
    def created(self) -> datetime: ...


T = TypeVar("T")
L = TypeVar("L", bound=Listed)
View = Callable[[Call, L], dict[str, Any]]
Orders = Mapping[str, Callable[[L], Any]]

RECENTS = ("get-my-recently-used-imodels",)
TOO_MANY = (fault.switch("lists/page-size"), fault.switch("recents/page-size"))
SKIPS_ONE = fault.switch("lists/pages-add-up")
SORTED_SKIPS_ONE = fault.switch("lists/pages-add-up:sorted", on=["get-imodel-named-versions"])
FILTERED_SKIPS_ONE = fault.switch("lists/pages-add-up:filtered", on=["get-imodel-named-versions"])
REPEATS_ONE = fault.switch("lists/pages-add-up:repeats")
ENDLESS = fault.switch("lists/pages-add-up:endless")
SKIP_IGNORED = fault.switch("lists/skip")
FORGETS_FILTERS = fault.switch("lists/next-keeps-filters")
ORDER_IGNORED = fault.switch("lists/order")
ORDER_REVERSED = fault.switch("lists/order:reversed")
TOKEN_SKIPS_ONE = fault.switch("lists/token-mode")
CLIENTS_TOKEN_SKIPS_ONE = fault.switch("lists/paging-of-clients")
CLIENTS_SKIP_IGNORED = fault.switch("lists/paging-of-clients:skip")
PREV_STAYS = fault.switch("lists/prev-leads-back")
BARE_SELF = fault.switch("lists/self-repeats-request")
ALWAYS_FULL = (fault.switch("lists/minimal-by-default"), fault.switch("recents/representations"))
NEVER_FULL = (fault.switch("lists/representation"), fault.switch("recents/representations:never"))

OTHER_ORDER = liberty.switch("other-default-order")
SMALLER_PAGES = liberty.switch("smaller-pages")
LATE = liberty.switch("late-lists")
EMPTY_TOKEN_IGNORED = liberty.switch("empty-token-ignored")
LONG_DEFAULT = liberty.switch("default-page-1000")
BY_TOKEN_ONLY = liberty.switch("favorites-by-token-only", on=["get-my-favorite-imodels"])
PREV_IS_SELF = liberty.switch("first-page-prev-is-self")

PAGING = ("$skip", "$top", "$continuationToken")


def page(
    call: Call, items: Iterable[L], minimal: View[L], full: View[L], orders: Orders[L] | None = None
) -> Answer:
    """One page of items, which come in their default order and already filtered."""
    window, links = cut(call, arranged(call, items, orders or {}), lambda item: item.id)
    wants_full = (call.full or _bent(call, ALWAYS_FULL)) and not _bent(call, NEVER_FULL)
    view = full if wants_full else minimal
    name = call.operation.collection or "items"
    return Answer(200, {name: [view(call, item) for item in window], "_links": links})


def _bent(call: Call, faults: tuple[str, str]) -> bool:
    """Whether a fault is on: the list of recents has rows, and so faults, of its own."""
    general, of_recents = faults
    return call.bent(of_recents if call.operation.id in RECENTS else general)


def arranged(call: Call, items: Iterable[L], orders: Orders[L]) -> list[L]:
    """The items in the order the request asks for."""
    found = list(items)
    if call.bent(LATE):
        seen = call.now - timedelta(seconds=call.settings.late_list_seconds)
        found = [item for item in found if item.created <= seen]
    wish = call.query.get("$orderBy")
    if not wish and call.bent(OTHER_ORDER) and call.operation.id not in RECENTS:
        found.reverse()
    if not wish or call.bent(ORDER_IGNORED):
        return found
    for part in reversed(str(wish).split(",")):
        name, _, direction = part.strip().partition(" ")
        if key := orders.get(name):
            down = direction.strip().lower() == "desc"
            found.sort(key=key, reverse=down != call.bent(ORDER_REVERSED))
    return found


def cut(call: Call, items: Sequence[T], key: Callable[[T], str]) -> tuple[list[T], dict[str, Any]]:
    """The part of the items that the request asks for, and the links of that page."""
    token = call.query.get("$continuationToken")
    asked = call.query.get("$skip", 0)
    if call.bent(BY_TOKEN_ONLY):
        token, asked = token or "", 0
    elif not token and call.bent(EMPTY_TOKEN_IGNORED):
        token = None
    top = call.query.get("$top", 1000 if call.bent(LONG_DEFAULT) else call.settings.default_page)
    size = min(top, call.settings.small_page) if call.bent(SMALLER_PAGES) else top
    size += _bent(call, TOO_MANY)
    start = asked if token is None else _position(call, token, items, key)
    nominal = start
    if token is None and (call.bent(SKIP_IGNORED) or _bent_for_clients(call, CLIENTS_SKIP_IGNORED, "$skip")):
        start = 0
    window = list(items[start : start + size])
    more = nominal + size < len(items)
    after = nominal + len(window) + _skips_one(call) - call.bent(REPEATS_ONE)
    links: dict[str, Any] = {"self": _self(call, asked, top, token), "prev": None, "next": None}
    if more and window:
        links["next"] = _next(call, top, after if token is None else None, _token(after, key(window[-1])))
    elif token is None and call.bent(ENDLESS):
        links["next"] = _next(call, top, nominal + size, "")
    if token is None and asked > 0:
        before = asked if call.bent(PREV_STAYS) else max(0, asked - top)
        links["prev"] = _link(call, {"$skip": before, "$top": top})
    elif call.bent(PREV_IS_SELF):
        links["prev"] = links["self"]
    return window, links


def _skips_one(call: Call) -> bool:
    sorted_, filtered = "$orderBy" in call.query, "state" in call.query
    only_some = (sorted_ and call.bent(SORTED_SKIPS_ONE)) or (filtered and call.bent(FILTERED_SKIPS_ONE))
    return only_some or call.bent(SKIPS_ONE)


def _position(call: Call, token: str, items: Sequence[T], key: Callable[[T], str]) -> int:
    if not token:
        return 0
    try:
        position, last = json.loads(base64.urlsafe_b64decode(token.encode()))
        start = next((i + 1 for i, item in enumerate(items) if key(item) == last), int(position))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise invalid("InvalidValue", "$continuationToken") from error
    skips = _bent_for_clients(call, CLIENTS_TOKEN_SKIPS_ONE, "$continuationToken")
    return max(0, start) + (call.bent(TOKEN_SKIPS_ONE) or skips)


def _bent_for_clients(call: Call, fault: str, name: str) -> bool:
    """Whether a fault is on that concerns only the lists whose parameter nobody but clients shows."""
    described = call.operation.parameter(name)
    return described is not None and described.label in WEAK and call.bent(fault)


def _token(position: int, last: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([position, last]).encode()).decode()


def _self(call: Call, skip: int, top: int, token: str | None) -> dict[str, str]:
    if call.bent(BARE_SELF):
        return _href(call, {})
    paging = {"$skip": skip} if token is None else {"$continuationToken": token}
    return _link(call, {**paging, "$top": top})


def _next(call: Call, top: int, skip: int | None, token: str) -> dict[str, str]:
    paging = {"$continuationToken": token} if skip is None else {"$skip": skip}
    return _link(call, {**paging, "$top": top}, forget=call.bent(FORGETS_FILTERS))


def _link(call: Call, paging: dict[str, Any], *, forget: bool = False) -> dict[str, str]:
    others = {name: value for name, value in call.query.items() if name not in PAGING}
    required = {p.name for p in call.operation.parameters if p.required and p.location == "query"}
    first = {name: value for name, value in others.items() if name in required}
    rest = {} if forget else {name: value for name, value in others.items() if name not in required}
    return _href(call, {**first, **paging, **rest})


def _href(call: Call, query: dict[str, Any]) -> dict[str, str]:
    path = call.request.path.strip("/")
    address = url(call, *([path] if path else []))
    pairs = "&".join(f"{name}={quote(str(value), safe=',')}" for name, value in query.items())
    return {"href": f"{address}?{pairs}" if pairs else address}
