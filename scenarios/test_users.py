"""Users: who is one, and how their statistics count."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from conformance.api import Api, succeed
from conformance.fixtures import Timeline
from conformance.make import REPRESENTATION, Entity, Maker
from conformance.runner.run import Run
from conformance.shared import Shared
from conformance.story import Undecided, promise, shows

ROOT_LOCK = "ownsExclusiveRootElementLock"


@dataclass(frozen=True)
class Office:
    """An iModel in which only the stories of this file work, and a briefcase of its creator."""

    imodel: Entity
    briefcase: int

    @property
    def id(self) -> str:
        """The id of the iModel."""
        return str(self.imodel["id"])


@pytest.fixture(scope="module")
def office(run: Run, newborns: Shared) -> Office:
    made = newborns()
    with run.story("set-up: office"):
        make = run.maker()
        briefcase = make.briefcase(made["id"])["briefcaseId"]
        # What comes late would be counted as somebody's work afterwards.
        make.soon(lambda: _statistics(make.api, made), lambda seen: seen.get("briefcasesCount", 1) == 1)
        return Office(made, briefcase)


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


def test_what_a_user_does_is_counted(api: Api, make: Maker, office: Office) -> None:
    before = _statistics(api, office.imodel)
    pushed = make.pushes(office.id, office.briefcase, 2, make.head(office.id))
    make.named_version(office.id, pushed[0]["id"])
    make.briefcase(office.id)
    grown = {"pushedChangesetsCount": 2, "createdVersionsCount": 1, "briefcasesCount": 1}
    wanted = {count: before[count] + more for count, more in grown.items() if count in before}
    after = make.soon(lambda: _statistics(api, office.imodel), lambda seen: shows(seen, wanted))
    with promise("users/pushes-counted"):
        assert after["pushedChangesetsCount"] == wanted["pushedChangesetsCount"]
        assert after["lastChangesetPushDate"]
    with promise("users/versions-counted"):
        assert after["createdVersionsCount"] == wanted["createdVersionsCount"]
    with promise("users/briefcases-counted"):
        assert after.get("briefcasesCount", 1) == before.get("briefcasesCount", 0) + 1


def test_what_two_users_do_adds_up(api: Api, make: Maker, office: Office) -> None:
    id_, second = office.id, make.as_("second")
    pushed = make.pushes(id_, office.briefcase, 2, make.head(id_))
    pushed.append(second.push(id_, second.briefcase(id_)["briefcaseId"], pushed[-1]["id"]))
    make.named_version(id_, pushed[0]["id"])
    second.named_version(id_, pushed[2]["id"])
    users = dict.fromkeys(changeset["creatorId"] for changeset in pushed)

    def look() -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What both did according to their statistics, and according to the lists."""
        found = [succeed(api("get-imodel-user-details", id=id_, userId=user))["statistics"] for user in users]
        counts = ("pushedChangesetsCount", "createdVersionsCount")
        versions = make.walk("get-imodel-named-versions", "namedVersions", id=id_)
        return tuple(sum(one[count] for one in found) for count in counts), (
            len(make.history(id_)),
            len(versions),
        )

    with promise("users/statistics-add-up"):
        told, listed = make.soon(look, lambda seen: seen[0] == seen[1])
        assert told == listed


def test_the_list_says_what_the_details_say(api: Api, make: Maker, timeline: Timeline) -> None:
    listed = make.walk("get-imodel-users", "users", id=timeline.id, headers=REPRESENTATION)
    with promise("users/list-equals-details"):
        for user in listed:
            details = succeed(api("get-imodel-user-details", id=timeline.id, userId=user["id"]))
            assert shows(_at_rest(details), _at_rest(user))


def _at_rest(user: Entity) -> Entity:
    """A user without the moment of the last access, which every look may change."""
    statistics = user.get("statistics", {})
    return user | {"statistics": {name: statistics[name] for name in statistics if name != "lastAccessTime"}}


def test_users_can_be_sorted_by_both_names(api: Api, timeline: Timeline) -> None:
    with promise("users/order-combined"):
        for order in ("surname,givenName", "givenName desc,surname"):
            listed = api("get-imodel-users", id=timeline.id, query={"$orderBy": order})
            assert listed.status == 200, f"answered {listed.status}"


def test_an_application_shows_the_locks_it_holds(api: Api, make: Maker, office: Office) -> None:
    def applications() -> list[Entity] | None:
        found: list[Entity] | None = _statistics(api, office.imodel).get("applications")
        return found

    def shown(member: str, wish: bool, level: str, *ids: str) -> bool:
        """Whether the application comes to show that after locks were asked for."""
        wanted = [{"lockLevel": level, "objectIds": [*ids]}]
        body = {"briefcaseId": office.briefcase, "lockedObjects": wanted}
        succeed(api("update-imodel-locks", id=office.id, body=body))
        told = make.soon(applications, lambda seen: shows(seen, [{member: wish}]))
        return shows(told, [{member: wish}])

    with promise("users/application-listed"):
        seen = make.soon(applications, lambda seen: seen != [])
        assert seen is None or len(seen) == 1
    with promise("users/owns-locks"):
        _look_for(seen)
        assert shown("ownsLocks", True, "shared", "0x2")
        assert shown("ownsLocks", False, "none", "0x2")
    with promise("users/owns-root-lock"):
        _look_for(seen)
        assert shown(ROOT_LOCK, False, "shared", "0x1")
        assert shown(ROOT_LOCK, True, "exclusive", "0x1")
        assert shown(ROOT_LOCK, False, "none", "0x1")


def _look_for(applications: list[Entity] | None) -> None:
    if applications is None:
        raise Undecided("the statistics have no applications")
