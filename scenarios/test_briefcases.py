"""Briefcases: acquired, listed, released; who may release whose."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.make import REPRESENTATION, Entity, Maker
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.story import promise

TOLD = {"id", "briefcaseId", "displayName", "ownerId", "deviceName", "acquiredDateTime"}
QUOTA = 100


@pytest.fixture(scope="module")
def depot(run: Run) -> Entity:
    """The iModel whose briefcases the tests of this file acquire and release."""
    with run.story("set-up: depot"):
        return run.maker().imodel()


def _ids(make: Maker, imodel: str, **query: str) -> set[str]:
    return {item["id"] for item in make.walk("get-imodel-briefcases", "briefcases", id=imodel, query=query)}


@pytest.mark.profile("smoke")
def test_an_acquired_briefcase_belongs_to_its_caller(api: Api, make: Maker, depot: Entity) -> None:
    made, other = make.briefcase(depot["id"], "Laptop"), make.briefcase(depot["id"], "Tablet")
    with promise("briefcases/ids-differ"):
        assert made["id"] != other["id"]
        assert made["briefcaseId"] != other["briefcaseId"]
    with promise("briefcases/owner-is-caller"):
        creator = depot["_links"]["creator"]["href"].rstrip("/").rsplit("/", 1)[-1]
        assert made["ownerId"].lower() == creator.lower()
    with promise("briefcases/readable"):
        read = api("get-imodel-briefcase-details", id=depot["id"], briefcaseId=made["briefcaseId"])
        assert read.status == 200
        assert {key: read.entity[key] for key in TOLD} == {key: made[key] for key in TOLD}
    with promise("briefcases/listed"):
        full = make.soon(
            lambda: make.walk("get-imodel-briefcases", "briefcases", id=depot["id"], headers=REPRESENTATION),
            lambda seen: {made["id"], other["id"]} <= {item["id"] for item in seen},
        )
        listed = {item["id"]: {key: item[key] for key in TOLD} for item in full}
        for briefcase in (made, other):
            assert listed.get(briefcase["id"]) == {key: briefcase[key] for key in TOLD}


def test_a_briefcase_needs_no_words(api: Api, depot: Entity) -> None:
    with promise("briefcases/optional-body"):
        assert api("acquire-imodel-briefcase", id=depot["id"], body={}).status == 201
        assert api("acquire-imodel-briefcase", id=depot["id"]).status == 201


def test_a_released_briefcase_is_gone_with_its_locks(api: Api, make: Maker, depot: Entity) -> None:
    made, keeper = make.briefcase(depot["id"]), make.briefcase(depot["id"])
    number = made["briefcaseId"]
    lock = {"briefcaseId": number, "lockedObjects": [{"lockLevel": "exclusive", "objectIds": ["0xd1"]}]}
    succeed(api("update-imodel-locks", id=depot["id"], body=lock))
    released = api("release-imodel-briefcase", id=depot["id"], briefcaseId=number)
    with promise("briefcases/release-removes"):
        assert released.status == 204
        gone = api("get-imodel-briefcase-details", id=depot["id"], briefcaseId=number)
        refused(gone, 404, "BriefcaseNotFound")
        assert made["id"] not in make.soon(
            lambda: _ids(make, depot["id"]), lambda seen: made["id"] not in seen
        )
    with promise("briefcases/release-frees-locks"):
        free = api("update-imodel-locks", id=depot["id"], body=lock | {"briefcaseId": keeper["briefcaseId"]})
        assert free.status == 200


def test_briefcases_are_found_by_owner(make: Maker, run: Run, depot: Entity) -> None:
    mine = make.briefcase(depot["id"])
    with promise("briefcases/owner-filter"):
        listed = make.soon(lambda: _ids(make, depot["id"], ownerId="me"), lambda seen: mine["id"] in seen)
        assert mine["id"] in listed
        assert _ids(make, depot["id"], ownerId=mine["ownerId"]) == listed
        assert _ids(make, depot["id"], ownerId=run.journal.invent()) == set()


def test_only_a_manager_releases_what_is_not_his(api: Api, make: Maker, depot: Entity) -> None:
    others = make.as_("second").briefcase(depot["id"])
    place = {"id": depot["id"], "briefcaseId": others["briefcaseId"]}
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
