"""Changeset groups of the mock: opened, joined, closed in three ways, and how all of it can be bent."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from conformance.mock.settings import Settings
from conformance.mock.tokens import ITWIN, USERS

GUID = "8f14e45f-ceea-467f-a8d2-7c1f0b9e3d55"
CLOSED = (409, "ChangesetGroupIsClosed")


def site(admin: Any) -> str:
    return f"/{admin.make()['id']}"


def code(answer: httpx.Response) -> int | tuple[int, str]:
    if answer.is_success:
        return answer.status_code
    error = answer.json()["error"]
    details = error.get("details")
    return answer.status_code, details[0]["code"] if details else error["code"]


def bent(admin: Any, *names: str, drop: tuple[str, ...] = (), free: tuple[str, ...] = ()) -> Any:
    admin.server.service.bend(faults=names, drop=drop, liberties=free)
    return admin


def opened(admin: Any, path: str, **body: object) -> Any:
    answer = admin.post(f"{path}/changesetgroups", json=body or {"description": "Nightly"})
    assert answer.status_code == 201, answer.text
    return answer.json()["changesetGroup"]


def closing(admin: Any, path: str, group: Any, by: str = "admin", **body: object) -> httpx.Response:
    tail = f"{path}/changesetgroups/{group['id']}"
    answer: httpx.Response = admin.acting(by, "PATCH", tail, json=body or {"state": "completed"})
    return answer


def read(admin: Any, path: str, group: Any) -> Any:
    return admin.get(f"{path}/changesetgroups/{group['id']}").json()["changesetGroup"]


def listed(admin: Any, path: str) -> list[Any]:
    found: list[Any] = admin.get(f"{path}/changesetgroups").json()["changesetGroups"]
    return found


def joined(admin: Any, path: str, group: str) -> httpx.Response:
    answer: httpx.Response = admin.announce(path, admin.briefcase(path), 1, groupId=group)
    return answer


def test_a_group_is_opened_read_listed_and_completed(admin: Any) -> None:
    path = site(admin)
    made = opened(admin, path)
    assert (made["state"], made["description"]) == ("inProgress", "Nightly")
    assert made["creatorId"] == USERS["admin"].id
    assert admin.http.get(made["_links"]["creator"]["href"]).status_code == 200
    assert read(admin, path, made) == made
    other = opened(admin, path, description=None)
    assert other["description"] is None
    assert listed(admin, path) == [made, other]
    done = closing(admin, path, made, by="writer").json()["changesetGroup"]
    assert done == read(admin, path, made) == {**made, "state": "completed"}
    assert code(closing(admin, path, made)) == CLOSED


def test_what_is_wrong_is_refused(admin: Any) -> None:
    path = site(admin)
    made = opened(admin, path)
    assert code(admin.post(f"{path}/changesetgroups", json={"description": "x" * 256})) == (
        422,
        "InvalidValue",
    )
    assert admin.post(f"{path}/changesetgroups").status_code == 201
    assert code(closing(admin, path, made, state="inProgress")) == (422, "InvalidValue")
    assert code(closing(admin, path, made, by="reader")) == (403, "InsufficientPermissions")
    for id in (GUID, "none"):
        assert code(admin.get(f"{path}/changesetgroups/{id}")) == (404, "ChangesetGroupNotFound")
    waits = f"/{admin.make('Late', creationMode='empty')['id']}"
    assert code(admin.post(f"{waits}/changesetgroups", json={})) == (409, "iModelNotInitialized")
    assert code(closing(admin, waits, made)) == (409, "iModelNotInitialized")


def test_changesets_join_while_it_is_open(admin: Any) -> None:
    path = site(admin)
    made = opened(admin, path)
    number = admin.briefcase(path)
    admin.push(path, number, 1, groupId=made["id"].upper())
    assert admin.get(f"{path}/changesets/1").json()["changeset"]["groupId"] == made["id"].upper()
    assert code(joined(admin, path, GUID)) == (404, "ChangesetGroupNotFound")
    closing(admin, path, made)
    assert code(admin.announce(path, number, 2, groupId=made["id"])) == CLOSED


def test_a_clone_closes_it_and_leaves_it_behind(admin: Any) -> None:
    path = site(admin)
    made, done = opened(admin, path), opened(admin, path)
    closing(admin, path, done)
    admin.push(path, admin.briefcase(path), 1, groupId=made["id"])
    admin.post(f"{path}/changesets/1/extendeddata", json={"data": "e30="})
    assert admin.post(f"{path}/clone", json={"iTwinId": ITWIN, "name": "Bridge"}).status_code == 409
    assert read(admin, path, made)["state"] == "inProgress"
    fork = admin.post(f"{path}/fork", json={"iTwinId": ITWIN, "name": "Fork", "preserveHistory": True})
    assert (fork.status_code, read(admin, path, made)["state"]) == (202, "inProgress")
    clone = admin.post(f"{path}/clone", json={"iTwinId": ITWIN, "name": "Copy"})
    assert read(admin, path, made)["state"] == "forciblyClosed"
    assert read(admin, path, done)["state"] == "completed"
    assert code(closing(admin, path, made)) == CLOSED
    admin.wait()
    copy = f"/{clone.headers['location'].rpartition('/')[2]}"
    assert listed(admin, copy) == []
    assert admin.get(f"{copy}/changesets/1").json()["changeset"]["groupId"] is None
    assert admin.get(f"{copy}/changesets/1/extendeddata").status_code == 404


def test_it_times_out_where_that_is_set(start: Any) -> None:
    admin = start(Settings(group_seconds=30))
    path = site(admin)
    made = opened(admin, path)
    assert made["state"] == "inProgress"
    admin.wait(30)
    assert read(admin, path, made)["state"] == "timedOut"
    assert code(closing(admin, path, made)) == CLOSED


def test_it_may_be_answered_otherwise(admin: Any) -> None:
    path = site(bent(admin, free=("group-needs-description",)))
    assert code(admin.post(f"{path}/changesetgroups")) == (422, "InvalidValue")
    assert code(joined(bent(admin, free=("unknown-group-422",)), site(admin), GUID)) == (422, "InvalidValue")


@pytest.mark.parametrize("rule", ["changeset-groups/closed-is-final", "changesets/group-must-be-open"])
def test_closed_is_open_without_the_rule(admin: Any, rule: str) -> None:
    path = site(bent(admin, drop=(rule,)))
    made = opened(admin, path)
    closing(admin, path, made)
    late = closing(admin, path, made) if rule.endswith("final") else joined(admin, path, made["id"])
    assert late.is_success


def test_the_unknown_is_known_without_the_rules(admin: Any) -> None:
    path = site(bent(admin, drop=("changeset-groups/unknown", "changesets/unknown-group")))
    assert closing(admin, path, {"id": GUID}).status_code == 200
    assert joined(admin, path, GUID).status_code == 201


def test_faults_show_where_they_should(admin: Any) -> None:
    def seen(fault: str) -> dict[str, Any]:
        path = site(bent(admin, fault))
        made = opened(admin, path)
        done = closing(admin, path, made).json().get("changesetGroup", {})
        after = read(admin, path, made)
        shown = {item["description"] for item in listed(admin, path)}
        return {"made": made, "done": done, "read": after, "listed": shown}

    assert seen("changeset-groups/readable")["read"]["description"] is None
    assert seen("changeset-groups/list-equals-details")["listed"] == {"One of many."}
    assert seen("changeset-groups/listed")["listed"] == set()
    assert seen("changeset-groups/begins-in-progress")["made"]["state"] == "completed"
    assert seen("changeset-groups/create-echoes")["made"]["description"] == "About Nightly"
    assert seen("changeset-groups/update-applies")["done"]["state"] == "inProgress"
    assert seen("changeset-groups/update-is-readable")["read"]["state"] == "inProgress"


def test_faults_of_opening_joining_and_cloning(admin: Any) -> None:
    path = site(bent(admin, "changeset-groups/several-open", "changeset-groups/optional-body"))
    opened(admin, path)
    for body in ({"description": "Second"}, {}):
        assert code(admin.post(f"{path}/changesetgroups", json=body)) == (409, "iModelNotInitialized")
    path = site(bent(admin, "changesets/group-is-kept"))
    made = opened(admin, path)
    admin.push(path, admin.briefcase(path), 1, groupId=made["id"])
    assert admin.get(f"{path}/changesets/1").json()["changeset"]["groupId"] is None
    path = site(bent(admin, "changesets/create-echoes:group"))
    made = opened(admin, path)
    assert joined(admin, path, made["id"]).json()["changeset"]["groupId"] == path[1:]
    kept = ("changeset-groups/clone-closes", *(f"copies/only-the-timeline:{n}" for n in TAKEN))
    path = site(bent(admin, *kept))
    made = opened(admin, path)
    admin.push(path, admin.briefcase(path), 1)
    admin.post(f"{path}/changesets/1/extendeddata", json={"data": "e30="})
    clone = admin.post(f"{path}/clone", json={"iTwinId": ITWIN, "name": "Copy"})
    admin.wait()
    copy = f"/{clone.headers['location'].rpartition('/')[2]}"
    assert read(admin, path, made)["state"] == "inProgress"
    assert [group["id"] for group in listed(admin, copy)] == [made["id"]]
    assert admin.get(f"{copy}/changesets/1/extendeddata").status_code == 200


TAKEN = ("groups", "extended-data")


@pytest.mark.parametrize("faults", [(), ("requests/refused-changes-nothing:created",)])
def test_one_that_is_refused_for_its_form_and_made_all_the_same(admin: Any, faults: tuple[str, ...]) -> None:
    path = site(bent(admin, *faults))
    form = {"Content-Type": "text/plain"}
    refused = admin.post(f"{path}/changesetgroups", content=b'{"description": "Nightly"}', headers=form)
    assert code(refused) == (422, "InvalidHeaderValue")
    listed = admin.get(f"{path}/changesetgroups").json()["changesetGroups"]
    assert len(listed) == len(faults)
