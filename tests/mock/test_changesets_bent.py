"""Changesets of a bent mock: rules dropped, liberties taken, faults made."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.mock.tokens import USERS
from tests.mock.attempts import bent, code, with_briefcase

GUID = "8f14e45f-ceea-467f-a8d2-7c1f0b9e3d55"


def announced(admin: Any, pushed: int = 1, place: int = 2, **members: Any) -> Any:
    path, number = with_briefcase(admin, pushed)
    return admin.announce(path, number, place, **members)


def with_own_open_push(admin: Any) -> Any:
    path, number = with_briefcase(admin)
    admin.announce(path, number, 1)
    return admin.announce(path, number, 1)


def with_anothers_open_push(admin: Any) -> Any:
    path, number = with_briefcase(admin)
    others = admin.briefcase(path, "second")
    admin.announce(path, number, 1)
    return admin.announce(path, others, 2, "second", parentId=None)


def with_anothers_briefcase(admin: Any) -> Any:
    path, _ = with_briefcase(admin)
    return admin.announce(path, admin.briefcase(path, "second"), 1)


def completed(admin: Any, data: bytes | None = b"abc", number: int | None = None) -> Any:
    path, own = with_briefcase(admin)
    begun = admin.announce(path, own, 1)
    if data is not None:
        admin.upload(begun, data)
    return admin.complete(path, number or own, 1)


def completed_twice(admin: Any) -> Any:
    path, number = with_briefcase(admin, 1)
    return admin.complete(path, number, 1)


def completed_with_another(admin: Any) -> Any:
    path, number = with_briefcase(admin)
    other = admin.briefcase(path)
    admin.upload(admin.announce(path, number, 1))
    return admin.complete(path, other, 1)


def read_at(place: object, tail: str = "") -> Any:
    def attempt(admin: Any) -> Any:
        return admin.get(f"{with_briefcase(admin, 1)[0]}/changesets/{place}{tail}")

    return attempt


def completed_unknown(admin: Any) -> Any:
    path, number = with_briefcase(admin, 1)
    return admin.complete(path, number, 7)


RULES = [
    ("changesets/unknown", read_at(9), (404, "ChangesetNotFound"), 200),
    ("changesets/unknown", read_at("f" * 40), (404, "ChangesetNotFound"), 200),
    ("changesets/unknown", read_at(9, "/checkpoint"), (404, "ChangesetNotFound"), 200),
    ("changesets/unknown", completed_unknown, (404, "ChangesetNotFound"), 200),
    ("changesets/baseline-not-listed", read_at(0), (404, "ChangesetNotFound"), 200),
    ("changesets/parent-exists", lambda a: announced(a, 2, 4), (409, "NewerChangesExist"), 201),
    ("changesets/parent-exists", lambda a: announced(a, 0, 2), (409, "NewerChangesExist"), 201),
    ("changesets/id-unique", lambda a: announced(a, id=f"{1:040x}"), (409, "ChangesetExists"), 201),
    ("changesets/one-push-at-a-time", with_anothers_open_push, (409, "ConflictWithAnotherUser"), 201),
    ("changesets/unknown-briefcase", lambda a: announced(a, briefcaseId=99), (404, "BriefcaseNotFound"), 201),
    (
        "changesets/complete-with-unknown-briefcase",
        lambda a: completed(a, number=99),
        (404, "BriefcaseNotFound"),
        200,
    ),
    ("changesets/file-must-be-uploaded", lambda a: completed(a, None), (404, "FileNotFound"), 200),
    (
        "requests/undocumented-fault",
        lambda a: announced(a, containingChanges=128),
        (422, "InvalidValue"),
        201,
    ),
    (
        "changesets/unknown-group",
        lambda a: announced(a, groupId=GUID),
        (404, "ChangesetGroupNotFound"),
        201,
    ),
    ("requests/missing-property", lambda a: announced(a, id=None), (422, "MissingRequiredProperty"), 201),
    ("requests/invalid-value", lambda a: announced(a, fileSize="x"), (422, "InvalidValue"), 201),
]


@pytest.mark.parametrize(("name", "attempt", "refused", "granted"), RULES)
def test_each_rule_can_be_dropped(
    admin: Any, name: str, attempt: Any, refused: tuple[int, str], granted: int
) -> None:
    assert code(attempt(admin)) == refused
    assert attempt(bent(admin, drop=(name,))).status_code == granted


LIBERTIES = [
    ("waiting-changesets-unreadable", lambda a: a.get(_waiting(a)), 200, (404, "ChangesetNotFound")),
    ("odd-changeset-ids", lambda a: announced(a, id="step-2"), (422, "InvalidValue"), 201),
    ("odd-changeset-ids", lambda a: announced(a, id="12"), (422, "InvalidValue"), (422, "InvalidValue")),
    ("unknown-containing-changes", lambda a: announced(a, containingChanges=128), (422, "InvalidValue"), 201),
    (
        "unknown-group-422",
        lambda a: announced(a, groupId=GUID),
        (404, "ChangesetGroupNotFound"),
        (422, "InvalidValue"),
    ),
    (
        "push-with-anothers-briefcase-404",
        with_anothers_briefcase,
        (403, "InsufficientPermissions"),
        (404, "BriefcaseNotFound"),
    ),
    (
        "push-with-anothers-briefcase-409",
        with_anothers_briefcase,
        (403, "InsufficientPermissions"),
        (409, "ConflictWithAnotherUser"),
    ),
    (
        "first-parent-404",
        lambda a: announced(a, 0, 2),
        (409, "NewerChangesExist"),
        (404, "ChangesetNotFound"),
    ),
    ("first-parent-422", lambda a: announced(a, 0, 2), (409, "NewerChangesExist"), (422, "InvalidValue")),
    (
        "parent-before-id",
        lambda a: announced(a, 1, 1),
        (409, "ChangesetExists"),
        (409, "NewerChangesExist"),
    ),
    ("own-open-push-conflicts", with_own_open_push, 201, (409, "ConflictWithAnotherUser")),
    ("own-open-push-exists", with_own_open_push, 201, (409, "ChangesetExists")),
    ("complete-twice-200", completed_twice, (409, "ChangesetExists"), 200),
    ("complete-twice-422", completed_twice, (409, "ChangesetExists"), (422, "InvalidValue")),
    (
        "complete-with-other-briefcase-403",
        completed_with_another,
        (409, "ConflictWithAnotherUser"),
        (403, "InsufficientPermissions"),
    ),
    (
        "complete-with-other-briefcase-404",
        completed_with_another,
        (409, "ConflictWithAnotherUser"),
        (404, "BriefcaseNotFound"),
    ),
    (
        "complete-with-other-briefcase-422",
        completed_with_another,
        (409, "ConflictWithAnotherUser"),
        (422, "InvalidValue"),
    ),
    ("other-size-accepted", lambda a: completed(a, b"abcd"), (409, "DataConflict"), 200),
    ("other-size-422", lambda a: completed(a, b"abcd"), (409, "DataConflict"), (422, "InvalidValue")),
]


def _waiting(admin: Any) -> str:
    path, number = with_briefcase(admin)
    admin.announce(path, number, 1)
    return f"{path}/changesets/{1:040x}"


@pytest.mark.parametrize(("name", "attempt", "default", "free"), LIBERTIES)
def test_each_freedom_is_another_answer(
    admin: Any, name: str, attempt: Any, default: object, free: object
) -> None:
    assert code(attempt(admin)) == default
    assert code(attempt(bent(admin, free=(name,)))) == free


def test_freedoms_in_what_is_answered(admin: Any) -> None:
    path, number = with_briefcase(bent(admin, free=("created-changeset-has-final-values",)), 1)
    made = admin.announce(path, number, 2).json()["changeset"]
    assert (made["index"], made["displayName"], made["state"]) == (2, "2", "waitingForFile")
    assert made["creatorId"] == USERS["admin"].id
    assert made["pushDateTime"]
    path, number = with_briefcase(bent(admin, free=("waiting-changesets-listed", "changeset-self-by-id")), 1)
    admin.announce(path, number, 2)
    listed = admin.get(f"{path}/changesets").json()["changesets"]
    assert [(item["index"], item["state"]) for item in listed] == [(1, "fileUploaded"), (2, "waitingForFile")]
    assert [item["_links"]["self"]["href"][-40:] for item in listed] == [f"{1:040x}", f"{2:040x}"]
    path, number = with_briefcase(bent(admin, free=("synchronization-info-echoed",)))
    information = {"taskId": "t", "changedFiles": None}
    made = admin.announce(path, number, 1, synchronizationInfo=information).json()["changeset"]
    assert made["synchronizationInfo"] == information


def told(admin: Any, ask: object, pushed: int = 3) -> Any:
    """What the details of a changeset say after some pushes and a named version on the second."""
    path, _ = with_briefcase(admin, pushed)
    if pushed > 1:
        admin.mark(path, place=2)
        admin.wait()
    return admin.get(f"{path}/changesets/{ask}").json()["changeset"]


def indexes(query: str) -> Any:
    def look(admin: Any) -> list[int]:
        listed = admin.get(f"{with_briefcase(admin, 4)[0]}/changesets?{query}").json()["changesets"]
        return [item["index"] for item in listed]

    return look


def listed_applications(admin: Any) -> list[Any]:
    path, _ = with_briefcase(admin, 1)
    full = admin.get(f"{path}/changesets", headers={"Prefer": "return=representation"}).json()["changesets"]
    return [item["application"] is None for item in full]


def created(member: str) -> Any:
    return lambda admin: announced(admin, description="walls").json()["changeset"][member]


def preceding(admin: Any) -> str:
    return str(told(admin, 1)["_links"]["currentOrPrecedingCheckpoint"]["href"].split("/")[-2])


FAULTS = [
    ("changesets/create-echoes", created("fileSize"), 3, 4),
    ("changesets/create-echoes:description", created("description"), "walls", "About walls"),
    ("changesets/provisional-until-completed", created("state"), "waitingForFile", "fileUploaded"),
    (
        "changesets/provisional-until-completed:no-upload",
        lambda a: announced(a, 0, 1).json()["changeset"]["_links"]["upload"] is None,
        False,
        True,
    ),
    (
        "changesets/push-completes",
        lambda a: completed(a).json()["changeset"]["state"],
        "fileUploaded",
        "waitingForFile",
    ),
    ("changesets/readable", lambda a: told(a, f"{1:040x}")["fileSize"], 3, 4),
    ("changesets/listed", indexes(""), [1, 2, 3, 4], [1, 2, 3]),
    ("changesets/by-id-or-index", lambda a: told(a, 1)["containingChanges"], 0, 4),
    ("changesets/by-id-or-index", lambda a: told(a, f"{1:040x}")["containingChanges"], 0, 0),
    ("changesets/index-ascends", lambda a: told(a, f"{3:040x}")["index"], 3, 1),
    ("changesets/chain", lambda a: told(a, 3)["parentId"], f"{2:040x}", f"{3:040x}"),
    ("changesets/range-filter", indexes("afterIndex=2"), [3, 4], [2, 3, 4]),
    ("changesets/range-filter:last", indexes("lastIndex=2"), [1, 2], [1, 2, 3, 4]),
    ("changesets/display-name-is-index", lambda a: told(a, 1)["displayName"], "1", "#1"),
    ("changesets/named-version-link", lambda a: told(a, 2)["_links"]["namedVersion"] is None, False, True),
    ("changesets/checkpoint-link", preceding, "0", "2"),
    ("changesets/list-equals-details", listed_applications, [False], [True]),
    (
        "changesets/size-must-match",
        lambda a: code(completed(a, b"abcd")),
        (409, "DataConflict"),
        (404, "FileNotFound"),
    ),
]


@pytest.mark.parametrize(("name", "look", "right", "wrong"), FAULTS)
def test_each_fault_shows(admin: Any, name: str, look: Any, right: object, wrong: object) -> None:
    assert look(admin) == right
    assert look(bent(admin, name)) == wrong
