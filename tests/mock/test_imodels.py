"""iModels: how they come, change and go."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from conformance.mock.tokens import ITWIN, SECOND_ITWIN, UNKNOWN_ITWIN

EXTENT = {
    "southWest": {"latitude": 9.5, "longitude": 2},
    "northEast": {"latitude": -1, "longitude": 1},
}


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def operation(admin: Any, id: str) -> Any:
    return admin.get(f"/{id}/operations/create").json()["createOperation"]


def test_instant_empty(admin: Any) -> None:
    answer = admin.post(json={"iTwinId": ITWIN, "name": "A", "extent": EXTENT, "template": None})
    made = answer.json()["iModel"]
    assert answer.headers["location"] == f"{admin.server.url}/{made['id']}"
    assert (made["state"], made["description"], made["extent"]) == ("initialized", None, EXTENT)
    links = made.pop("_links")
    assert (links["upload"], links["complete"]) == (None, None)
    read = admin.get(f"/{made['id']}").json()["iModel"]
    assert read.pop("_links").items() < links.items()
    assert read == made
    assert admin.http.get(links["creator"]["href"]).status_code == 200
    assert operation(admin, made["id"]) == {"state": "successful", "clonedFrom": None, "forkedFrom": None}


def test_empty_mode_takes_time(admin: Any) -> None:
    made = admin.make(creationMode="empty")
    path = f"/{made['id']}"
    assert made["state"] == "notInitialized"
    assert operation(admin, made["id"])["state"] == "scheduled"
    assert code(admin.patch(path, json={"name": "B"})) == (409, "iModelNotInitialized")
    admin.wait()
    assert admin.get(path).json()["iModel"]["state"] == "initialized"
    assert operation(admin, made["id"])["state"] == "successful"
    assert admin.patch(path, json={"name": "B"}).json()["iModel"]["displayName"] == "B"


@pytest.mark.parametrize("mode", [None, "fromiModelVersion", "fromIModelVersion"])
def test_from_template(admin: Any, mode: str | None) -> None:
    source = admin.make()
    chosen = {"creationMode": mode} if mode else {}
    made = admin.make("B", template={"iModelId": source["id"]}, **chosen)
    assert made["state"] == "notInitialized"
    assert code(admin.get(f"/{made['id']}/baselinefile")) == (404, "BaselineFileNotFound")
    admin.wait()
    assert admin.get(f"/{made['id']}/baselinefile").json()["baselineFile"]["state"] == "initialized"


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"template": {"iModelId": UNKNOWN_ITWIN}}, (404, "iModelNotFound")),
        ({"creationMode": "fromBaseline"}, (422, "InvalidiModelsRequest")),
        ({"creationMode": "empty", "baselineFile": {"size": 1}}, (422, "InvalidiModelsRequest")),
        ({"iTwinId": UNKNOWN_ITWIN}, (404, "iTwinNotFound")),
    ],
)
def test_what_cannot_be_made(admin: Any, members: Any, expected: Any) -> None:
    assert code(admin.post(json={"iTwinId": ITWIN, "name": "A", **members})) == expected


def test_templates_must_be_there_and_ready(admin: Any) -> None:
    source = admin.make(creationMode="empty")
    body = {"iTwinId": ITWIN, "name": "B", "template": {"iModelId": source["id"]}}
    assert code(admin.post(json=body)) == (409, "iModelNotInitialized")
    body["template"] = {"iModelId": source["id"], "changesetId": "a" * 40}
    assert code(admin.post(json=body)) == (404, "ChangesetNotFound")


def test_names_are_unique_in_their_itwin(admin: Any) -> None:
    first = admin.make("A")
    assert code(admin.post(json={"iTwinId": ITWIN, "name": "a"})) == (409, "iModelExists")
    assert admin.make("A", iTwinId=SECOND_ITWIN)["iTwinId"] == SECOND_ITWIN
    other = admin.make("B")
    assert code(admin.patch(f"/{other['id']}", json={"name": "A"})) == (409, "iModelExists")
    assert admin.patch(f"/{first['id']}", json={"name": "A"}).status_code == 200
    admin.patch(f"/{first['id']}", json={"name": "C"})
    assert admin.patch(f"/{other['id']}", json={"name": "A"}).status_code == 200


def test_updates_keep_what_they_do_not_name(admin: Any) -> None:
    path = f"/{admin.make('A', description='Old', extent=EXTENT, containersEnabled=3)['id']}"
    answer = admin.patch(path, json={"description": "New", "name": None})
    read = admin.get(path).json()["iModel"]
    assert answer.json()["iModel"] == read
    assert (read["name"], read["description"], read["extent"]) == ("A", "New", EXTENT)
    assert read["containersEnabled"] == 3


def test_deleting_removes_for_good(admin: Any) -> None:
    path = f"/{admin.make('A')['id']}"
    answer = admin.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-length" not in answer.headers
    for refused in (admin.get(path), admin.delete(path), admin.get(f"{path}/users")):
        assert code(refused) == (404, "iModelNotFound")
    assert admin.get(params={"iTwinId": ITWIN}).json()["iModels"] == []
    assert admin.make("A")["name"] == "A"


def test_what_is_not_initialized_can_be_deleted(admin: Any) -> None:
    assert admin.delete(f"/{admin.make(creationMode='empty')['id']}").status_code == 204
