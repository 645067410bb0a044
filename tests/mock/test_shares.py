"""Shares: keys that open one iModel to whoever has them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conformance.mock.tokens import ITWIN

UNKNOWN = "00000000-0000-4000-8000-00000000dead"
HALF_A_YEAR = timedelta(days=180)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def at(admin: Any, ahead: timedelta) -> str:
    """A moment so far ahead of the mock's clock."""
    moment = admin.server.service.store.clock.now() + ahead
    return str(moment.isoformat().replace("+00:00", "Z"))


def share(admin: Any, path: str, permission: str = "imodels_webview", **members: Any) -> dict[str, Any]:
    body = {"name": "Day", "expiresAt": at(admin, timedelta(days=1)), "permission": permission, **members}
    answer = admin.post(f"{path}/shares", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["share"]
    return made


def keyed(admin: Any, key: str, method: str, path: str = "", **options: Any) -> Any:
    return admin.send(method, path, headers={"Authorization": f"Basic {key}"}, **options)


@pytest.fixture
def path(admin: Any) -> str:
    """An iModel with one changeset."""
    where = f"/{admin.make()['id']}"
    admin.push(where, admin.briefcase(where), 1)
    return where


def test_a_share_shows_its_key_once(admin: Any, path: str) -> None:
    made = share(admin, path)
    key = made.pop("shareKey")
    assert made["displayName"] == made["name"] == "Day"
    assert admin.get(f"{path}/shares/{made['id']}").json()["share"] == made
    assert admin.get(f"{path}/shares").json()["shares"] == [made]
    later = at(admin, HALF_A_YEAR)
    changed = admin.patch(f"{path}/shares/{made['id']}", json={"expiresAt": later}).json()["share"]
    assert changed["expiresAt"][:19] == later[:19]
    assert key not in admin.get(f"{path}/shares").text
    assert len(key) > 40


def test_shares_are_the_callers_own(admin: Any, path: str) -> None:
    made = share(admin, path)
    where = f"{path}/shares/{made['id']}"
    assert admin.acting("second", "GET", f"{path}/shares").json()["shares"] == []
    for method, options in (
        ("GET", {}),
        ("PATCH", {"json": {"expiresAt": at(admin, HALF_A_YEAR)}}),
        ("DELETE", {}),
    ):
        assert refusal(admin.acting("second", method, where, **options)) == (404, "ShareNotFound")


@pytest.mark.parametrize("id", [UNKNOWN, "x"])
def test_an_unknown_share(start: Any, admin: Any, path: str, id: str) -> None:
    assert refusal(admin.get(f"{path}/shares/{id}")) == (404, "ShareNotFound")
    free = start(liberties=["malformed-share-422"])
    answer = free.get(f"/{free.make()['id']}/shares/{id}")
    assert answer.status_code == (422 if id == "x" else 404)


@pytest.mark.parametrize(
    "when",
    ["2100-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "2027-06-30T23:59:60Z"],
)
def test_an_expiry_lies_within_six_months(admin: Any, path: str, when: str) -> None:
    body = {"name": "Day", "permission": "imodels_read", "expiresAt": when}
    details = admin.post(f"{path}/shares", json=body).json()["error"]["details"]
    assert [(entry["code"], entry["target"]) for entry in details] == [("InvalidValue", "expiresAt")]


def test_a_share_may_have_defaults(start: Any) -> None:
    admin = start(liberties=["share-defaults"])
    made = admin.post(f"/{admin.make()['id']}/shares", json={"name": "Day"}).json()["share"]
    assert made["permission"] == "imodels_webview"


def test_a_key_reads_one_imodel(admin: Any, path: str) -> None:
    view, read = (share(admin, path, f"imodels_{kind}")["shareKey"] for kind in ("webview", "read"))
    assert keyed(admin, view, "GET", path).status_code == 200
    assert keyed(admin, view, "GET", f"{path}/shares").json()["shares"] == []
    downloads = [
        keyed(admin, key, "GET", f"{path}/changesets/1").json()["changeset"]["_links"]["download"]
        for key in (view, read)
    ]
    assert downloads[0] is None
    assert downloads[1]
    assert keyed(admin, read, "GET", f"{path}/permissions").json() == {
        "permissions": ["imodels_webview", "imodels_read"]
    }
    other = f"/{admin.make('Other')['id']}"
    assert refusal(keyed(admin, read, "GET", other)) == (404, "iModelNotFound")
    assert refusal(keyed(admin, read, "GET", params={"iTwinId": ITWIN})) == (404, "iTwinNotFound")


def test_a_key_writes_nothing_and_leaves_no_user(admin: Any, path: str) -> None:
    key = share(admin, path, "imodels_read")["shareKey"]
    before = admin.get(f"{path}/users").json()["users"]
    for method, tail in (("POST", "/briefcases"), ("DELETE", ""), ("DELETE", f"/shares/{UNKNOWN}")):
        assert keyed(admin, key, method, path + tail).status_code in {403, 404}
    assert admin.get(f"{path}/users").json()["users"] == before


def test_a_key_opens_a_secured_imodel(admin: Any, path: str) -> None:
    key = share(admin, path)["shareKey"]
    entry = {"userId": UNKNOWN, "permissions": ["imodels_webview"]}
    assert admin.patch(f"{path}/userpermissions", json={"userPermissions": [entry]}).status_code == 200
    assert keyed(admin, key, "GET", path).status_code == 200


@pytest.mark.parametrize("end", ["revoked", "expired", "deleted"])
def test_a_key_ends_with_its_share(admin: Any, path: str, end: str) -> None:
    made = share(admin, path)
    if end == "revoked":
        assert admin.delete(f"{path}/shares/{made['id']}").status_code == 204
        assert refusal(admin.get(f"{path}/shares/{made['id']}")) == (404, "ShareNotFound")
    elif end == "expired":
        admin.wait(24 * 3600)
    else:
        admin.delete(path)
    assert refusal(keyed(admin, made["shareKey"], "GET", path)) == (401, "Unauthorized")


@pytest.mark.parametrize("key", ["x", "ü", "a" * 64, "%%%"])
def test_a_key_nobody_issued(admin: Any, path: str, key: str) -> None:
    answer = admin.send("GET", path, headers={"Authorization": f"Basic {key}".encode("latin-1")})
    assert refusal(answer) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("fault", "answered", "kept"), [("update-applies", 1, 2), ("update-is-readable", 2, 1)]
)
def test_a_change_that_is_not_told_or_not_kept(start: Any, fault: str, answered: int, kept: int) -> None:
    admin = start(faults=[f"shares/{fault}"])
    path = f"/{admin.make()['id']}"
    days = [at(admin, timedelta(days=number)) for number in range(3)]
    place = f"{path}/shares/{share(admin, path, expiresAt=days[1])['id']}"
    changed = admin.patch(place, json={"expiresAt": days[2]}).json()["share"]
    assert changed["expiresAt"][:19] == days[answered][:19]
    assert admin.get(place).json()["share"]["expiresAt"][:19] in {days[kept][:19], days[answered][:19]}


def test_one_that_comes_back_in_the_list(start: Any) -> None:
    admin = start(faults=["shares/revoke-removes:returns"])
    path = f"/{admin.make()['id']}"
    made = share(admin, path)
    assert admin.delete(f"{path}/shares/{made['id']}").status_code == 204
    assert admin.get(f"{path}/shares").json()["shares"] == []
    admin.wait(2)
    assert [one["id"] for one in admin.get(f"{path}/shares").json()["shares"]] == [made["id"]]
