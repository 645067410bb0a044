"""Releasing locks: all of a briefcase chunk by chunk, and what the service tells of released ones."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.exchange import Exchange
from conformance.make import Entity, Maker
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.shared import Shared
from conformance.story import CURRENT, promise
from scenarios.test_locks import NO_BRIEFCASE, Site


class Yard(Site):
    """A site whose locks are released."""

    def release_chunk(self, api: Api, briefcase: int, changeset: str | None = None) -> Exchange:
        """Ask for the release of some of the locks of a briefcase."""
        body: Entity = {"briefcaseId": briefcase} | ({"changesetId": changeset} if changeset else {})
        return api("release-imodel-locks-chunk", id=self.id, body=body)

    def released(self, make: Maker, after: int) -> set[str]:
        """The objects released after an index, as the list of released locks tells."""
        query = {"afterChangesetIndex": after, "$top": 1000}
        found = make.walk("get-imodel-released-locks", "releasedLocks", id=self.id, query=query)
        return {object_id for entry in found for object_id in entry["objectIds"]}


@pytest.fixture(scope="module")
def yard(run: Run, workshops: Shared) -> Yard:
    imodel = workshops()["id"]
    with run.story("set-up: lock yard"):
        make = run.maker()
        first, second = (make.briefcase(imodel)["briefcaseId"] for _ in range(2))
        pushed = make.pushes(imodel, first, 2, make.head(imodel))
        return Yard(imodel, [changeset["id"] for changeset in pushed], first, second)


@pytest.fixture
def object_id() -> str:
    """An object that no other test locks."""
    return f"0x{CURRENT.get().random.getrandbits(48) | 1 << 48:x}"


def test_all_locks_of_a_briefcase_end_chunk_by_chunk(
    api: Api, make: Maker, yard: Yard, object_id: str
) -> None:
    mine, ids = make.briefcase(yard.id)["briefcaseId"], [f"{object_id}{number:04x}" for number in range(1001)]
    succeed(yard.ask(api, yard.second, shared=[object_id]))
    succeed(yard.ask(api, mine, exclusive=ids[:500], shared=ids[500:1000]))
    succeed(yard.ask(api, mine, exclusive=ids[1000:]))
    with promise("locks/release-chunk"):
        for _ in range(len(ids) + 1):
            chunk = yard.release_chunk(api, mine)
            assert chunk.status == 200
            if chunk.json["isLastChunk"]:
                break
        else:
            pytest.fail(f"no last chunk after {len(ids) + 1} calls")
        assert not make.soon(lambda: yard.held(make, briefcaseId=mine), lambda seen: not seen)
    with promise("locks/release-chunk-spares-others"):
        assert object_id in yard.held(make, briefcaseId=yard.second)
    with promise("locks/release-chunk-of-nothing"):
        chunk = yard.release_chunk(api, mine)
        assert chunk.status == 200
        assert chunk.json["isLastChunk"] is True


def test_a_chunk_needs_a_briefcase_and_a_changeset_that_exist(api: Api, make: Maker, yard: Yard) -> None:
    with promise("locks/release-chunk-unknown-briefcase"):
        refused(yard.release_chunk(api, NO_BRIEFCASE), 404, "BriefcaseNotFound")
    with promise("locks/release-chunk-unknown-changeset"):
        refused(yard.release_chunk(api, yard.first, make.changeset_id()), 404, "ChangesetNotFound")


def test_only_a_manager_releases_all_that_is_not_his(
    api: Api, make: Maker, yard: Yard, object_id: str
) -> None:
    others = make.as_("second").briefcase(yard.id)["briefcaseId"]
    succeed(yard.ask(api.as_("second"), others, exclusive=[object_id]))
    with promise("locks/release-chunk-own-or-manage"):
        refused(yard.release_chunk(api.as_("writer"), others), (403, 404))
        assert object_id in yard.held(make, briefcaseId=others)
        assert yard.release_chunk(api, others).status == 200


def test_released_locks_are_told_from_the_index_before(
    api: Api, make: Maker, yard: Yard, object_id: str
) -> None:
    new, both, demoted = yard.changesets[1], [object_id, f"{object_id}a"], f"{object_id}b"
    index = succeed(api("get-imodel-changeset-details", id=yard.id, changeset=new))["index"]
    succeed(yard.ask(api, yard.first, new, exclusive=[*both, demoted]))
    succeed(yard.ask(api, yard.first, new, none=[*both], shared=[demoted]))
    with promise("locks/released-listed"):
        seen = make.soon(lambda: yard.released(make, index - 1), lambda told: {*both} <= told)
        assert {*both} <= seen
    with promise("locks/released-after-index"):
        assert not {*both} & yard.released(make, index)
    with promise("locks/released-without-demoted"):
        assert demoted not in yard.released(make, 0)
