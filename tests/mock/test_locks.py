"""Locks of the mock: the matrix, freshness, the list."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock.attempts import code, with_briefcases

OWNED, NEWER, MISSING = "ConflictWithAnotherUser", "NewerChangesExist", "LockNotFound"


def held(admin: Any, path: str, query: str = "") -> dict[int, dict[str, list[str]]]:
    """Briefcase → level → objects, as the list tells."""
    locks = admin.get(f"{path}/locks?{query}").json()["locks"]
    return {
        lock["briefcaseId"]: {part["lockLevel"]: part["objectIds"] for part in lock["lockedObjects"]}
        for lock in locks
    }


# What A and B hold on one object, what A asks for, the answer, and what A and B hold then.
MATRIX = [
    (None, None, "shared", 200, "shared", None),
    (None, None, "exclusive", 200, "exclusive", None),
    (None, None, "none", (404, MISSING), None, None),
    ("shared", None, "shared", 200, "shared", None),
    ("shared", None, "exclusive", 200, "exclusive", None),
    ("shared", None, "none", 200, None, None),
    (None, "shared", "shared", 200, "shared", "shared"),
    (None, "shared", "exclusive", (409, OWNED), None, "shared"),
    (None, "shared", "none", (404, MISSING), None, "shared"),
    ("shared", "shared", "shared", 200, "shared", "shared"),
    ("shared", "shared", "exclusive", (409, OWNED), "shared", "shared"),
    ("shared", "shared", "none", 200, None, "shared"),
    ("exclusive", None, "shared", 200, "shared", None),
    ("exclusive", None, "exclusive", 200, "exclusive", None),
    ("exclusive", None, "none", 200, None, None),
    (None, "exclusive", "shared", (409, OWNED), None, "exclusive"),
    (None, "exclusive", "exclusive", (409, OWNED), None, "exclusive"),
    (None, "exclusive", "none", (404, MISSING), None, "exclusive"),
]


@pytest.mark.parametrize(("own", "other", "asked", "answer", "own_then", "other_then"), MATRIX)
def test_the_matrix(
    admin: Any,
    own: str | None,
    other: str | None,
    asked: str,
    answer: object,
    own_then: str | None,
    other_then: str | None,
) -> None:
    path, first, second = with_briefcases(admin)
    for number, level in ((first, own), (second, other)):
        if level:
            assert admin.lock(path, number, **{level: "0x1"}).status_code == 200
    assert code(admin.lock(path, first, **{asked: "0x1"})) == answer
    expected = {first: own_then, second: other_then}
    assert held(admin, path) == {n: {level: ["0x1"]} for n, level in expected.items() if level}


def test_what_was_acquired_is_answered(admin: Any) -> None:
    path, first, _ = with_briefcases(admin)
    admin.lock(path, first, shared="0x9")
    answer = admin.lock(path, first, none="0x9", exclusive="0x1 0x2", shared="0x3")
    assert answer.json() == {
        "lock": {
            "briefcaseId": first,
            "lockedObjects": [
                {"lockLevel": "shared", "objectIds": ["0x3"]},
                {"lockLevel": "exclusive", "objectIds": ["0x1", "0x2"]},
            ],
        }
    }
    released = admin.lock(path, first, none="0x1")
    assert released.json()["lock"]["lockedObjects"] == []
    assert admin.lock(path, first).json()["lock"]["lockedObjects"] == []


def test_a_conflict_names_what_and_who(admin: Any) -> None:
    path, first, second = with_briefcases(admin)
    third = admin.briefcase(path)
    admin.lock(path, first, exclusive="0x1", shared="0x2")
    admin.lock(path, second, shared="0x2")
    answer = admin.lock(path, third, shared="0x1 0x3", exclusive="0x2")
    assert answer.json()["error"] == {
        "code": OWNED,
        "message": "Lock(s) is owned by another Briefcase.",
        "conflictingLocks": [
            {"objectId": "0x1", "lockLevel": "exclusive", "briefcaseIds": [first]},
            {"objectId": "0x2", "lockLevel": "shared", "briefcaseIds": [first, second]},
        ],
    }
    assert third not in held(admin, path)


def test_one_refusal_changes_nothing_and_missing_locks_come_first(admin: Any) -> None:
    path, first, second = with_briefcases(admin)
    admin.lock(path, first, exclusive="0x1", shared="0x2")
    before = held(admin, path)
    answer = admin.lock(path, second, exclusive="0x1", none="0x7 0x8")
    assert (code(answer), answer.json()["error"]["objectIds"]) == ((404, MISSING), ["0x7", "0x8"])
    assert code(admin.lock(path, first, none="0x2 0x7")) == (404, MISSING)
    assert held(admin, path) == before


# The changeset the exclusive lock is released with, the one claimed after it, and whether that is new enough.
FRESHNESS = [(0, 0, True), (1, 1, True), (1, 2, True), (2, 1, False), (2, 0, False), (2, 2, True)]


@pytest.mark.parametrize(("released", "claimed", "granted"), FRESHNESS)
def test_freshness(admin: Any, released: int, claimed: int, granted: bool) -> None:
    path, first, second = with_briefcases(admin, 2)
    admin.lock(path, first, place=released, exclusive="0x1")
    admin.lock(path, first, place=released, none="0x1")
    assert admin.lock(path, second, place=claimed, shared="0x1").status_code == 200
    answer = admin.lock(path, second, place=claimed, exclusive="0x1")
    assert code(answer) == (200 if granted else (409, NEWER))
    if not granted:
        error = answer.json()["error"]
        assert error["objectIds"] == ["0x1"]
        assert error["message"] == "One or more objects have been locked in a newer Changeset."


def test_only_a_release_of_exclusive_with_something_newer_is_remembered(admin: Any) -> None:
    path, first, second = with_briefcases(admin, 2)
    admin.lock(path, first, place=2, exclusive="0x1", shared="0x2")
    admin.lock(path, first, place=2, none="0x1 0x2")
    admin.lock(path, first, place=2, exclusive="0x1")
    admin.lock(path, first, place=1, none="0x1")
    assert code(admin.lock(path, second, place=1, exclusive="0x1")) == (409, NEWER)
    assert code(admin.lock(path, second, place=1, exclusive="0x2")) == 200
    admin.lock(path, first, place=2, exclusive="0x3")
    admin.delete(f"{path}/briefcases/{first}")
    assert code(admin.lock(path, second, exclusive="0x3")) == 200


def test_pages_count_objects(admin: Any) -> None:
    path, first, second = with_briefcases(admin)
    admin.lock(path, first, shared="0x1 0x2", exclusive="0x3")
    admin.lock(path, second, shared="0x1")
    page = admin.get(f"{path}/locks?$top=2&$skip=1").json()
    assert page["locks"] == [
        {
            "briefcaseId": first,
            "lockedObjects": [
                {"lockLevel": "shared", "objectIds": ["0x2"]},
                {"lockLevel": "exclusive", "objectIds": ["0x3"]},
            ],
        }
    ]
    last = admin.http.get(page["_links"]["next"]["href"]).json()
    assert last["locks"] == [
        {"briefcaseId": second, "lockedObjects": [{"lockLevel": "shared", "objectIds": ["0x1"]}]}
    ]
    assert last["_links"]["next"] is None


@pytest.mark.parametrize("query", ["$top=1", "$top=2", "$top=1&$continuationToken="])
def test_a_walk_meets_every_object_once(admin: Any, query: str) -> None:
    path, first, second = with_briefcases(admin)
    admin.lock(path, first, shared="0x1 0x2", exclusive="0x3")
    admin.lock(path, second, shared="0x1 0x2")
    seen: list[tuple[int, str]] = []
    address: str | None = f"{admin.server.url}{path}/locks?{query}"
    while address:
        page = admin.http.get(address).json()
        for lock in page["locks"]:
            for part in lock["lockedObjects"]:
                seen += [(lock["briefcaseId"], id) for id in part["objectIds"]]
        address = page["_links"]["next"] and page["_links"]["next"]["href"]
    assert seen == [(first, "0x1"), (first, "0x2"), (first, "0x3"), (second, "0x1"), (second, "0x2")]


def test_filters(admin: Any) -> None:
    path, first, second = with_briefcases(admin)
    admin.lock(path, first, shared="0x1", exclusive="0x3")
    admin.lock(path, second, shared="0x1")
    assert held(admin, path, f"briefcaseId={second}") == {second: {"shared": ["0x1"]}}
    assert held(admin, path, "briefcaseId=99") == {}
    assert held(admin, path, "lockLevel=exclusive") == {first: {"exclusive": ["0x3"]}}


def test_the_statistics_know_the_root(admin: Any) -> None:
    path, first, _ = with_briefcases(admin)
    admin.lock(path, first, exclusive="0x1")
    users = admin.get(f"{path}/users", headers={"Prefer": "return=representation"}).json()["users"]
    [application] = users[0]["statistics"]["applications"]
    assert application["ownsLocks"]
    assert application["ownsExclusiveRootElementLock"]


def test_a_manager_acts_for_others(admin: Any) -> None:
    path, _, _ = with_briefcases(admin)
    others = admin.briefcase(path, "second")
    assert admin.lock(path, others, by="second", exclusive="0x1").status_code == 200
    assert admin.lock(path, others, by="manager", none="0x1").status_code == 200
