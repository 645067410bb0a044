"""Permissions on both levels: the iTwin's, and those an iModel has of its own."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.mock.tokens import ITWIN, ROLES, USERS

ALL = ["imodels_webview", "imodels_read", "imodels_write", "imodels_manage"]


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def by_user(admin: Any, path: str, **permitted: list[str]) -> Any:
    entries = [{"userId": USERS[name].id, "permissions": given} for name, given in permitted.items()]
    return admin.patch(f"{path}/userpermissions", json={"userPermissions": entries})


def by_role(admin: Any, path: str, **permitted: list[str]) -> Any:
    entries = [{"roleId": ROLES[name], "permissions": given} for name, given in permitted.items()]
    return admin.patch(f"{path}/rolepermissions", json={"rolePermissions": entries})


CONFIGURING = {"user": by_user, "role": by_role}


@pytest.fixture
def path(admin: Any) -> str:
    """A fresh iModel."""
    return f"/{admin.make()['id']}"


def own(admin: Any, name: str, path: str) -> list[str]:
    found: list[str] = admin.acting(name, "GET", f"{path}/permissions").json()["permissions"]
    return found


@pytest.mark.parametrize(
    ("name", "number"), [("admin", 4), ("second", 4), ("writer", 3), ("reader", 2), ("viewer", 1)]
)
def test_without_a_configuration_the_itwin_counts(admin: Any, path: str, name: str, number: int) -> None:
    assert own(admin, name, path) == ALL[:number]


@pytest.mark.parametrize("by", CONFIGURING)
def test_a_configuration_counts_alone(admin: Any, path: str, by: str) -> None:
    answer = CONFIGURING[by](admin, path, reader=ALL, writer=ALL[:1])
    assert answer.status_code == 200
    assert admin.get(path).json()["iModel"]["isSecured"] is True
    assert own(admin, "reader", path) == ALL
    assert admin.acting("reader", "PATCH", path, json={"description": "mine"}).status_code == 200
    mark = {"json": {"name": "mark"}}
    assert refusal(admin.acting("writer", "POST", f"{path}/namedversions", **mark))[0] == 403
    assert refusal(admin.acting("manager", "GET", path)) == (404, "iModelNotFound")
    assert refusal(admin.acting("manager", "PATCH", path, json={"description": "x"}))[0] == 403


@pytest.mark.parametrize("by", CONFIGURING)
def test_an_administrator_always_passes(admin: Any, path: str, by: str) -> None:
    CONFIGURING[by](admin, path, reader=ALL[:1])
    assert own(admin, "admin", path) == ALL
    assert admin.delete(path).status_code == 204


@pytest.mark.parametrize("by", CONFIGURING)
def test_what_the_itwin_decides_it_decides_still(admin: Any, path: str, by: str) -> None:
    CONFIGURING[by](admin, path, reader=ALL)
    share = {"name": "s", "expiresAt": "2100-01-01T00:00:00Z", "permission": "imodels_webview"}
    assert refusal(admin.acting("reader", "POST", f"{path}/shares", json=share))[0] == 403
    assert refusal(admin.acting("reader", "DELETE", path))[0] == 403
    assert admin.acting("second", "DELETE", path).status_code == 204


def test_a_copy_takes_webview_on_a_secured_source(admin: Any, path: str) -> None:
    by_user(admin, path, reader=ALL[:1])
    copy = {"iTwinId": ITWIN, "name": "Copy"}
    assert refusal(admin.acting("second", "POST", f"{path}/clone", json=copy))[0] == 403
    by_user(admin, path, second=ALL[:1])
    assert admin.acting("second", "POST", f"{path}/clone", json=copy).status_code == 202


def test_a_role_needs_webview_in_the_itwin_and_a_user_does_not(start: Any, admin: Any, path: str) -> None:
    by_user(admin, path, outsider=ALL)
    assert own(admin, "outsider", path) == ALL
    other = f"/{admin.make('Other')['id']}"
    by_role(admin, other, outsider=ALL)
    assert refusal(admin.acting("outsider", "GET", other)) == (404, "iModelNotFound")
    strict = start(liberties=["user-permissions-need-itwin-webview"])
    third = f"/{strict.make('Third')['id']}"
    by_user(strict, third, outsider=ALL)
    assert refusal(strict.acting("outsider", "GET", third)) == (404, "iModelNotFound")


@pytest.mark.parametrize(("first", "then"), [(by_user, by_role), (by_role, by_user)])
def test_one_kind_of_configuration(start: Any, admin: Any, path: str, first: Any, then: Any) -> None:
    first(admin, path, reader=ALL)
    answer = then(admin, path, reader=ALL)
    assert refusal(answer) == (422, "InvalidiModelsRequest")
    assert [entry["code"] for entry in answer.json()["error"]["details"]] == ["InvalidChange"]
    free = start(liberties=["other-configuration-409"])
    again = f"/{free.make('Again')['id']}"
    first(free, again, reader=ALL)
    assert refusal(then(free, again, reader=ALL)) == (409, "DataConflict")


def test_named_roles_are_replaced_and_others_stay(admin: Any, path: str) -> None:
    by_role(admin, path, reader=ALL, writer=ALL[:2])
    found = by_role(admin, path, reader=ALL[:1]).json()["rolePermissions"]
    assert {entry["roleId"]: entry["permissions"] for entry in found} == {
        ROLES["reader"]: ALL[:1],
        ROLES["writer"]: ALL[:2],
    }
    assert admin.get(f"{path}/rolepermissions").json()["rolePermissions"] == found
    assert by_role(admin, path, reader=[], writer=[]).json() == {"rolePermissions": []}
    assert admin.get(path).json()["iModel"]["isSecured"] is False


def test_a_configuration_can_replace_the_whole(start: Any) -> None:
    admin = start(liberties=["configuration-replaces-all", "empty-configuration-stays"])
    path = f"/{admin.make()['id']}"
    by_role(admin, path, reader=ALL)
    found = by_role(admin, path, writer=[]).json()["rolePermissions"]
    assert found == [{"roleId": ROLES["writer"], "permissions": []}]


@pytest.mark.parametrize("wrong", [["imodels_delete"], ["fly"], "imodels_read"])
def test_an_imodel_gives_four_permissions(admin: Any, path: str, wrong: Any) -> None:
    answer = by_role(admin, path, reader=wrong)
    details = answer.json()["error"]["details"]
    assert [(entry["code"], entry["target"]) for entry in details] == [("InvalidValue", "rolePermissions")]


def test_delete_can_be_told_among_the_own_permissions(start: Any) -> None:
    admin = start(liberties=["own-permissions-with-delete"])
    assert own(admin, "admin", f"/{admin.make()['id']}") == [*ALL, "imodels_delete"]


def test_a_secured_imodel_is_listed_for_those_who_may_see_it(admin: Any, path: str) -> None:
    by_user(admin, path, reader=ALL[:1])
    seen = {
        name: len(admin.acting(name, "GET", params={"iTwinId": ITWIN}).json()["iModels"])
        for name in ("admin", "manager", "reader", "writer")
    }
    assert seen == {"admin": 1, "manager": 1, "reader": 1, "writer": 0}
