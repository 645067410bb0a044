"""Locks: shared and exclusive, conflicts and their holders, release and freshness."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from conformance.api import Api, succeed
from conformance.exchange import Exchange
from conformance.make import Entity, Maker
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.shared import Shared
from conformance.story import CURRENT, promise, shows

NO_BRIEFCASE = 16777214


@dataclass(frozen=True)
class Site:
    """An iModel with a changeset and two briefcases, and the locks asked for on it."""

    id: str
    changesets: list[str]
    first: int
    second: int

    def ask(self, api: Api, briefcase: int, changeset: str | None = None, **levels: list[str]) -> Exchange:
        """Ask for locks: `exclusive=["0x1"]`, `shared=[…]`, `none=[…]`."""
        locked = [{"lockLevel": level, "objectIds": ids} for level, ids in levels.items()]
        body: Entity = {"briefcaseId": briefcase, "lockedObjects": locked}
        return api(
            "update-imodel-locks", id=self.id, body=body | ({"changesetId": changeset} if changeset else {})
        )

    def held(self, make: Maker, **query: object) -> dict[str, set[tuple[int, str]]]:
        """Object → who holds it at which level, as the list of locks tells."""
        found: dict[str, set[tuple[int, str]]] = {}
        for lock in make.walk("get-imodel-locks", "locks", id=self.id, query={"$top": 1000} | query):
            for part in lock["lockedObjects"]:
                for object_id in part["objectIds"]:
                    found.setdefault(object_id, set()).add((lock["briefcaseId"], part["lockLevel"]))
        return found


@pytest.fixture(scope="module")
def site(run: Run, workshops: Shared) -> Site:
    imodel = workshops()["id"]
    with run.story("set-up: site"):
        make = run.maker()
        first, second = (make.briefcase(imodel)["briefcaseId"] for _ in range(2))
        pushed = make.pushes(imodel, first, 2, make.head(imodel))
        return Site(imodel, [changeset["id"] for changeset in pushed], first, second)


@pytest.fixture
def object_id() -> str:
    """An object that no other test locks."""
    return f"0x{CURRENT.get().random.getrandbits(48) | 1 << 48:x}"


@pytest.mark.profile("smoke")
def test_an_exclusive_lock_has_one_holder(api: Api, make: Maker, site: Site, object_id: str) -> None:
    with promise("locks/acquire-answers-acquired"):
        acquired = succeed(site.ask(api, site.first, exclusive=[object_id]))
        assert shows(acquired["lockedObjects"], [{"lockLevel": "exclusive", "objectIds": [object_id]}])
    with promise("locks/listed"):
        listed = make.soon(lambda: site.held(make), lambda seen: object_id in seen)
        assert listed.get(object_id) == {(site.first, "exclusive")}
    with promise("locks/exclusive-conflicts"):
        error = refused(site.ask(api, site.second, exclusive=[object_id]), 409, "ConflictWithAnotherUser")
        refused(site.ask(api, site.second, shared=[object_id]), 409, "ConflictWithAnotherUser")
    with promise("locks/conflict-names-holders"):
        [conflict] = error["conflictingLocks"]
        assert (conflict["objectId"], conflict["lockLevel"]) == (object_id, "exclusive")
        assert site.first in conflict["briefcaseIds"]


def test_a_shared_lock_has_many(api: Api, make: Maker, site: Site, object_id: str) -> None:
    succeed(site.ask(api, site.first, shared=[object_id]))
    with promise("locks/shared-by-many"):
        assert site.ask(api, site.second, shared=[object_id]).status == 200
        both = {(site.first, "shared"), (site.second, "shared")}
        assert make.soon(lambda: site.held(make).get(object_id), lambda seen: seen == both) == both
    third = make.briefcase(site.id)["briefcaseId"]
    with promise("locks/shared-blocks-exclusive"):
        refused(site.ask(api, third, exclusive=[object_id]), 409, "ConflictWithAnotherUser")


def test_a_refused_request_locks_nothing(api: Api, make: Maker, site: Site, object_id: str) -> None:
    free = object_id + "f"
    succeed(site.ask(api, site.first, exclusive=[object_id]))
    with promise("locks/refusal-changes-nothing"):
        refused(site.ask(api, site.second, exclusive=[free, object_id]), 409)
        assert free not in site.held(make)
        assert site.ask(api, site.first, exclusive=[free]).status == 200


def test_a_released_lock_is_free(api: Api, make: Maker, site: Site, object_id: str) -> None:
    succeed(site.ask(api, site.first, exclusive=[object_id]))
    with promise("locks/release"):
        released = site.ask(api, site.first, site.changesets[0], none=[object_id])
        assert released.status == 200
        assert object_id not in make.soon(lambda: site.held(make), lambda seen: object_id not in seen)
        assert site.ask(api, site.second, site.changesets[0], exclusive=[object_id]).status == 200
    with promise("locks/acquire-answers-acquired"):
        assert released.entity["lockedObjects"] == []
    with promise("locks/not-held"):
        unknown = object_id + "e"
        error = refused(site.ask(api, site.first, none=[unknown]), 404, "LockNotFound")
        assert error["objectIds"] == [unknown]


def test_a_lock_asks_for_the_newest_changeset(api: Api, site: Site, object_id: str) -> None:
    old, new = site.changesets
    raised = object_id + "d"
    succeed(site.ask(api, site.first, new, exclusive=[object_id, raised]))
    succeed(site.ask(api, site.first, new, none=[object_id, raised]))
    with promise("locks/freshness"):
        error = refused(site.ask(api, site.second, old, exclusive=[object_id]), 409, "NewerChangesExist")
        assert error["objectIds"] == [object_id]
        assert site.ask(api, site.second, new, exclusive=[object_id], shared=[raised]).status == 200
        refused(site.ask(api, site.second, old, exclusive=[raised]), 409, "NewerChangesExist")


def test_locks_need_a_briefcase_and_a_changeset_that_exist(
    api: Api, make: Maker, site: Site, object_id: str
) -> None:
    with promise("locks/unknown-briefcase"):
        refused(site.ask(api, NO_BRIEFCASE, exclusive=[object_id]), 404, "BriefcaseNotFound")
    with promise("locks/unknown-changeset"):
        unknown = site.ask(api, site.first, make.changeset_id(), exclusive=[object_id])
        refused(unknown, 404, "ChangesetNotFound")


def test_a_request_names_at_most_a_thousand_objects(api: Api, site: Site) -> None:
    ids = [f"0xaa{number:04x}" for number in range(1001)]
    with promise("locks/too-many"):
        refused(site.ask(api, site.first, exclusive=ids[:500], shared=ids[500:]), 413, "RequestTooLarge")
        assert site.ask(api, site.first, shared=ids[:1000]).status == 200


def test_locks_are_found_by_briefcase_and_level(api: Api, make: Maker, site: Site, object_id: str) -> None:
    mine, shared = object_id, object_id + "c"
    succeed(site.ask(api, site.first, exclusive=[mine], shared=[shared]))

    def found(expected: str, **query: object) -> dict[str, set[tuple[int, str]]]:
        return make.soon(lambda: site.held(make, **query), lambda seen: expected in seen)

    with promise("locks/briefcase-filter"):
        assert {mine, shared} <= found(shared, briefcaseId=site.first).keys()
        assert {who for holders in found(mine, briefcaseId=site.first).values() for who, _ in holders} == {
            site.first
        }
        assert not {mine, shared} & site.held(make, briefcaseId=site.second).keys()
    with promise("locks/level-filter"):
        assert mine in found(mine, lockLevel="exclusive")
        assert shared not in site.held(make, lockLevel="exclusive")
        assert shared in found(shared, lockLevel="shared")
        assert mine not in site.held(make, lockLevel="shared")


def test_only_a_manager_releases_what_is_not_his(api: Api, make: Maker, site: Site, object_id: str) -> None:
    others = make.as_("second").briefcase(site.id)["briefcaseId"]
    succeed(site.ask(api.as_("second"), others, exclusive=[object_id]))
    with promise("locks/own-or-manage"):
        refused(site.ask(api.as_("writer"), others, none=[object_id]), 403, "InsufficientPermissions")
        assert site.ask(api, others, none=[object_id]).status == 200
