"""Users and thumbnails."""

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


@pytest.mark.parametrize(
    ("size", "expected"), [(None, (400, 250)), ("small", (400, 250)), ("large", (800, 500))]
)
def test_thumbnails(admin: Any, size: str | None, expected: tuple[int, int]) -> None:
    query = {"size": size} if size else {}
    answer = admin.get(f"/{admin.make()['id']}/thumbnail", params=query)
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(answer.content[i : i + 4], "big") for i in (16, 20))
    assert (width, height) == expected


def test_a_thumbnail_of_another_size_is_refused(admin: Any) -> None:
    answer = admin.get(f"/{admin.make()['id']}/thumbnail?size=medium")
    [entry] = answer.json()["error"]["details"]
    assert (entry["code"], entry["target"]) == ("InvalidValue", "size")
