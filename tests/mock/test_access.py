"""What each identity may do."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.mock.tokens import ITWIN, UNKNOWN_ITWIN


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize("name", ["writer", "reader", "viewer"])
def test_creating_takes_manage(admin: Any, name: str) -> None:
    answer = admin.acting(name, "POST", json={"iTwinId": ITWIN, "name": "A"})
    assert refusal(answer) == (403, "InsufficientPermissions")


def test_a_manager_creates_and_may_not_delete(admin: Any) -> None:
    made = admin.acting("manager", "POST", json={"iTwinId": ITWIN, "name": "A"}).json()["iModel"]
    refused = admin.acting("manager", "DELETE", f"/{made['id']}")
    assert refusal(refused) == (403, "InsufficientPermissions")
    assert admin.acting("second", "DELETE", f"/{made['id']}").status_code == 204


def test_a_viewer_sees_but_downloads_nothing(admin: Any) -> None:
    path = f"/{admin.make()['id']}"
    assert admin.acting("viewer", "GET", path).status_code == 200
    seen = admin.acting("viewer", "GET", f"{path}/baselinefile").json()["baselineFile"]
    assert seen["_links"]["download"] is None
    read = admin.acting("reader", "GET", f"{path}/baselinefile").json()["baselineFile"]
    assert read["_links"]["download"]["storageType"] == "azure"


def test_an_outsider_sees_nothing(admin: Any) -> None:
    path = f"/{admin.make()['id']}"
    assert refusal(admin.acting("outsider", "GET", path)) == (404, "iModelNotFound")
    listed = admin.acting("outsider", "GET", params={"iTwinId": ITWIN})
    assert refusal(listed) == (404, "iTwinNotFound")
    assert refusal(admin.acting("outsider", "DELETE", path)) == (403, "InsufficientPermissions")
    users = admin.get(f"{path}/users").json()["users"]
    assert [user["displayName"] for user in users] == ["ada.okafor@example.com"]


def test_invalid_comes_before_missing_and_missing_before_forbidden(admin: Any) -> None:
    missing = f"/{UNKNOWN_ITWIN}"
    assert admin.acting("reader", "PATCH", missing, json={}).status_code == 422
    assert refusal(admin.acting("reader", "PATCH", missing, json={"name": "A"})) == (404, "iModelNotFound")
    path = f"/{admin.make()['id']}"
    assert refusal(admin.acting("reader", "PATCH", path, json={"name": "A"}))[0] == 403


def test_not_initialized_comes_before_permissions(admin: Any) -> None:
    path = f"/{admin.make(creationMode='empty')['id']}"
    answer = admin.acting("reader", "PATCH", path, json={"name": "A"})
    assert refusal(answer) == (409, "iModelNotInitialized")


def test_a_copy_takes_manage_in_both_itwins(admin: Any) -> None:
    path = f"/{admin.make()['id']}"
    answer = admin.acting("writer", "POST", f"{path}/clone", json={"iTwinId": ITWIN, "name": "B"})
    assert refusal(answer) == (403, "InsufficientPermissions")


def test_a_template_takes_read_on_its_source(admin: Any) -> None:
    source = admin.make()
    grants = admin.server.service.store.itwins[ITWIN].grants
    manager = admin.server.service.store.users
    [id] = [user.id for user in manager.values() if user.given_name == "Finn"]
    grants[id] = grants[id] - {"imodels_read"}
    body = {"iTwinId": ITWIN, "name": "B", "template": {"iModelId": source["id"]}}
    assert refusal(admin.acting("manager", "POST", json=body)) == (403, "InsufficientPermissions")
