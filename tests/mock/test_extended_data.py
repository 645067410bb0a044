"""Extended data of the mock: attached once, read, listed, and how all of it can be bent."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from conformance.mock.catalogue import fault_or_rule

OBJECT = base64.b64encode(b'{"run": 7}').decode()
ARRAY = base64.b64encode(b"[7]").decode()
NO_JSON = base64.b64encode(b"seven").decode()
LARGE = base64.b64encode(b'{"a": "%s"}' % (b"x" * 204800)).decode()
DEEP = base64.b64encode(b"[" * 100_000).decode()
INVALID = (422, "InvalidValue")


def site(admin: Any, pushed: int = 2) -> str:
    """An iModel with some changesets of the admin."""
    path = f"/{admin.make()['id']}"
    admin.push(path, admin.briefcase(path), *range(1, pushed + 1))
    return path


def code(answer: httpx.Response) -> int | tuple[int, str]:
    if answer.is_success:
        return answer.status_code
    error = answer.json()["error"]
    details = error.get("details")
    return answer.status_code, details[0]["code"] if details else error["code"]


def attach(admin: Any, path: str, place: object = 1, data: object = OBJECT, by: str = "admin") -> Any:
    return admin.acting(by, "POST", f"{path}/changesets/{place}/extendeddata", json={"data": data})


def read(admin: Any, path: str, place: object = 1) -> Any:
    return admin.get(f"{path}/changesets/{place}/extendeddata")


def listed(admin: Any, path: str, query: str = "") -> list[Any]:
    found: list[Any] = admin.get(f"{path}/changesets/extendeddata?{query}").json()["extendedData"]
    return found


def bent(admin: Any, *names: str, drop: tuple[str, ...] = (), free: tuple[str, ...] = ()) -> Any:
    admin.server.service.bend(faults=names, drop=drop, liberties=free)
    return admin


def test_data_are_attached_once_and_read_by_id_and_index(admin: Any) -> None:
    path = site(admin)
    whole = {"extendedData": {"changesetId": f"{1:040x}", "changesetIndex": 1, "data": OBJECT}}
    made = attach(admin, path)
    assert (made.status_code, made.json()) == (201, whole)
    assert read(admin, path).json() == read(admin, path, f"{1:040X}").json() == whole
    assert code(attach(admin, path, data=ARRAY)) == INVALID
    assert code(attach(admin, path)) == (409, "ChangesetExtendedDataExists")
    assert listed(admin, path) == [whole["extendedData"]]
    missing = read(admin, path, 2).json()["error"]
    assert missing["code"] == "ChangesetExtendedDataNotFound"
    assert missing["message"] == "Requested Changeset Extended Data is not available."


def test_the_list_is_in_order_and_paged(admin: Any) -> None:
    path = site(admin, 3)
    assert listed(admin, path) == []
    for place in (3, 1):
        attach(admin, path, place)
    assert [item["changesetIndex"] for item in listed(admin, path)] == [1, 3]
    page = admin.get(f"{path}/changesets/extendeddata?$top=1").json()
    following = admin.http.get(page["_links"]["next"]["href"]).json()
    assert [item["changesetIndex"] for item in following["extendedData"]] == [3]
    assert following["_links"]["next"] is None


@pytest.mark.parametrize("data", [ARRAY, NO_JSON, "%%%", LARGE, DEEP, "", 5])
def test_what_is_no_object_in_base64_is_refused(admin: Any, data: object) -> None:
    path = site(admin, 1)
    assert code(attach(admin, path, data=data)) == INVALID
    assert code(read(admin, path)) == (404, "ChangesetExtendedDataNotFound")


def test_what_is_not_there_gets_no_data(admin: Any) -> None:
    path = site(admin, 1)
    assert code(attach(admin, path, 9)) == (404, "ChangesetNotFound")
    assert code(attach(admin, path, 0)) == (404, "ChangesetNotFound")
    assert code(read(admin, path, "f" * 40)) == (404, "ChangesetNotFound")
    admin.announce(path, admin.briefcase(path), 2)
    assert code(attach(admin, path, f"{2:040x}")) == (404, "ChangesetNotFound")
    assert admin.get(f"{path}/changesets/extendeddata").status_code == 200
    assert admin.post(f"{path}/changesets/extendeddata", json={"data": OBJECT}).status_code == 405
    assert code(admin.post(f"{path}/changesets/1/extendeddata")) == (422, "MissingRequestBody")
    waits = f"/{admin.make('Late', creationMode='empty')['id']}"
    assert code(attach(admin, waits)) == (409, "iModelNotInitialized")


def test_only_who_pushed_and_may_write_attaches(admin: Any) -> None:
    path = site(admin, 1)
    assert code(attach(admin, path, by="reader")) == (403, "InsufficientPermissions")
    assert code(attach(admin, path, by="second")) == (403, "InsufficientPermissions")
    assert read(admin, path).status_code == 404


@pytest.mark.parametrize(
    ("free", "data", "by", "answer"),
    [
        ("extended-data-of-any-json", ARRAY, "admin", 201),
        ("extended-data-of-any-json", NO_JSON, "admin", INVALID),
        ("extended-data-too-large-413", LARGE, "admin", (413, "RequestTooLarge")),
        ("extended-data-of-another-409", OBJECT, "second", (409, "ChangesetExtendedDataExists")),
        ("extended-data-of-another-422", OBJECT, "second", INVALID),
    ],
)
def test_it_may_be_answered_otherwise(admin: Any, free: str, data: str, by: str, answer: object) -> None:
    path = site(bent(admin, free=(free,)), 1)
    assert code(attach(admin, path, data=data, by=by)) == answer


@pytest.mark.parametrize(
    ("rule", "data", "by"),
    [
        ("extended-data/data-is-json", NO_JSON, "admin"),
        ("extended-data/size-limit", LARGE, "admin"),
        ("extended-data/pusher-only", OBJECT, "second"),
    ],
)
def test_a_dropped_rule_refuses_no_more(admin: Any, rule: str, data: str, by: str) -> None:
    path = site(bent(admin, drop=(rule,)), 1)
    assert attach(admin, path, data=data, by=by).status_code == 201


def test_without_rules_data_are_replaced_and_read_where_there_are_none(admin: Any) -> None:
    path = site(bent(admin, drop=("extended-data/once", "extended-data/none-yet", "changesets/unknown")), 2)
    attach(admin, path)
    other = base64.b64encode(b"{}").decode()
    assert attach(admin, path, data=other).status_code == 201
    assert read(admin, path).json()["extendedData"]["data"] == other
    assert read(admin, path, 2).json()["extendedData"]["data"] == ""
    assert attach(admin, path, 9).status_code == 201


def test_faults_show_where_they_should(admin: Any) -> None:
    path = site(admin, 2)
    attach(admin, path)

    def seen(fault: str) -> tuple[bool, bool, bool]:
        admin.server.service.twists = {fault: fault_or_rule(fault)}
        parts = (read(admin, path, f"{1:040x}"), read(admin, path))
        one, other = (part.json()["extendedData"] for part in parts)
        found = listed(admin, path)
        return one["data"] == OBJECT, other["data"] == OBJECT, [i["data"] for i in found] == [OBJECT]

    assert seen("extended-data/readable") == (False, False, False)
    assert seen("extended-data/list-equals-details") == (True, True, False)
    assert seen("extended-data/listed") == (True, True, False)
    assert seen("extended-data/by-id-or-index") == (True, False, True)


def test_faults_of_attaching(admin: Any) -> None:
    made = attach(admin, site(bent(admin, "extended-data/create-echoes"))).json()["extendedData"]
    assert made["data"] != OBJECT
    made = attach(admin, site(bent(admin, "extended-data/names-changeset"))).json()["extendedData"]
    assert made["changesetIndex"] == 2
    path = site(bent(admin, "extended-data/once:replaced"))
    attach(admin, path)
    assert attach(admin, path, data=base64.b64encode(b"{}").decode()).status_code == 409
    assert read(admin, path).json()["extendedData"]["data"] != OBJECT
    path = site(bent(admin, "extended-data/data-is-object"))
    assert attach(admin, path, data=ARRAY).status_code == 404
