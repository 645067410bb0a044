"""Briefcases: acquired, listed, released; who may release whose."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.make import REPRESENTATION, Entity, Maker
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.story import CURRENT, promise

TOLD = {"id", "briefcaseId", "displayName", "ownerId", "deviceName", "acquiredDateTime"}
QUOTA = 100


def _ids(make: Maker, imodel: str, **query: str) -> set[str]:
    return {item["id"] for item in make.walk("get-imodel-briefcases", "briefcases", id=imodel, query=query)}


@pytest.mark.profile("smoke")
def test_an_acquired_briefcase_belongs_to_its_caller(api: Api, make: Maker, workshop: Entity) -> None:
    made, other = make.briefcase(workshop["id"], "Laptop"), make.briefcase(workshop["id"], "Tablet")
    with promise("briefcases/ids-differ"):
        assert made["id"] != other["id"]
        assert made["briefcaseId"] != other["briefcaseId"]
    with promise("briefcases/owner-is-caller"):
        creator = workshop["_links"]["creator"]["href"].rstrip("/").rsplit("/", 1)[-1]
        assert made["ownerId"].lower() == creator.lower()
    with promise("briefcases/readable"):
        read = api("get-imodel-briefcase-details", id=workshop["id"], briefcaseId=made["briefcaseId"])
        assert read.status == 200
        assert {key: read.entity[key] for key in TOLD} == {key: made[key] for key in TOLD}
    with promise("briefcases/listed"):
        full = make.soon(
            lambda: make.walk(
                "get-imodel-briefcases", "briefcases", id=workshop["id"], headers=REPRESENTATION
            ),
            lambda seen: {made["id"], other["id"]} <= {item["id"] for item in seen},
        )
        listed = {item["id"]: {key: item[key] for key in TOLD} for item in full}
        for briefcase in (made, other):
            assert listed.get(briefcase["id"]) == {key: briefcase[key] for key in TOLD}


def test_a_briefcase_needs_no_words(api: Api, workshop: Entity) -> None:
    with promise("briefcases/optional-body"):
        assert api("acquire-imodel-briefcase", id=workshop["id"], body={}).status == 201
        assert api("acquire-imodel-briefcase", id=workshop["id"]).status == 201


def test_a_released_briefcase_is_gone_with_its_locks(api: Api, make: Maker, workshop: Entity) -> None:
    made, keeper = make.briefcase(workshop["id"]), make.briefcase(workshop["id"])
    number, object_id = made["briefcaseId"], f"0x{CURRENT.get().random.getrandbits(48) | 1 << 48:x}"
    lock = {"briefcaseId": number, "lockedObjects": [{"lockLevel": "exclusive", "objectIds": [object_id]}]}
    succeed(api("update-imodel-locks", id=workshop["id"], body=lock))
    released = api("release-imodel-briefcase", id=workshop["id"], briefcaseId=number)
    with promise("briefcases/release-removes"):
        assert released.status == 204
        gone = api("get-imodel-briefcase-details", id=workshop["id"], briefcaseId=number)
        refused(gone, 404, "BriefcaseNotFound")
        assert made["id"] not in make.soon(
            lambda: _ids(make, workshop["id"]), lambda seen: made["id"] not in seen
        )
    with promise("briefcases/release-frees-locks"):
        free = api(
            "update-imodel-locks", id=workshop["id"], body=lock | {"briefcaseId": keeper["briefcaseId"]}
        )
        assert free.status == 200


def test_briefcases_are_found_by_owner(make: Maker, run: Run, workshop: Entity) -> None:
    mine = make.briefcase(workshop["id"])
    with promise("briefcases/owner-filter"):
        listed = make.soon(lambda: _ids(make, workshop["id"], ownerId="me"), lambda seen: mine["id"] in seen)
        assert mine["id"] in listed
        assert _ids(make, workshop["id"], ownerId=mine["ownerId"]) == listed
        assert _ids(make, workshop["id"], ownerId=run.journal.invent()) == set()


def test_only_a_manager_releases_what_is_not_his(api: Api, make: Maker, workshop: Entity) -> None:
    others = make.as_("second").briefcase(workshop["id"])
    place = {"id": workshop["id"], "briefcaseId": others["briefcaseId"]}
    with promise("briefcases/release-of-anothers"):
        refused(api.as_("writer")("release-imodel-briefcase", **place), 403, "InsufficientPermissions")
        assert api("get-imodel-briefcase-details", **place).status == 200
        assert api("release-imodel-briefcase", **place).status == 204


@pytest.mark.profile("full")
def test_a_user_holds_a_hundred_briefcases(api: Api, make: Maker) -> None:
    imodel = make.imodel()["id"]
    for _ in range(QUOTA):
        make.briefcase(imodel)
    with promise("briefcases/quota"):
        error = refused(api("acquire-imodel-briefcase", id=imodel, body={}), 422)
        codes = {error.get("code"), *(entry.get("code") for entry in error.get("details") or ())}
        assert "ResourceQuotaExceeded" in codes
