"""Releasing locks in the mock: chunk by chunk, what is told of it, and how it can be bent."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from conformance.mock.catalogue import fault_or_rule
from conformance.mock.settings import Settings

CLIENTS = ("lists/paging-of-clients", "lists/paging-of-clients:skip")
SMALL = Settings(lock_chunk=2)


def site(admin: Any, pushed: int = 0) -> tuple[str, int, int]:
    """An iModel with two briefcases of the admin and some changesets."""
    path = f"/{admin.make()['id']}"
    first, second = admin.briefcase(path), admin.briefcase(path)
    admin.push(path, first, *range(1, pushed + 1))
    return path, first, second


def code(answer: httpx.Response) -> int | tuple[int, str]:
    if answer.is_success:
        return answer.status_code
    error = answer.json()["error"]
    details = error.get("details")
    return answer.status_code, details[0]["code"] if details else error["code"]


def chunk(admin: Any, path: str, number: object, by: str = "admin", place: int = 0) -> Any:
    body = {"briefcaseId": number} | ({"changesetId": f"{place:040x}"} if place else {})
    return admin.acting(by, "POST", f"{path}/locks/release-chunk", json=body)


def held(admin: Any, path: str, number: int) -> list[str]:
    locks = admin.get(f"{path}/locks?briefcaseId={number}").json()["locks"]
    return [id for lock in locks for part in lock["lockedObjects"] for id in part["objectIds"]]


def released(admin: Any, path: str, after: int = 0, query: str = "") -> list[tuple[str, list[str]]]:
    answer = admin.get(f"{path}/locks/released-locks?afterChangesetIndex={after}{query}")
    return [(entry["lockLevel"], entry["objectIds"]) for entry in answer.json()["releasedLocks"]]


def test_chunks_end_all_locks_of_the_briefcase_and_no_other(start: Any) -> None:
    admin = start(SMALL)
    path, first, second = site(admin)
    admin.lock(path, first, exclusive="0x1 0x2 0x3", shared="0x4 0x5")
    admin.lock(path, second, shared="0x4")
    said = [chunk(admin, path, first).json() for _ in range(4)]
    assert said == [{"isLastChunk": last} for last in (False, False, True, True)]
    assert (held(admin, path, first), held(admin, path, second)) == ([], ["0x4"])


def test_a_chunk_holds_a_hundred_objects(admin: Any) -> None:
    path, first, _ = site(admin)
    admin.lock(path, first, shared=" ".join(hex(number) for number in range(1, 102)))
    assert chunk(admin, path, first).json() == {"isLastChunk": False}
    assert len(held(admin, path, first)) == 1


def test_what_is_wrong_is_refused(admin: Any) -> None:
    path, first, _ = site(admin)
    others = admin.briefcase(path, by="second")
    assert code(chunk(admin, path, 555)) == (404, "BriefcaseNotFound")
    assert code(chunk(admin, path, first, place=9)) == (404, "ChangesetNotFound")
    assert code(chunk(admin, path, others, by="writer")) == (403, "InsufficientPermissions")
    assert code(chunk(admin, path, others, by="reader")) == (403, "InsufficientPermissions")
    assert code(chunk(admin, path, others)) == 200
    assert code(chunk(admin, path, "two")) == (422, "InvalidValue")
    assert code(admin.post(f"{path}/locks/release-chunk")) == (422, "MissingRequestBody")
    waits = f"/{admin.make('Late', creationMode='empty')['id']}"
    assert code(chunk(admin, waits, 2)) == (409, "iModelNotInitialized")
    assert code(admin.get(f"{path}/locks/released-locks")) == (422, "MissingRequiredParameter")
    assert code(admin.get(f"{path}/locks/released-locks?afterChangesetIndex=x")) == (422, "InvalidValue")


def test_released_locks_are_told_by_changeset_and_level(admin: Any) -> None:
    path, first, second = site(admin, 2)
    admin.lock(path, first, place=2, exclusive="0x1 0x2 0x3 0x4", shared="0x5")
    admin.lock(path, first, place=1, none="0x1 0x2")
    admin.lock(path, first, place=2, shared="0x4", none="0x5")
    chunk(admin, path, first, place=2)
    assert released(admin, path) == [
        ("exclusive", ["0x1", "0x2"]),
        ("exclusive", ["0x3"]),
        ("shared", ["0x5", "0x4"]),
    ]
    assert released(admin, path, 1) == [("exclusive", ["0x3"]), ("shared", ["0x5", "0x4"])]
    assert released(admin, path, 2) == []
    assert code(admin.lock(path, second, place=1, exclusive="0x3")) == (409, "NewerChangesExist")


def test_abandoned_locks_leave_no_record(admin: Any) -> None:
    path, first, _ = site(admin, 1)
    admin.lock(path, first, exclusive="0x1")
    assert chunk(admin, path, first).json() == {"isLastChunk": True}
    assert released(admin, path) == []


def test_released_locks_are_paged_by_object(admin: Any) -> None:
    path, first, _ = site(admin, 1)
    admin.lock(path, first, exclusive="0x1 0x2 0x3")
    chunk(admin, path, first, place=1)
    page = admin.get(f"{path}/locks/released-locks?afterChangesetIndex=0&$top=2").json()
    assert page["releasedLocks"] == [{"lockLevel": "exclusive", "objectIds": ["0x1", "0x2"]}]
    following = admin.http.get(page["_links"]["next"]["href"]).json()
    assert following["releasedLocks"] == [{"lockLevel": "exclusive", "objectIds": ["0x3"]}]
    assert following["_links"]["next"] is None
    assert released(admin, path, 0, "&$skip=2") == [("exclusive", ["0x3"])]


def bend(admin: Any, fault: str = "", drop: str = "", free: str = "") -> Any:
    options = {"faults": fault.split(), "drop": drop.split(), "liberties": free.split()}
    admin.server.service.bend(**options)
    return admin


def test_chunks_may_be_cut_otherwise(admin: Any) -> None:
    ids = "0x1 0x2 0x3 0x4"
    for free, expected in (
        ("small-lock-chunks", [False, True]),
        ("last-lock-chunk-is-empty", [False, True]),
        ("small-lock-chunks last-lock-chunk-is-empty", [False, False, True]),
    ):
        path, first, _ = site(bend(admin, free=free))
        admin.lock(path, first, exclusive=ids)
        said = [chunk(admin, path, first).json()["isLastChunk"] for _ in expected]
        assert said == expected
        assert held(admin, path, first) == []


def test_entries_may_be_grouped_otherwise(admin: Any) -> None:
    path, first, _ = site(bend(admin, free="released-locks-in-one-entry"), 2)
    for place, ids in ((1, "0x1"), (2, "0x2")):
        admin.lock(path, first, place=place, exclusive=ids)
        admin.lock(path, first, place=place, none=ids)
    assert released(admin, path) == [("exclusive", ["0x1", "0x2"])]


@pytest.mark.parametrize(
    ("rule", "number", "by", "place"),
    [
        ("locks/release-chunk-unknown-briefcase", 555, "admin", 0),
        ("locks/release-chunk-unknown-changeset", 2, "admin", 9),
        ("locks/release-chunk-own-or-manage", 2, "writer", 0),
    ],
)
def test_a_dropped_rule_refuses_no_more(admin: Any, rule: str, number: int, by: str, place: int) -> None:
    path, _, _ = site(admin)
    assert not chunk(admin, path, number, by, place).is_success
    path, _, _ = site(bend(admin, drop=rule))
    assert chunk(admin, path, number, by, place).json() == {"isLastChunk": True}


def test_faults_of_chunks(admin: Any) -> None:
    path, first, second = site(bend(admin, "locks/release-chunk"))
    admin.lock(path, first, exclusive="0x1 0x2")
    assert chunk(admin, path, first).json() == {"isLastChunk": True}
    assert held(admin, path, first) == ["0x2"]
    path, first, second = site(bend(admin, "locks/release-chunk-spares-others"))
    admin.lock(path, second, exclusive="0x1")
    chunk(admin, path, first)
    assert held(admin, path, second) == []
    path, first, _ = site(bend(admin, "locks/release-chunk-of-nothing"))
    assert code(chunk(admin, path, first)) == (404, "BriefcaseNotFound")
    bend(admin, "locks/release-chunk-unknown-imodel")
    assert chunk(admin, "/8f14e45f-ceea-467f-a8d2-7c1f0b9e3d55", 2).json() == {"isLastChunk": True}


def test_faults_of_pages_that_only_clients_know(admin: Any) -> None:
    path, first, _ = site(admin, 1)
    admin.lock(path, first, place=1, exclusive="0x1 0x2")
    chunk(admin, path, first, place=1)
    admin.server.service.twists = {name: fault_or_rule(name) for name in CLIENTS}
    assert released(admin, path, 0, "&$skip=1") == [("exclusive", ["0x1", "0x2"])]
    tail = f"{path}/locks/released-locks?afterChangesetIndex=0&$continuationToken=&$top=1"
    following = admin.http.get(admin.get(tail).json()["_links"]["next"]["href"]).json()
    assert following["releasedLocks"] == []
    page = admin.get(f"{path}/users?$skip=1").json()
    assert page["users"] == []


def test_faults_of_released_locks(admin: Any) -> None:
    def seen(fault: str, after: int) -> set[str]:
        path, first, _ = site(bend(admin, fault), 1)
        admin.lock(path, first, place=1, exclusive="0x1 0x2 0x3")
        admin.lock(path, first, place=1, none="0x1 0x2", shared="0x3")
        return {id for _, ids in released(admin, path, after) for id in ids}

    assert seen("locks/released-listed", 0) == {"0x1"}
    assert seen("locks/released-after-index", 1) == {"0x1", "0x2"}
    assert seen("locks/released-without-demoted", 0) == {"0x1", "0x2", "0x3"}
