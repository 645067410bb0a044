"""Pages: whatever their size, they add up to the list, in its order, with its filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from typing import Any

import pytest
from hypothesis import strategies as st

from conformance.cases.generate import for_each
from conformance.cases.ground import Ground
from conformance.cases.listings import BIG, Listing, is_sorted, keys, listing, values
from conformance.contract import WEAK
from conformance.exchange import Exchange
from conformance.paging import link
from conformance.requirements import promise_of
from conformance.runner.run import Run
from conformance.story import CURRENT, Undecided, promise

ON_MOCK, ON_LIVE = 4, 1
"""Page sizes tried for each list."""
BY_CLIENTS = promise_of("lists/paging-of-clients").operations
BY_SKIP = tuple(dict.fromkeys((*promise_of("lists/skip").operations, *BY_CLIENTS)))


@dataclass
class Pages:
    """A list, the keys of all its items when it was last read whole, and how to draw sizes of its pages."""

    run: Run
    ground: Ground
    listing: Listing
    last: list[str] | None = None
    walked: list[Exchange] = field(default_factory=list)

    def by_clients(self, parameter: str) -> bool:
        """Whether only clients show that the list takes a parameter."""
        described = self.run.contract.operations[self.listing.operation].parameter(parameter)
        return described is not None and described.label in WEAK

    def whole(self) -> list[str]:
        """The keys of all items, by pages that are as large as they may be."""
        self.last = keys(self.listing.walk(self.run.api(), top=BIG))
        return self.last

    def steadily(self, look: Callable[[], list[str]]) -> tuple[list[str], list[str]]:
        """Look while the list stands still: what was seen, and the keys of the whole list around it."""

        def between() -> tuple[list[str], list[str], list[str]]:
            return self.whole() if self.last is None else self.last, look(), self.whole()

        before, found, after = self.ground.make.soon(between, lambda seen: seen[0] == seen[2])
        if before != after:
            raise Undecided("the list kept changing while its pages were read")
        return found, after

    def walk(self, top: int, **query: Any) -> list[str]:
        """The keys of a walk, whose pages are kept."""
        self.walked = [*self.listing.pages(self.run.api(), top=top, **query)]
        return keys([item for page in self.walked for item in self.listing.items(page)])

    def led_back(self, top: int, whole: list[str]) -> None:
        """Assert that prev of the last page of the walk leads to the page before, if that is a full one."""
        left = keys(self.listing.items(self.walked[-2])) if len(self.walked) > 1 else []
        if len(left) == top and (href := link(self.walked[-1], "prev")):
            page = self.run.api().follow(href, headers=self.listing.headers)
            assert page.ok, f"prev answered {page.status}"
            found = keys(self.listing.items(page))
            if found != left and whole != self.whole():
                raise Undecided("the list changed while its pages were read")
            assert found == left, "prev leads to other items"

    def by_token(self, top: int) -> tuple[list[str], list[str]]:
        """The keys of a walk in token mode, and of the whole list around it."""
        asked = {"top": top, "continuationToken": ""}
        return self.steadily(lambda: keys(self.listing.walk(self.run.api(), **asked)))

    def orders(self) -> Iterator[dict[str, str]]:
        """What to ask for besides, for each order the list has; for one where requests are counted."""
        described = self.run.contract.operations[self.listing.operation]
        known = self.listing.orders if described.parameter("$orderBy") else ()
        asked = [{}, *({"orderBy": f"{name} {way}"} for name in known for way in ("asc", "desc"))]
        if not self.ground.generous:
            asked = [CURRENT.get().random.choice(asked)]
        # Whether a list can be sorted at all is a question of its own.
        yield from (
            one if one and self.listing.page(self.run.api(), top=1, **one).ok else {} for one in asked
        )

    def for_sizes(self, act: Callable[[Any], object]) -> None:
        """Call `act` with pairs of numbers around the length of the list: a page size and a place in it."""
        length = len(self.whole())
        # Where requests are counted, two pages have to do.
        smallest = 1 if self.ground.generous else max(1, ceil(length / 2))
        pairs = st.tuples(st.integers(smallest, length + 1), st.integers(0, length + 1))
        number = ON_MOCK if self.ground.generous else ON_LIVE
        seed = self.run.seed_of(CURRENT.get().test)
        for_each(pairs, act, number=number, of=seed, shrink=self.ground.embedded)


@pytest.fixture
def pages(operation: str, run: Run, ground: Ground) -> Pages:
    """The list of an operation, filled."""
    return Pages(run, ground, listing(ground, operation))


@pytest.mark.parametrize("operation", promise_of("lists/pages-add-up").operations)
def test_pages_add_up(pages: Pages) -> None:
    """Following next gives every item once, for every page size, in whatever order; prev leads back."""

    def walk(sizes: tuple[int, int], order: dict[str, str]) -> None:
        whole: list[str] = []
        with promise("lists/pages-add-up"):
            found, whole = pages.steadily(lambda: pages.walk(sizes[0], **order))
            same(found, whole)
            assert not link(pages.walked[-1], "next"), "next leads on and on to nothing new"
        row, operation = "lists/prev-leads-back", pages.listing.operation
        if whole and promise_of(row).concerns(operation) and pages.run.plan.looks_at(row, operation):
            with promise("lists/prev-leads-back"):
                pages.led_back(sizes[0], whole)

    for order in pages.orders():
        pages.for_sizes(partial(walk, order=order))


@pytest.mark.parametrize("operation", [*promise_of("lists/token-mode").operations, *BY_CLIENTS])
def test_token_mode(pages: Pages) -> None:
    """So does a walk that starts with an empty continuation token."""
    by_clients = pages.by_clients("$continuationToken")

    def walk(sizes: tuple[int, int]) -> None:
        with promise("lists/paging-of-clients") if by_clients else promise("lists/token-mode"):
            same(*pages.by_token(sizes[0]))

    pages.for_sizes(walk)


@pytest.mark.parametrize("operation", promise_of("favorites/token-mode").operations)
def test_token_mode_of_favorites(pages: Pages) -> None:
    """And one through the favorites, where only clients say that there are tokens."""

    def walk(sizes: tuple[int, int]) -> None:
        with promise("favorites/token-mode"):
            same(*pages.by_token(sizes[0]))

    pages.for_sizes(walk)


@pytest.mark.parametrize("operation", BY_SKIP)
def test_skip(pages: Pages) -> None:
    """A page with $skip is a piece of the whole list, at that place."""
    by_clients = pages.by_clients("$skip")

    def look(sizes: tuple[int, int]) -> None:
        top, skip = sizes
        with promise("lists/paging-of-clients") if by_clients else promise("lists/skip"):
            found, whole = pages.steadily(lambda: pages.listing.piece(pages.run.api(), top=top, skip=skip))
            assert found == whole[skip : skip + len(found)], f"$skip={skip} leaves out others"
            assert found or skip >= len(whole), f"$skip={skip} of {len(whole)} items gives none"

    pages.for_sizes(look)


@pytest.mark.parametrize("operation", promise_of("lists/next-keeps-filters").operations)
def test_next_keeps_filters(pages: Pages) -> None:
    """In small pages, a filtered list shows what it shows in one page, and nothing else."""
    api, filters = pages.run.api(), pages.listing.filters
    one_page: list[str] = []

    def in_pieces() -> list[str]:
        one_page[:] = keys(pages.listing.walk(api, top=BIG, **filters))
        size = 1 if pages.ground.generous else max(1, ceil(len(one_page) / 3))
        return keys(pages.listing.walk(api, top=size, **filters))

    found: list[str] = []
    if filters:
        with promise("lists/next-keeps-filters"):
            found, _ = pages.steadily(in_pieces)
            odd = set(found) - set(one_page)
            assert not odd, f"{len(odd)} items on later pages do not pass the filters"
    if found and set(found) <= set(one_page):
        with promise("lists/pages-add-up"):
            same(found, one_page)


@pytest.mark.parametrize("operation", promise_of("lists/order").operations)
def test_order(pages: Pages) -> None:
    """A list sorted by a property is in its order, both ways."""
    api = pages.run.api()
    for name in pages.listing.orders:
        with promise("lists/order"):
            rising = values(pages.listing.walk(api, top=BIG, orderBy=name), name)
            assert is_sorted(rising), f"{name} is not ascending"
            falling = values(pages.listing.walk(api, top=BIG, orderBy=f"{name} desc"), name)
            assert is_sorted(falling, falling=True), f"{name} desc is not descending"


def same(found: list[str], whole: list[str]) -> None:
    """Assert that a walk gave every item of the whole list once, and nothing else."""
    twice = len(found) - len(set(found))
    assert not twice, f"{twice} items come twice"
    missing, odd = set(whole) - set(found), set(found) - set(whole)
    assert not missing, f"{len(missing)} of {len(whole)} items are missing"
    assert not odd, f"{len(odd)} items are not in the one big page"
