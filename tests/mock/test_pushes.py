"""Pushes at the mock: announced, uploaded, completed; and how open ones keep others out."""

from __future__ import annotations

from typing import Any

import httpx

from conformance.mock.tokens import USERS
from tests.mock.attempts import code, with_briefcase


def test_a_new_changeset_is_provisional(admin: Any) -> None:
    path, number = with_briefcase(admin)
    answer = admin.announce(path, number, 1, description="walls", containingChanges=5)
    made = answer.json()["changeset"]
    links = made.pop("_links")
    assert answer.status_code == 201
    assert made == {
        "id": f"{1:040x}",
        "displayName": "0",
        "description": "walls",
        "index": 0,
        "parentId": "",
        "creatorId": None,
        "pushDateTime": None,
        "state": "waitingForFile",
        "containingChanges": 5,
        "fileSize": 3,
        "briefcaseId": number,
        "groupId": None,
        "application": None,
        "synchronizationInfo": None,
    }
    assert {name for name, link in links.items() if link} == {"self", "upload", "complete"}
    assert links["complete"] == links["self"]
    assert links["upload"]["storageType"] == "azure"
    assert "sp=rw" in links["upload"]["href"]


def test_a_push_is_completed_and_read(admin: Any) -> None:
    path, number = with_briefcase(admin)
    information = {"taskId": "t", "changedFiles": ["a.dgn"]}
    admin.upload(admin.announce(path, number, 1, synchronizationInfo=information))
    done = admin.complete(path, number, 1).json()["changeset"]
    assert (done["state"], done["index"], done["displayName"]) == ("fileUploaded", 1, "1")
    assert done["creatorId"] == USERS["admin"].id
    assert done["pushDateTime"]
    assert done["synchronizationInfo"] is None
    assert done["_links"]["download"] is None
    read = admin.get(f"{path}/changesets/1").json()["changeset"]
    assert read["synchronizationInfo"] == information
    assert httpx.get(read["_links"]["download"]["href"]).content == b"abc"
    assert read["_links"]["self"]["href"].endswith("/changesets/1")
    assert read["_links"]["namedVersion"] is None
    assert read["_links"]["currentOrPrecedingCheckpoint"]["href"].endswith("/changesets/0/checkpoint")
    imodel = admin.get(path).json()["iModel"]
    assert imodel["lastChangesetPushDateTime"] == done["pushDateTime"]


def test_pushes_are_counted(admin: Any) -> None:
    path, _ = with_briefcase(admin, 2)
    user = admin.get(f"{path}/users/{USERS['admin'].id}").json()["user"]
    assert user["statistics"]["pushedChangesetsCount"] == 2
    assert user["statistics"]["lastChangesetPushDate"]


def test_an_open_push_keeps_others_out_for_an_hour(admin: Any) -> None:
    path, number = with_briefcase(admin)
    others = admin.briefcase(path, "second")
    admin.announce(path, number, 1)
    late = admin.announce(path, others, 2, "second", parentId=None)
    assert code(late) == (409, "ConflictWithAnotherUser")
    admin.wait(3600)
    assert admin.announce(path, others, 2, "second", parentId=None).status_code == 201
    assert code(admin.complete(path, number, 1)) == (404, "ChangesetNotFound")
    assert code(admin.complete(path, number, 2)) == (409, "ConflictWithAnotherUser")


def test_an_own_open_push_is_replaced_with_its_file(admin: Any) -> None:
    path, number = with_briefcase(admin)
    admin.upload(admin.announce(path, number, 1))
    assert admin.announce(path, number, 1).status_code == 201
    assert code(admin.complete(path, number, 1)) == (404, "FileNotFound")
    assert admin.announce(path, number, 2, parentId=None).status_code == 201
    assert code(admin.get(f"{path}/changesets/{1:040x}")) == (404, "ChangesetNotFound")
