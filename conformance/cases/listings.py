"""The lists of the API as the tests of pages see them: what to ask, and how to tell items apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conformance.api import Api, succeed
from conformance.cases.ground import Ground
from conformance.exchange import Exchange
from conformance.make import REPRESENTATION, Entity, succeed_list
from conformance.paging import onward

BIG = 1000
BRIEFCASES, VERSIONS, OBJECTS, ANNOTATED, GROUPS, RELEASES, SHARES = 3, 4, 6, 3, 3, 2, 4
"""What the sandbox holds at least when pages are looked at."""


@dataclass(frozen=True)
class Listing:
    """One list: `query` always goes along, `filters` narrow it, `orders` are what it can be sorted by."""

    operation: str
    collection: str
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    filters: Mapping[str, Any] = field(default_factory=dict)
    orders: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def page(self, api: Api, **query: Any) -> Exchange:
        """One page, `query` on top of what always goes along."""
        named = {f"${name}" if name in PAGING else name: value for name, value in query.items()}
        return api(self.operation, query={**self.query, **named}, headers=self.headers, **self.path)

    def items(self, page: Exchange) -> list[Entity]:
        """The items of a page; of locks one for each object, since that is what a page of locks counts."""
        found = succeed_list(page, self.collection)
        if self.collection == "releasedLocks":
            return [{"id": object_id} for lock in found for object_id in lock["objectIds"]]
        if self.collection != "locks":
            return found
        return [
            {"briefcaseId": lock["briefcaseId"], "id": object_id, "lockLevel": objects["lockLevel"]}
            for lock in found
            for objects in lock["lockedObjects"]
            for object_id in objects["objectIds"]
        ]

    def piece(self, api: Api, **query: Any) -> list[str]:
        """The keys of one page."""
        return keys(self.items(self.page(api, **query)))

    def walk(self, api: Api, **query: Any) -> list[Entity]:
        """The items of all pages from the first to the last."""
        return [item for page in self.pages(api, **query) for item in self.items(page)]

    def pages(self, api: Api, **query: Any) -> Iterator[Exchange]:
        """All pages from the first to the last."""

        def follow(href: str) -> Exchange:
            page = api.follow(href, headers=self.headers)
            assert page.ok, f"next answered {page.status}"
            return page

        return onward(self.page(api, **query), self.collection, follow)


OWN_NAME = re.compile(r"ic-\d{8}-\d{6}-[0-9a-f]{6} [0-9a-f]{8}(?![^ ])")
PAGING = {"top", "skip", "continuationToken", "orderBy"}


def keys(items: list[Entity]) -> list[str]:
    """What tells the items of a list apart, in their order."""
    return [
        f"{item.get('briefcaseId', '')} {item.get('id') or item['changesetId']}".strip() for item in items
    ]


def values(items: list[Entity], name: str) -> list[Any]:
    """The values of a property, in the order of the items, in a form that sorts the same everywhere.

    Where texts are sorted by the rules of a language only those can be compared that differ in digits and
    small letters: of names those that begin as set-up makes them, up to where they differ.
    """
    found = [item[name] for item in items]
    if name == "name":
        return [known[0] for value in found if (known := OWN_NAME.match(value))]
    return [moment(value) if name.endswith("DateTime") else value for value in found]


def moment(value: str) -> datetime:
    """A date-time of an answer."""
    return datetime.fromisoformat(value.replace("Z", "+00:00"))


def is_sorted(found: list[Any], *, falling: bool = False) -> bool:
    """Whether values are in order; texts may be so with regard to case or without."""
    if all(isinstance(value, str) for value in found):
        return found in (sorted(found, reverse=falling), sorted(found, key=str.casefold, reverse=falling))
    return found == sorted(found, reverse=falling)


def listing(ground: Ground, operation: str) -> Listing:
    """A list of the API, filled so that it takes several pages."""
    return LISTINGS[operation](ground)


def _imodels(ground: Ground) -> Listing:
    if ground.generous:
        ground.awaiting()
    # Others may write in the iTwin at the same time: only our own iModels carry the id of the run.
    query = {"iTwinId": ground.make.itwin, "$search": ground.run.id}
    return Listing(
        "get-itwin-imodels",
        "iModels",
        {},
        query,
        {"state": "initialized"},
        ("name", "createdDateTime"),
        REPRESENTATION,
    )


def _users(ground: Ground) -> Listing:
    crowd(ground)
    path = {"id": ground.sandbox.id}
    return Listing("get-imodel-users", "users", path, orders=("givenName", "surname"), headers=REPRESENTATION)


def _briefcases(ground: Ground) -> Listing:
    crowd(ground)
    filters = {"ownerId": "me"}
    path, orders = {"id": ground.sandbox.id}, ("acquiredDateTime",)
    return Listing("get-imodel-briefcases", "briefcases", path, {}, filters, orders, REPRESENTATION)


def _changesets(ground: Ground) -> Listing:
    filters = {"afterIndex": 1, "lastIndex": 4}
    return Listing("get-imodel-changesets", "changesets", {"id": ground.timeline.id}, {}, filters, ("index",))


def _extended_data(ground: Ground) -> Listing:
    ground.annotated(ANNOTATED)
    return Listing("get-imodel-changesets-extended-data", "extendedData", {"id": ground.sandbox.id})


def _groups(ground: Ground) -> Listing:
    box = ground.sandbox
    for _ in range(0 if box.grouped else GROUPS):
        ground.make.group(box.id)
    box.grouped = True
    return Listing("get-imodel-changeset-groups", "changesetGroups", {"id": ground.sandbox.id})


def _versions(ground: Ground) -> Listing:
    crowd(ground)
    path, orders = {"id": ground.sandbox.id}, ("changesetIndex", "createdDateTime")
    return Listing(
        "get-imodel-named-versions", "namedVersions", path, {}, {"state": "visible"}, orders, REPRESENTATION
    )


def _locks(ground: Ground) -> Listing:
    crowd(ground)
    return Listing("get-imodel-locks", "locks", {"id": ground.sandbox.id}, {}, {"lockLevel": "exclusive"})


def _released_locks(ground: Ground) -> Listing:
    box = ground.sandbox
    for _ in range(0 if box.unlocked else RELEASES):
        ids, point = ground.objects(OBJECTS // RELEASES), ground.unmarked()
        for level in ("exclusive", "none"):
            locked = [{"lockLevel": level, "objectIds": ids}]
            body = {"briefcaseId": box.briefcase, "changesetId": point, "lockedObjects": locked}
            succeed(ground.make.api("update-imodel-locks", id=box.id, body=body))
    box.unlocked = True
    path, filters = {"id": ground.sandbox.id}, {"afterChangesetIndex": 1}
    return Listing("get-imodel-released-locks", "releasedLocks", path, {"afterChangesetIndex": 0}, filters)


def _favorites(ground: Ground) -> Listing:
    ground.favorites()
    query = {"iTwinId": ground.make.itwin}
    return Listing("get-my-favorite-imodels", "iModels", {}, query, headers=REPRESENTATION)


def _recents(ground: Ground) -> Listing:
    ground.recents()
    query = {"iTwinId": ground.make.itwin}
    return Listing("get-my-recently-used-imodels", "iModels", {}, query, headers=REPRESENTATION)


def _shares(ground: Ground) -> Listing:
    while ground.sandbox.shares < SHARES:
        ground.make.share(ground.sandbox.id)
        ground.sandbox.shares += 1
    return Listing("get-imodel-shares", "shares", {"id": ground.sandbox.id})


LISTINGS: dict[str, Callable[[Ground], Listing]] = {
    "get-itwin-imodels": _imodels,
    "get-imodel-users": _users,
    "get-my-favorite-imodels": _favorites,
    "get-my-recently-used-imodels": _recents,
    "get-imodel-briefcases": _briefcases,
    "get-imodel-changesets": _changesets,
    "get-imodel-changesets-extended-data": _extended_data,
    "get-imodel-changeset-groups": _groups,
    "get-imodel-named-versions": _versions,
    "get-imodel-locks": _locks,
    "get-imodel-released-locks": _released_locks,
    "get-imodel-shares": _shares,
}
"""Operation → its list."""


def crowd(ground: Ground) -> None:
    """Fill the sandbox: briefcases of two users if there are two, versions, one of them hidden, locks."""
    box, make = ground.sandbox, ground.make
    if box.crowded:
        return
    ground.settle()
    others = [int(make.briefcase(box.id)["briefcaseId"]) for _ in range(BRIEFCASES - 1)]
    if "second" in ground.run.target.abilities:
        make.as_("second").briefcase(box.id)
    versions = [make.named_version(box.id, ground.unmarked()) for _ in range(VERSIONS)]
    hidden = {"state": "hidden"}
    make.api("update-imodel-named-version", id=box.id, namedVersionId=versions[1]["id"], body=hidden)
    for briefcase, level in ((box.briefcase, "exclusive"), (others[0], "shared")):
        wanted = [{"lockLevel": level, "objectIds": ground.objects(OBJECTS // 2)}]
        make.api("update-imodel-locks", id=box.id, body={"briefcaseId": briefcase, "lockedObjects": wanted})
    box.crowded = True
