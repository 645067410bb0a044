"""Users: who is one, and how their statistics count."""

from __future__ import annotations

from conformance.api import Api, succeed
from conformance.make import Entity, Maker
from conformance.story import promise


def _creator(imodel: Entity) -> str:
    return str(imodel["_links"]["creator"]["href"].rstrip("/").rsplit("/", 1)[-1])


def _statistics(api: Api, imodel: Entity) -> Entity:
    found: Entity = succeed(api("get-imodel-user-details", id=imodel["id"], userId=_creator(imodel)))
    statistics: Entity = found["statistics"]
    return statistics


def test_the_creator_is_a_user(api: Api, make: Maker, workshop: Entity) -> None:
    with promise("users/creator-is-user"):
        assert api.follow(workshop["_links"]["creator"]["href"]).status == 200
        listed = make.soon(
            lambda: {user["id"] for user in make.walk("get-imodel-users", "users", id=workshop["id"])},
            lambda seen: _creator(workshop) in seen,
        )
        assert _creator(workshop) in listed


def test_what_a_user_does_is_counted(api: Api, make: Maker, workshop: Entity) -> None:
    before = _statistics(api, workshop)
    briefcase = make.briefcase(workshop["id"])["briefcaseId"]
    pushed = make.pushes(workshop["id"], briefcase, 2, make.head(workshop["id"]))
    make.named_version(workshop["id"], pushed[0]["id"])
    after = make.soon(lambda: _statistics(api, workshop), lambda seen: seen != before)
    with promise("users/pushes-counted"):
        assert after["pushedChangesetsCount"] == before["pushedChangesetsCount"] + 2
        assert after["lastChangesetPushDate"]
    with promise("users/versions-counted"):
        assert after["createdVersionsCount"] == before["createdVersionsCount"] + 1
    with promise("users/briefcases-counted"):
        assert after.get("briefcasesCount", 1) == before.get("briefcasesCount", 0) + 1
