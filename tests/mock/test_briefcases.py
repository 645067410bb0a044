"""Briefcases of the mock: acquired, listed, released, limited, and how all of it can be bent."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from conformance.mock.settings import Settings
from conformance.mock.tokens import USERS
from tests.mock.attempts import bent

FEW = Settings(briefcases_per_user=2)


def site(admin: Any) -> str:
    return f"/{admin.make()['id']}"


def code(answer: httpx.Response) -> int | tuple[int, str]:
    return answer.status_code if answer.is_success else (answer.status_code, answer.json()["error"]["code"])


def ids(admin: Any, path: str, **query: str) -> list[str]:
    listed = admin.get(f"{path}/briefcases", params=query).json()["briefcases"]
    return [briefcase["id"] for briefcase in listed]


def test_a_briefcase_is_acquired_and_read(admin: Any) -> None:
    path = site(admin)
    answer = admin.post(f"{path}/briefcases", json={"deviceName": "Laptop"})
    made = answer.json()["briefcase"]
    assert answer.status_code == 201
    assert (made["id"], made["briefcaseId"], made["displayName"]) == ("2", 2, "#2 Laptop")
    assert (made["ownerId"], made["deviceName"]) == (USERS["admin"].id, "Laptop")
    assert made["fileSize"] > 0
    assert admin.get(f"{path}/briefcases/2").json()["briefcase"] == made
    for name in ("owner", "checkpoint"):
        assert admin.http.get(made["_links"][name]["href"]).status_code == 200
    user = admin.get(f"{path}/users/{USERS['admin'].id}").json()["user"]
    assert user["statistics"]["briefcasesCount"] == 1


@pytest.mark.parametrize("options", [{}, {"json": {}}, {"json": {"deviceName": None}}])
def test_no_device_needs_to_be_named(admin: Any, options: dict[str, Any]) -> None:
    made = admin.post(f"{site(admin)}/briefcases", **options).json()["briefcase"]
    assert (made["displayName"], made["deviceName"]) == ("#2", None)


def test_ids_ascend_and_do_not_come_back(admin: Any) -> None:
    path = site(admin)
    assert [admin.briefcase(path) for _ in range(3)] == [2, 3, 4]
    assert admin.delete(f"{path}/briefcases/4").content == b""
    assert admin.briefcase(path) == 5
    assert ids(admin, path) == ["2", "3", "5"]


def test_the_list_knows_owners_and_order(admin: Any) -> None:
    path = site(admin)
    for name in ("admin", "second", "admin"):
        admin.briefcase(path, name)
    assert ids(admin, path, ownerId="me") == ["2", "4"]
    assert ids(admin, path, ownerId=USERS["second"].id.upper()) == ["3"]
    assert ids(admin, path, ownerId="nobody") == []
    assert ids(admin, path, **{"$orderBy": "acquiredDateTime desc"}) == ["4", "3", "2"]
    minimal = admin.get(f"{path}/briefcases").json()["briefcases"][0]
    assert minimal == {"id": "2", "displayName": "#2"}


def test_a_reader_may_hold_one_and_release_it(admin: Any) -> None:
    path = site(admin)
    number = admin.briefcase(path, "reader")
    assert admin.acting("reader", "DELETE", f"{path}/briefcases/{number}").status_code == 204
    assert code(admin.acting("viewer", "POST", f"{path}/briefcases")) == (403, "InsufficientPermissions")


def test_only_so_many_a_minute(start: Any) -> None:
    admin = start(Settings(briefcases_per_minute=2))
    path = site(admin)
    admin.briefcase(path), admin.briefcase(path)
    answer = admin.post(f"{path}/briefcases")
    assert code(answer) == (429, "RateLimitExceeded")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert admin.acting("second", "POST", f"{path}/briefcases").status_code == 201
    admin.wait(int(answer.headers["retry-after"]))
    assert admin.post(f"{path}/briefcases").status_code == 201


def test_only_a_few_at_once_under_a_liberty(start: Any) -> None:
    admin = start(liberties=["few-briefcases-at-once"])
    path = site(admin)
    for _ in range(5):
        admin.briefcase(path)
    answer = admin.post(f"{path}/briefcases")
    assert (code(answer), answer.headers["retry-after"]) == ((429, "RateLimitExceeded"), "1")
    admin.wait(1)
    admin.briefcase(path)


def beyond_quota(admin: Any) -> httpx.Response:
    path = site(admin)
    admin.briefcase(path), admin.briefcase(path)
    answer: httpx.Response = admin.post(f"{path}/briefcases")
    return answer


def test_the_quota_is_a_nested_detail(start: Any) -> None:
    admin = start(FEW)
    answer = beyond_quota(admin)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["message"]) == (
        422,
        "InvalidiModelsRequest",
        "Cannot acquire Briefcase.",
    )
    [detail] = error["details"]
    assert detail.pop("message")
    inner = {"code": "MaximumNumberOfBriefcasesPerUser"}
    assert detail == {"code": "ResourceQuotaExceeded", "innerError": inner}


def test_the_quota_bends(start: Any) -> None:
    assert beyond_quota(start(FEW, drop=["briefcases/quota"])).status_code == 201
    answer = beyond_quota(start(FEW, liberties=["quota-as-top-level-code"]))
    assert code(answer) == (422, "ResourceQuotaExceeded")


def at_unknown(method: str) -> Any:
    return lambda admin: admin.send(method, f"{site(admin)}/briefcases/99")


def released_by_writer(admin: Any) -> httpx.Response:
    path = site(admin)
    answer: httpx.Response = admin.acting("writer", "DELETE", f"{path}/briefcases/{admin.briefcase(path)}")
    return answer


UNKNOWN = (404, "BriefcaseNotFound")
RULES = [
    ("briefcases/unknown", at_unknown("GET"), UNKNOWN, 200),
    ("briefcases/unknown", at_unknown("DELETE"), UNKNOWN, 204),
    ("briefcases/release-of-anothers", released_by_writer, (403, "InsufficientPermissions"), 204),
]


@pytest.mark.parametrize(("name", "attempt", "refused", "granted"), RULES)
def test_each_rule_can_be_dropped(
    admin: Any, name: str, attempt: Any, refused: tuple[int, str], granted: int
) -> None:
    assert code(attempt(admin)) == refused
    assert code(attempt(bent(admin, drop=(name,)))) == granted


@pytest.mark.parametrize("id", ["0", "1", "x", "-2", "9" * 30])
def test_what_nobody_holds_is_not_found(admin: Any, id: str) -> None:
    assert code(admin.get(f"{site(admin)}/briefcases/{id}")) == UNKNOWN


def test_a_manager_releases_what_others_hold(admin: Any) -> None:
    path = site(admin)
    number = admin.briefcase(path, "second")
    assert admin.acting("manager", "DELETE", f"{path}/briefcases/{number}").status_code == 204
    assert code(admin.delete(f"{path}/briefcases/{number}")) == UNKNOWN


def acquired(member: str) -> Any:
    return lambda admin: _made(admin, site(admin))[member]


def _made(admin: Any, path: str) -> Any:
    return admin.post(f"{path}/briefcases", json={"deviceName": "Laptop"}).json()["briefcase"]


def read(member: str) -> Any:
    def look(admin: Any) -> object:
        path = site(admin)
        number = _made(admin, path)["briefcaseId"]
        return admin.get(f"{path}/briefcases/{number}").json()["briefcase"][member]

    return look


def listed(**query: str) -> Any:
    def look(admin: Any) -> list[str]:
        path = site(admin)
        admin.briefcase(path), admin.briefcase(path, "second")
        return ids(admin, path, **query)

    return look


def after_release(admin: Any) -> tuple[object, list[str], list[Any]]:
    path = site(admin)
    number = admin.briefcase(path)
    admin.lock(path, number, exclusive="0x1")
    released = code(admin.delete(f"{path}/briefcases/{number}"))
    return released, ids(admin, path), admin.get(f"{path}/locks").json()["locks"]


KEPT = [{"briefcaseId": 2, "lockedObjects": [{"lockLevel": "exclusive", "objectIds": ["0x1"]}]}]
FAULTS: list[tuple[str, Any, object, object]] = [
    ("briefcases/acquire-echoes", acquired("displayName"), "#2 Laptop", "Briefcase 2"),
    ("briefcases/acquire-echoes:device", acquired("deviceName"), "Laptop", None),
    ("briefcases/id-is-text-of-briefcase-id", acquired("id"), "2", "02"),
    ("briefcases/owner-is-caller", acquired("ownerId"), USERS["admin"].id, USERS["second"].id),
    ("briefcases/readable", read("deviceName"), "Laptop", "Somewhere else"),
    ("briefcases/ids-differ", listed(), ["2", "3"], ["2"]),
    ("briefcases/listed", listed(), ["2", "3"], ["2"]),
    ("briefcases/owner-filter", listed(ownerId="nobody"), [], ["2", "3"]),
    ("briefcases/owner-filter:me", listed(ownerId="me"), ["2"], []),
    ("briefcases/release-removes", after_release, (204, [], []), (204, ["2"], [])),
    ("briefcases/release-frees-locks", after_release, (204, [], []), (204, [], KEPT)),
    ("briefcases/checkpoint-link", lambda a: len(acquired("_links")(a)), 2, 1),
    (
        "briefcases/optional-body",
        lambda a: code(a.post(f"{site(a)}/briefcases")),
        201,
        (422, "InvalidiModelsRequest"),
    ),
    (
        "briefcases/optional-body:empty",
        lambda a: code(a.post(f"{site(a)}/briefcases", json={})),
        201,
        (422, "InvalidiModelsRequest"),
    ),
]


@pytest.mark.parametrize(("name", "look", "right", "wrong"), FAULTS)
def test_each_fault_shows(admin: Any, name: str, look: Any, right: object, wrong: object) -> None:
    assert look(admin) == right
    assert look(bent(admin, name)) == wrong
