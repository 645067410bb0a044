"""Users: who came, and what they did."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.mock.tokens import USERS


def test_everybody_who_came_is_a_user(admin: Any) -> None:
    path = f"/{admin.make()['id']}"
    admin.acting("reader", "GET", path)
    users = admin.get(f"{path}/users").json()["users"]
    assert [user["displayName"] for user in users] == ["ada.okafor@example.com", "dev.raman@example.com"]
    for user in users:
        assert admin.http.get(user["_links"]["self"]["href"]).json()["user"]["id"] == user["id"]
    ordered = admin.get(f"{path}/users?$orderBy=givenName desc").json()["users"]
    assert [user["id"] for user in ordered] == [user["id"] for user in reversed(users)]


def test_a_user_in_full(admin: Any) -> None:
    path = f"/{admin.make()['id']}"
    user = admin.get(f"{path}/users/{USERS['admin'].id}").json()["user"]
    assert user["statistics"].pop("lastAccessTime")
    assert user["statistics"] == {
        "pushedChangesetsCount": 0,
        "lastChangesetPushDate": None,
        "createdVersionsCount": 0,
        "briefcasesCount": 0,
        "applications": [],
    }
    listed = admin.get(f"{path}/users", headers={"Prefer": "return=representation"}).json()["users"]
    assert listed[0]["email"] == user["displayName"]


@pytest.mark.parametrize("id", ["x", USERS["second"].id])
def test_strangers_are_not_found(admin: Any, id: str) -> None:
    answer = admin.get(f"/{admin.make()['id']}/users/{id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "UserNotFound")


def test_an_application_shows_what_its_briefcases_hold(admin: Any) -> None:
    path = f"/{admin.make()['id']}"
    number = admin.briefcase(path)

    def owns() -> tuple[bool, bool]:
        [application] = admin.get(f"{path}/users/{USERS['admin'].id}").json()["user"]["statistics"][
            "applications"
        ]
        assert (application["id"], application["name"]) == ("mock-admin", "Mock Admin")
        return application["ownsLocks"], application["ownsExclusiveRootElementLock"]

    assert owns() == (False, False)
    admin.lock(path, number, shared="0x1")
    assert owns() == (True, False)
    admin.lock(path, number, exclusive="0x1")
    assert owns() == (True, True)


def statistics(caller: Any) -> list[Any]:
    """What the statistics of two users say, step by step."""
    path = f"/{caller.make()['id']}"
    mine, other = caller.briefcase(path), caller.briefcase(path, by="second")
    caller.push(path, mine, 1)
    caller.push(path, other, 2, by="second")
    caller.mark(path, place=1)
    caller.lock(path, mine, shared="0x1", place=2)
    full = {"Prefer": "return=representation"}
    answers = [caller.get(f"{path}/users/{USERS[name].id}") for name in ("admin", "second")]
    listed = caller.get(f"{path}/users", headers=full).json()["users"]
    told = [answer.json()["user"]["statistics"] for answer in answers]
    told += [user["statistics"] for user in listed]
    for one in told:
        del one["lastChangesetPushDate"], one["lastAccessTime"]
    return [*told, caller.get(f"{path}/users?$orderBy=surname,givenName").status_code]


@pytest.mark.parametrize(
    "name",
    [
        "users/application-listed",
        "users/list-equals-details",
        "users/order-combined",
        "users/owns-locks",
        "users/owns-root-lock",
        "users/statistics-add-up",
    ],
)
def test_a_fault_shows(start: Any, name: str) -> None:
    assert statistics(start(faults=[name])) != statistics(start())
