"""A walk over pages goes to the last one, and comes to an end whatever a server answers."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from conformance.exchange import Exchange
from conformance.paging import IDLE, link, onward
from tests.relations.test_history import told

FAR = 100
"""Pages after which a walk of these tests would not have ended."""


def page(at: int, items: Any, following: int | None) -> Exchange:
    """A page at an address, and the address that its next leads to."""
    leads = None if following is None else {"href": f"https://host/shares?$skip={following}"}
    body = {"shares": items, "_links": {"next": leads}}
    return told("get-imodel-shares", 200, body, query=f"?$skip={at}")


def walked(pages: list[Exchange]) -> list[Exchange]:
    """A walk over pages, the last of which comes again and again."""
    rest = iter(pages[1:])
    return list(islice(onward(pages[0], "shares", lambda href: next(rest, pages[-1])), FAR))


def test_it_goes_to_the_last_page() -> None:
    pages = [page(0, ["a"], 1), page(1, [], 2), page(2, ["b"], 3), page(3, ["c"], None)]
    assert walked(pages) == pages


def test_pages_without_items_may_stand_between_others() -> None:
    pages = [page(0, [], 1), page(1, [], 2), page(2, ["a"], 3), page(3, [], 4), page(4, ["b"], None)]
    assert walked(pages) == pages


@pytest.mark.parametrize("items", [[], ["a"], None, "odd"])
def test_what_brings_nothing_new_is_broken_off(items: Any) -> None:
    pages = [page(at, items, at + 1) for at in range(FAR)]
    assert len(walked(pages)) == IDLE + (2 if items == ["a"] else 1)
    assert link(walked(pages)[-1], "next")


def test_a_walk_in_circles_ends_where_it_began() -> None:
    first, second = page(0, ["a"], 1), page(1, ["b"], 0)
    first = told("get-imodel-shares", 200, first.json, query="?$skip=0")
    back = second.json | {"_links": {"next": {"href": first.request.url}}}
    assert len(walked([first, told("get-imodel-shares", 200, back, query="?$skip=1")])) == 2


@pytest.mark.parametrize(
    "body", [[], None, {}, {"_links": 1}, {"_links": {"next": "here"}}, {"_links": {"next": {}}}]
)
def test_what_is_no_link_leads_nowhere(body: Any) -> None:
    assert link(told("get-imodel-shares", 200, body), "next") == ""
