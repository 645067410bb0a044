"""Users: who is one, and how their statistics count."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.make import Entity, Maker
from conformance.runner.run import Run
from conformance.story import promise


@pytest.fixture(scope="module")
def office(run: Run) -> Entity:
    """A fresh iModel whose only user is its creator."""
    with run.story("set-up: office"):
        return run.maker().imodel()


def _creator(imodel: Entity) -> str:
    return str(imodel["_links"]["creator"]["href"].rstrip("/").rsplit("/", 1)[-1])


def _statistics(api: Api, imodel: Entity) -> Entity:
    found: Entity = succeed(api("get-imodel-user-details", id=imodel["id"], userId=_creator(imodel)))
    statistics: Entity = found["statistics"]
    return statistics


def test_the_creator_is_a_user(api: Api, make: Maker, office: Entity) -> None:
    with promise("users/creator-is-user"):
        assert api.follow(office["_links"]["creator"]["href"]).status == 200
        listed = make.soon(
            lambda: {user["id"] for user in make.walk("get-imodel-users", "users", id=office["id"])},
            lambda seen: _creator(office) in seen,
        )
        assert _creator(office) in listed


def test_what_a_user_does_is_counted(api: Api, make: Maker, office: Entity) -> None:
    before = _statistics(api, office)
    briefcase = make.briefcase(office["id"])["briefcaseId"]
    pushed = make.pushes(office["id"], briefcase, 2)
    make.named_version(office["id"], pushed[0]["id"])
    after = make.soon(lambda: _statistics(api, office), lambda seen: seen != before)
    with promise("users/pushes-counted"):
        assert after["pushedChangesetsCount"] == before["pushedChangesetsCount"] + 2
        assert after["lastChangesetPushDate"]
    with promise("users/versions-counted"):
        assert after["createdVersionsCount"] == before["createdVersionsCount"] + 1
    with promise("users/briefcases-counted"):
        assert after.get("briefcasesCount", 1) == before.get("briefcasesCount", 0) + 1
