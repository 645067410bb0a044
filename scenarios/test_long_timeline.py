"""A long timeline: 25 changesets by three briefcases of two users, read back in every way there is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from conformance.api import Api, succeed
from conformance.make import REPRESENTATION, Entity, Maker
from conformance.runner.run import Run
from conformance.story import alike, promise

LENGTH = 25
OWNERS = ("main", "second", "main")
"""Who holds the first briefcase, the second and the third; each pushes in turn."""
PAGE = 4


@dataclass(frozen=True)
class Long:
    """The iModel, its changesets as they were completed, and the bytes of each."""

    id: str
    pushed: list[Entity]
    contents: dict[str, bytes]

    @property
    def ids(self) -> list[str]:
        """The ids of the changesets in their order."""
        return [changeset["id"] for changeset in self.pushed]


@pytest.fixture(scope="module")
def long(run: Run) -> Long:
    with run.story("set-up: long timeline"):
        return grown(run)


def grown(run: Run) -> Long:
    """A long timeline by several users, all of which the list shows."""
    make = run.maker()
    made = Long(make.imodel()["id"], [], {})
    owners = [make.as_(who if who in run.target.tokens else "main") for who in OWNERS]
    turns = [(owner, owner.briefcase(made.id)["briefcaseId"]) for owner in owners]
    for place in range(LENGTH):
        own, briefcase = turns[place % len(turns)]
        data = make.content(1 + 37 * place)
        parent = made.ids[-1] if made.pushed else None
        words = {"description": f"step {place + 1}", "containingChanges": 1 << place % 6}
        made.pushed.append(own.push(made.id, briefcase, parent, data=data, **words))
        made.contents[made.ids[-1]] = data
    make.history(made.id, LENGTH)
    return made


def ids(make: Maker, long: Long, **query: object) -> list[str]:
    """The ids of a list, page by page, as they come."""
    listed = make.walk("get-imodel-changesets", "changesets", id=long.id, query={"$top": PAGE} | query)
    return [changeset["id"] for changeset in listed]


@pytest.mark.profile("full")
def test_a_long_history_is_one_chain(make: Maker, long: Long) -> None:
    told = make.history(long.id, LENGTH)
    with promise("changesets/chain"):
        assert [changeset["id"] for changeset in told] == long.ids
        assert [changeset["parentId"] or "" for changeset in told] == ["", *long.ids[:-1]]
    with promise("changesets/index-ascends"):
        indexes = [changeset["index"] for changeset in told]
        assert indexes == sorted(set(indexes))
    with promise("changesets/list-equals-details"):
        for changeset in told[::6]:
            alone = succeed(
                make.api("get-imodel-changeset-details", id=long.id, changeset=changeset["index"])
            )
            assert alike(_lasting(changeset), _lasting(alone))
    with promise("changesets/readable"):
        for changeset, pushed in zip(told, long.pushed, strict=True):
            for member in ("description", "briefcaseId", "fileSize", "containingChanges", "creatorId"):
                assert changeset[member] == pushed[member]


@pytest.mark.profile("full")
def test_a_long_history_is_read_in_both_orders_and_in_parts(make: Maker, long: Long) -> None:
    with promise("lists/pages-add-up"):
        assert sorted(ids(make, long)) == sorted(long.ids)
    with promise("lists/order"):
        assert ids(make, long, **{"$orderBy": "index asc"}) == long.ids
        assert ids(make, long, **{"$orderBy": "index desc"}) == long.ids[::-1]
    with promise("changesets/range-filter"):
        for after, last in ((0, 5), (5, 10), (9, 24), (24, LENGTH), (LENGTH, LENGTH)):
            between = {"afterIndex": _index(long, after), "lastIndex": _index(long, last)}
            assert sorted(ids(make, long, **between)) == sorted(long.ids[after:last])
        backwards = {"afterIndex": _index(long, 9), "$orderBy": "index desc"}
        assert sorted(ids(make, long, **backwards)) == sorted(long.ids[9:])


@pytest.mark.profile("full")
def test_every_file_of_a_long_history_comes_back(api: Api, make: Maker, long: Long) -> None:
    for changeset in make.history(long.id, LENGTH):
        data, link = long.contents[changeset["id"]], changeset["_links"]["download"]
        with promise("changesets/bytes-identical"):
            copy = api.download(link)
            assert (copy.status, copy.answer.body) == (200, data)
        with promise("changesets/bytes-by-range"):
            middle, end = len(data) // 2, len(data) - 1
            part = api.download(link, f"{middle}-{end}")
            assert part.status == 206
            assert part.answer.headers["content-range"] == f"bytes {middle}-{end}/{len(data)}"
            assert part.answer.body == data[middle:]


@pytest.mark.profile("full")
def test_a_long_history_adds_up_in_the_statistics_of_its_users(make: Maker, long: Long) -> None:
    wanted = Counter(changeset["creatorId"] for changeset in long.pushed)

    def counted() -> dict[str, int]:
        users = make.walk("get-imodel-users", "users", id=long.id, headers=REPRESENTATION)
        return {user["id"]: user["statistics"]["pushedChangesetsCount"] for user in users}

    with promise("users/pushes-counted"):
        found = make.soon(counted, lambda seen: wanted.items() <= seen.items())
        assert {user: found.get(user) for user in wanted} == wanted
        assert sum(found.values()) == LENGTH


def _index(long: Long, place: int) -> int:
    """The index of the changeset at a place, 0 for the baseline."""
    return int(long.pushed[place - 1]["index"]) if place else 0


def _lasting(changeset: Entity) -> Entity:
    links = {name: link for name, link in changeset["_links"].items() if name != "download"}
    return changeset | {"_links": links}
