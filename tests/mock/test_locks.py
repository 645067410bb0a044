"""Locks of the mock: the matrix, freshness, the list, and how all of it can be bent."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

OWNED, NEWER, MISSING = "ConflictWithAnotherUser", "NewerChangesExist", "LockNotFound"


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


def bent(admin: Any, *names: str, drop: tuple[str, ...] = (), free: tuple[str, ...] = ()) -> Any:
    admin.server.service.bend(faults=names, drop=drop, liberties=free)
    return admin


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
    path, first, second = site(admin)
    for number, level in ((first, own), (second, other)):
        if level:
            assert admin.lock(path, number, **{level: "0x1"}).status_code == 200
    assert code(admin.lock(path, first, **{asked: "0x1"})) == answer
    expected = {first: own_then, second: other_then}
    assert held(admin, path) == {n: {level: ["0x1"]} for n, level in expected.items() if level}


def test_what_was_acquired_is_answered(admin: Any) -> None:
    path, first, _ = site(admin)
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
    path, first, second = site(admin)
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
    path, first, second = site(admin)
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
    path, first, second = site(admin, 2)
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
    path, first, second = site(admin, 2)
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
    path, first, second = site(admin)
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
    path, first, second = site(admin)
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
    path, first, second = site(admin)
    admin.lock(path, first, shared="0x1", exclusive="0x3")
    admin.lock(path, second, shared="0x1")
    assert held(admin, path, f"briefcaseId={second}") == {second: {"shared": ["0x1"]}}
    assert held(admin, path, "briefcaseId=99") == {}
    assert held(admin, path, "lockLevel=exclusive") == {first: {"exclusive": ["0x3"]}}


def test_the_statistics_know_the_root(admin: Any) -> None:
    path, first, _ = site(admin)
    admin.lock(path, first, exclusive="0x1")
    users = admin.get(f"{path}/users", headers={"Prefer": "return=representation"}).json()["users"]
    [application] = users[0]["statistics"]["applications"]
    assert application["ownsLocks"]
    assert application["ownsExclusiveRootElementLock"]


def after(first: dict[str, str], then: dict[str, str]) -> Any:
    """What B is answered once A has its locks."""

    def attempt(admin: Any) -> httpx.Response:
        path, a, b = site(admin)
        if first:
            assert admin.lock(path, a, **first).status_code == 200
        answer: httpx.Response = admin.lock(path, b, **then)
        return answer

    return attempt


def outdated(level: str, claimed: int) -> Any:
    def attempt(admin: Any) -> httpx.Response:
        path, first, second = site(admin, 2)
        admin.lock(path, first, place=2, exclusive="0x1")
        admin.lock(path, first, place=2, none="0x1")
        answer: httpx.Response = admin.lock(path, second, place=claimed, **{level: "0x1"})
        return answer

    return attempt


def by_writer(admin: Any) -> httpx.Response:
    path, first, _ = site(admin)
    answer: httpx.Response = admin.lock(path, first, by="writer", shared="0x1")
    return answer


def sent(**body: object) -> Any:
    def attempt(admin: Any) -> httpx.Response:
        path, first, _ = site(admin)
        whole = {"briefcaseId": first, "lockedObjects": [], **body}
        answer: httpx.Response = admin.patch(f"{path}/locks", json=whole)
        return answer

    return attempt


TOO_MANY = {"shared": " ".join(f"0x{n:x}" for n in range(500)), "exclusive": "0xff " * 501}
ODD = [{"lockLevel": "shared", "objectIds": ["x"]}]

RULES = [
    ("locks/not-held", after({}, {"none": "0x1"}), (404, MISSING), 200),
    ("locks/exclusive-conflicts", after({"exclusive": "0x1"}, {"shared": "0x1"}), (409, OWNED), 200),
    ("locks/exclusive-conflicts", after({"exclusive": "0x1"}, {"exclusive": "0x1"}), (409, OWNED), 200),
    ("locks/shared-blocks-exclusive", after({"shared": "0x1"}, {"exclusive": "0x1"}), (409, OWNED), 200),
    ("locks/freshness", outdated("exclusive", 1), (409, NEWER), 200),
    ("locks/too-many", after({}, TOO_MANY), (413, "RequestTooLarge"), 200),
    ("locks/unknown-briefcase", sent(briefcaseId=99), (404, "BriefcaseNotFound"), 200),
    ("locks/unknown-changeset", sent(changesetId="f" * 40), (404, "ChangesetNotFound"), 200),
    ("locks/own-or-manage", by_writer, (403, "InsufficientPermissions"), 200),
    ("requests/undocumented-fault", sent(lockedObjects=ODD), (422, "InvalidValue"), 200),
    ("requests/undocumented-fault", sent(lockedObjects=["x"]), (422, "InvalidValue"), 200),
]


@pytest.mark.parametrize(("name", "attempt", "refused", "granted"), RULES)
def test_each_rule_can_be_dropped(
    admin: Any, name: str, attempt: Any, refused: tuple[int, str], granted: int
) -> None:
    assert code(attempt(admin)) == refused
    assert code(attempt(bent(admin, drop=(name,)))) == granted


def test_a_manager_acts_for_others(admin: Any) -> None:
    path, _, _ = site(admin)
    others = admin.briefcase(path, "second")
    assert admin.lock(path, others, by="second", exclusive="0x1").status_code == 200
    assert admin.lock(path, others, by="manager", none="0x1").status_code == 200


def partly(admin: Any) -> httpx.Response:
    path, first, _ = site(admin)
    admin.lock(path, first, shared="0x1")
    answer: httpx.Response = admin.lock(path, first, none="0x1 0x2")
    return answer


def demoted(admin: Any) -> object:
    path, first, _ = site(admin)
    admin.lock(path, first, exclusive="0x1")
    admin.lock(path, first, shared="0x1")
    return held(admin, path)[first]


def holders(admin: Any) -> object:
    path, first, second = site(admin)
    admin.lock(path, first, shared="0x1"), admin.lock(path, second, shared="0x1")
    [lock] = admin.lock(path, second, exclusive="0x1").json()["error"]["conflictingLocks"]
    return lock["briefcaseIds"]


def coded(attempt: Any) -> Any:
    return lambda admin: code(attempt(admin))


def without_objects(admin: Any) -> object:
    path, first, _ = site(admin)
    return code(admin.patch(f"{path}/locks", json={"briefcaseId": first}))


LIBERTIES = [
    ("exclusive-kept-when-shared-asked", demoted, {"shared": ["0x1"]}, {"exclusive": ["0x1"]}),
    ("requester-among-holders", holders, [2], [2, 3]),
    ("no-changeset-is-fresh", coded(outdated("exclusive", 0)), (409, NEWER), 200),
    ("no-changeset-is-fresh", coded(outdated("exclusive", 1)), (409, NEWER), (409, NEWER)),
    ("freshness-for-shared", coded(outdated("shared", 1)), 200, (409, NEWER)),
    (
        "malformed-locks-changeset-404",
        coded(sent(changesetId="x")),
        (422, "InvalidValue"),
        (404, "ChangesetNotFound"),
    ),
    (
        "release-of-anothers-lock-409",
        coded(after({"shared": "0x1"}, {"none": "0x1"})),
        (404, MISSING),
        (409, OWNED),
    ),
    ("release-of-what-is-held", coded(partly), (404, MISSING), 200),
    ("release-of-what-is-held", coded(after({}, {"none": "0x1 0x2"})), (404, MISSING), (404, MISSING)),
    ("empty-locked-objects-422", coded(sent()), 200, (422, "InvalidValue")),
    ("locked-objects-optional", without_objects, (422, "MissingRequiredProperty"), 200),
]


@pytest.mark.parametrize(("name", "look", "default", "free"), LIBERTIES)
def test_each_freedom_is_another_answer(
    admin: Any, name: str, look: Any, default: object, free: object
) -> None:
    assert look(admin) == default
    assert look(bent(admin, free=(name,))) == free


def acquired(admin: Any) -> object:
    path, first, _ = site(admin)
    admin.lock(path, first, shared="0x1")
    lock = admin.lock(path, first, none="0x1", exclusive="0x2").json()["lock"]
    return [(part["lockLevel"], part["objectIds"]) for part in lock["lockedObjects"]]


def listed(query: str = "") -> Any:
    def look(admin: Any) -> object:
        path, first, second = site(admin)
        admin.lock(path, first, shared="0x1"), admin.lock(path, second, exclusive="0x2")
        return held(admin, path, query)

    return look


def after_release(admin: Any) -> object:
    path, first, _ = site(admin)
    admin.lock(path, first, shared="0x1")
    return code(admin.lock(path, first, none="0x1")), held(admin, path)


def after_refusal(admin: Any) -> object:
    path, first, second = site(admin)
    admin.lock(path, first, exclusive="0x1")
    return code(admin.lock(path, second, exclusive="0x1 0x2")), held(admin, path).get(second)


ACQUIRED = ("exclusive", ["0x2"])
BOTH = {2: {"shared": ["0x1"]}, 3: {"exclusive": ["0x2"]}}
FAULTS = [
    ("locks/acquire-answers-acquired:released", acquired, [ACQUIRED], [ACQUIRED, ("shared", ["0x1"])]),
    ("locks/acquire-answers-acquired", acquired, [ACQUIRED], [("shared", ["0x2"])]),
    ("locks/listed", listed(), BOTH, {2: BOTH[2]}),
    ("locks/briefcase-filter", listed("briefcaseId=2"), {2: BOTH[2]}, BOTH),
    ("locks/level-filter", listed("lockLevel=shared"), {2: BOTH[2]}, BOTH),
    ("locks/shared-by-many", coded(after({"shared": "0x1"}, {"shared": "0x1"})), 200, (409, OWNED)),
    ("locks/conflict-names-holders", holders, [2], []),
    ("locks/release", after_release, (200, {}), (200, {2: {"shared": ["0x1"]}})),
    (
        "locks/refusal-changes-nothing",
        after_refusal,
        ((409, OWNED), None),
        ((409, OWNED), {"exclusive": ["0x2"]}),
    ),
]


@pytest.mark.parametrize(("name", "look", "right", "wrong"), FAULTS)
def test_each_fault_shows(admin: Any, name: str, look: Any, right: object, wrong: object) -> None:
    assert look(admin) == right
    assert look(bent(admin, name)) == wrong
