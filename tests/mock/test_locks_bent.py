"""Locks of a bent mock: rules dropped, liberties taken, faults made."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.mock.attempts import bent, code, with_briefcases

OWNED, NEWER, MISSING = "ConflictWithAnotherUser", "NewerChangesExist", "LockNotFound"


def held(admin: Any, path: str, query: str = "") -> dict[int, dict[str, list[str]]]:
    """Briefcase → level → objects, as the list tells."""
    locks = admin.get(f"{path}/locks?{query}").json()["locks"]
    return {
        lock["briefcaseId"]: {part["lockLevel"]: part["objectIds"] for part in lock["lockedObjects"]}
        for lock in locks
    }


def after(first: dict[str, str], then: dict[str, str]) -> Any:
    """What B is answered once A has its locks."""

    def attempt(admin: Any) -> httpx.Response:
        path, a, b = with_briefcases(admin)
        if first:
            assert admin.lock(path, a, **first).status_code == 200
        answer: httpx.Response = admin.lock(path, b, **then)
        return answer

    return attempt


def outdated(level: str, claimed: int) -> Any:
    def attempt(admin: Any) -> httpx.Response:
        path, first, second = with_briefcases(admin, 2)
        admin.lock(path, first, place=2, exclusive="0x1")
        admin.lock(path, first, place=2, none="0x1")
        answer: httpx.Response = admin.lock(path, second, place=claimed, **{level: "0x1"})
        return answer

    return attempt


def by_writer(admin: Any) -> httpx.Response:
    path, first, _ = with_briefcases(admin)
    answer: httpx.Response = admin.lock(path, first, by="writer", shared="0x1")
    return answer


def sent(**body: object) -> Any:
    def attempt(admin: Any) -> httpx.Response:
        path, first, _ = with_briefcases(admin)
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


def partly(admin: Any) -> httpx.Response:
    path, first, _ = with_briefcases(admin)
    admin.lock(path, first, shared="0x1")
    answer: httpx.Response = admin.lock(path, first, none="0x1 0x2")
    return answer


def demoted(admin: Any) -> object:
    path, first, _ = with_briefcases(admin)
    admin.lock(path, first, exclusive="0x1")
    admin.lock(path, first, shared="0x1")
    return held(admin, path)[first]


def holders(admin: Any) -> object:
    path, first, second = with_briefcases(admin)
    admin.lock(path, first, shared="0x1"), admin.lock(path, second, shared="0x1")
    [lock] = admin.lock(path, second, exclusive="0x1").json()["error"]["conflictingLocks"]
    return lock["briefcaseIds"]


def coded(attempt: Any) -> Any:
    return lambda admin: code(attempt(admin))


def without_objects(admin: Any) -> object:
    path, first, _ = with_briefcases(admin)
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
    path, first, _ = with_briefcases(admin)
    admin.lock(path, first, shared="0x1")
    lock = admin.lock(path, first, none="0x1", exclusive="0x2").json()["lock"]
    return [(part["lockLevel"], part["objectIds"]) for part in lock["lockedObjects"]]


def listed(query: str = "") -> Any:
    def look(admin: Any) -> object:
        path, first, second = with_briefcases(admin)
        admin.lock(path, first, shared="0x1"), admin.lock(path, second, exclusive="0x2")
        return held(admin, path, query)

    return look


def after_release(admin: Any) -> object:
    path, first, _ = with_briefcases(admin)
    admin.lock(path, first, shared="0x1")
    return code(admin.lock(path, first, none="0x1")), held(admin, path)


def after_refusal(admin: Any) -> object:
    path, first, second = with_briefcases(admin)
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
