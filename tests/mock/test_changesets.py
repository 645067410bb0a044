"""Changesets of the mock: the push step by step, its refusals, reading, and how all of it can be bent."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from conformance.mock.tokens import USERS

ZEROS = "0" * 40
GUID = "8f14e45f-ceea-467f-a8d2-7c1f0b9e3d55"


def site(admin: Any, pushed: int = 0) -> tuple[str, int]:
    """An iModel with a briefcase of the admin and some changesets."""
    path = f"/{admin.make()['id']}"
    number = admin.briefcase(path)
    admin.push(path, number, *range(1, pushed + 1))
    return path, number


def refusal(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    details = error.get("details")
    return answer.status_code, details[0]["code"] if details else error["code"]


def code(answer: httpx.Response) -> int | tuple[int, str]:
    return refusal(answer) if answer.is_error else answer.status_code


def bent(admin: Any, *names: str, drop: tuple[str, ...] = (), free: tuple[str, ...] = ()) -> Any:
    admin.server.service.bend(faults=names, drop=drop, liberties=free)
    return admin


def test_a_new_changeset_is_provisional(admin: Any) -> None:
    path, number = site(admin)
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
    path, number = site(admin)
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


def test_by_id_and_by_index_is_the_same(admin: Any) -> None:
    path, _ = site(admin, 2)
    by_id, by_index = (admin.get(f"{path}/changesets/{ask}").json()["changeset"] for ask in (f"{2:040x}", 2))
    by_id["_links"].pop("download"), by_index["_links"].pop("download")
    assert by_id == by_index
    assert by_id["parentId"] == f"{1:040x}"


def test_one_who_may_only_view_gets_no_download(admin: Any) -> None:
    path, _ = site(admin, 1)
    seen = admin.acting("viewer", "GET", f"{path}/changesets/1").json()["changeset"]
    assert seen["_links"]["download"] is None


@pytest.mark.parametrize("ask", [0, 3, "f" * 40, "x", "1" * 30, "-1", "00"])
def test_what_was_not_pushed_is_not_found(admin: Any, ask: object) -> None:
    path, _ = site(admin, 1)
    assert refusal(admin.get(f"{path}/changesets/{ask}")) == (404, "ChangesetNotFound")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("afterIndex=2", [3, 4, 5]),
        ("lastIndex=2", [1, 2]),
        ("afterIndex=1&lastIndex=4&$orderBy=index desc", [4, 3, 2]),
        ("afterIndex=9", []),
        ("$skip=1&$top=2", [2, 3]),
    ],
)
def test_ranges_of_the_list(admin: Any, query: str, expected: list[int]) -> None:
    path, _ = site(admin, 5)
    listed = admin.get(f"{path}/changesets?{query}").json()["changesets"]
    assert [item["index"] for item in listed] == expected
    assert all(set(item["_links"]) == {"self", "creator"} for item in listed)


def test_a_full_list_equals_the_details(admin: Any) -> None:
    path, _ = site(admin, 2)
    full = admin.get(f"{path}/changesets", headers={"Prefer": "return=representation"}).json()["changesets"]
    for item in full:
        alone = admin.get(f"{path}/changesets/{item['id']}").json()["changeset"]
        alone["_links"]["download"] = item["_links"]["download"]
        assert alone == item


def test_a_waiting_changeset_is_readable_but_not_listed(admin: Any) -> None:
    path, number = site(admin, 1)
    admin.announce(path, number, 2)
    assert admin.get(f"{path}/changesets/{2:040x}").json()["changeset"]["state"] == "waitingForFile"
    assert [item["index"] for item in admin.get(f"{path}/changesets").json()["changesets"]] == [1]
    assert refusal(admin.get(f"{path}/changesets/{2:040x}/checkpoint")) == (404, "CheckpointNotFound")


def test_a_named_version_is_linked(admin: Any) -> None:
    path, _ = site(admin, 1)
    version = admin.mark(path, place=1).json()["namedVersion"]
    links = admin.get(f"{path}/changesets/1").json()["changeset"]["_links"]
    assert links["namedVersion"]["href"].endswith(f"/namedversions/{version['id']}")
    admin.wait()
    links = admin.get(f"{path}/changesets/1").json()["changeset"]["_links"]
    assert links["currentOrPrecedingCheckpoint"]["href"].endswith("/changesets/1/checkpoint")


def test_pushes_are_counted(admin: Any) -> None:
    path, _ = site(admin, 2)
    user = admin.get(f"{path}/users/{USERS['admin'].id}").json()["user"]
    assert user["statistics"]["pushedChangesetsCount"] == 2
    assert user["statistics"]["lastChangesetPushDate"]


def test_an_open_push_keeps_others_out_for_an_hour(admin: Any) -> None:
    path, number = site(admin)
    others = admin.briefcase(path, "second")
    admin.announce(path, number, 1)
    late = admin.announce(path, others, 2, "second", parentId=None)
    assert refusal(late) == (409, "ConflictWithAnotherUser")
    admin.wait(3600)
    assert admin.announce(path, others, 2, "second", parentId=None).status_code == 201
    assert refusal(admin.complete(path, number, 1)) == (404, "ChangesetNotFound")
    assert refusal(admin.complete(path, number, 2)) == (409, "ConflictWithAnotherUser")


def test_an_own_open_push_is_replaced_with_its_file(admin: Any) -> None:
    path, number = site(admin)
    admin.upload(admin.announce(path, number, 1))
    assert admin.announce(path, number, 1).status_code == 201
    assert refusal(admin.complete(path, number, 1)) == (404, "FileNotFound")
    assert admin.announce(path, number, 2, parentId=None).status_code == 201
    assert refusal(admin.get(f"{path}/changesets/{1:040x}")) == (404, "ChangesetNotFound")


def announced(admin: Any, pushed: int = 1, place: int = 2, **members: Any) -> Any:
    path, number = site(admin, pushed)
    return admin.announce(path, number, place, **members)


def with_own_open_push(admin: Any) -> Any:
    path, number = site(admin)
    admin.announce(path, number, 1)
    return admin.announce(path, number, 1)


def with_anothers_open_push(admin: Any) -> Any:
    path, number = site(admin)
    others = admin.briefcase(path, "second")
    admin.announce(path, number, 1)
    return admin.announce(path, others, 2, "second", parentId=None)


def with_anothers_briefcase(admin: Any) -> Any:
    path, _ = site(admin)
    return admin.announce(path, admin.briefcase(path, "second"), 1)


def completed(admin: Any, data: bytes | None = b"abc", number: int | None = None) -> Any:
    path, own = site(admin)
    begun = admin.announce(path, own, 1)
    if data is not None:
        admin.upload(begun, data)
    return admin.complete(path, number or own, 1)


def completed_twice(admin: Any) -> Any:
    path, number = site(admin, 1)
    return admin.complete(path, number, 1)


def completed_with_another(admin: Any) -> Any:
    path, number = site(admin)
    other = admin.briefcase(path)
    admin.upload(admin.announce(path, number, 1))
    return admin.complete(path, other, 1)


def read_at(place: object, tail: str = "") -> Any:
    def attempt(admin: Any) -> Any:
        return admin.get(f"{site(admin, 1)[0]}/changesets/{place}{tail}")

    return attempt


def completed_unknown(admin: Any) -> Any:
    path, number = site(admin, 1)
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
        "requests/undocumented-fault",
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
    assert refusal(attempt(admin)) == refused
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
    path, number = site(admin)
    admin.announce(path, number, 1)
    return f"{path}/changesets/{1:040x}"


@pytest.mark.parametrize(("name", "attempt", "default", "free"), LIBERTIES)
def test_each_freedom_is_another_answer(
    admin: Any, name: str, attempt: Any, default: object, free: object
) -> None:
    assert code(attempt(admin)) == default
    assert code(attempt(bent(admin, free=(name,)))) == free


def test_freedoms_in_what_is_answered(admin: Any) -> None:
    path, number = site(bent(admin, free=("created-changeset-has-final-values",)), 1)
    made = admin.announce(path, number, 2).json()["changeset"]
    assert (made["index"], made["displayName"], made["state"]) == (2, "2", "waitingForFile")
    assert made["creatorId"] == USERS["admin"].id
    assert made["pushDateTime"]
    path, number = site(bent(admin, free=("waiting-changesets-listed", "changeset-self-by-id")), 1)
    admin.announce(path, number, 2)
    listed = admin.get(f"{path}/changesets").json()["changesets"]
    assert [(item["index"], item["state"]) for item in listed] == [(1, "fileUploaded"), (2, "waitingForFile")]
    assert [item["_links"]["self"]["href"][-40:] for item in listed] == [f"{1:040x}", f"{2:040x}"]
    path, number = site(bent(admin, free=("synchronization-info-echoed",)))
    information = {"taskId": "t", "changedFiles": None}
    made = admin.announce(path, number, 1, synchronizationInfo=information).json()["changeset"]
    assert made["synchronizationInfo"] == information


def told(admin: Any, ask: object, pushed: int = 3) -> Any:
    """What the details of a changeset say after some pushes and a named version on the second."""
    path, _ = site(admin, pushed)
    if pushed > 1:
        admin.mark(path, place=2)
        admin.wait()
    return admin.get(f"{path}/changesets/{ask}").json()["changeset"]


def indexes(query: str) -> Any:
    def look(admin: Any) -> list[int]:
        listed = admin.get(f"{site(admin, 4)[0]}/changesets?{query}").json()["changesets"]
        return [item["index"] for item in listed]

    return look


def listed_applications(admin: Any) -> list[Any]:
    path, _ = site(admin, 1)
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
        lambda a: refusal(completed(a, b"abcd")),
        (409, "DataConflict"),
        (404, "FileNotFound"),
    ),
]


@pytest.mark.parametrize(("name", "look", "right", "wrong"), FAULTS)
def test_each_fault_shows(admin: Any, name: str, look: Any, right: object, wrong: object) -> None:
    assert look(admin) == right
    assert look(bent(admin, name)) == wrong
