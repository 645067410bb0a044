"""The two operations of the iTwins API."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from conformance.mock.tokens import ITWIN, SECOND_ITWIN, token

NEW = {"class": "Endeavor", "subClass": "Project", "displayName": "Bridges", "number": "B-1"}


def sent(admin: Any, method: str, *, by: str = "admin", path: str = "", **options: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token(by)}"}
    return httpx.request(method, f"{admin.server.origin}/itwins{path}", headers=headers, **options)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_an_itwin_is_found_by_its_name(admin: Any) -> None:
    for path in ("", "/"):
        found = sent(admin, "GET", path=path, params={"displayName": "Mock iTwin"}).json()
        assert [itwin["id"] for itwin in found["iTwins"]] == [ITWIN]
        assert found["_links"]["next"] is None
    assert sent(admin, "GET", params={"displayName": "Mock"}).json()["iTwins"] == []
    every = sent(admin, "GET").json()["iTwins"]
    assert [itwin["id"] for itwin in every] == [ITWIN, SECOND_ITWIN]
    assert sent(admin, "GET", by="outsider").json()["iTwins"] == []


def test_a_new_itwin_takes_imodels_of_who_made_it(admin: Any) -> None:
    answer = sent(admin, "POST", json=NEW)
    made = answer.json()["iTwin"]
    assert (answer.status_code, {name: made[name] for name in NEW}) == (201, NEW)
    assert admin.make(iTwinId=made["id"])["iTwinId"] == made["id"]
    found = sent(admin, "GET", params={"displayName": "Bridges"}).json()["iTwins"]
    assert [itwin["id"] for itwin in found] == [made["id"]]
    assert sent(admin, "GET", by="second", params={"displayName": "Bridges"}).json()["iTwins"] == []
    assert refusal(sent(admin, "POST", json=NEW)) == (409, "iTwinExists")


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({**NEW, "displayName": " "}, [("InvalidValue", "displayName")]),
        ({**NEW, "displayName": "x" * 256}, [("InvalidValue", "displayName")]),
        ({**NEW, "class": "Thing"}, [("InvalidValue", "class")]),
        ({**NEW, "number": 5}, [("InvalidValue", "number")]),
        (
            {"displayName": "B"},
            [("MissingRequiredProperty", "class"), ("MissingRequiredProperty", "subClass")],
        ),
        ([], [("InvalidRequestBody", None)]),
    ],
)
def test_what_is_no_itwin_is_refused(admin: Any, body: Any, details: list[tuple[str, str | None]]) -> None:
    answer = sent(admin, "POST", json=body)
    assert refusal(answer) == (422, "InvalidiTwinsRequest")
    told = [(detail["code"], detail.get("target")) for detail in answer.json()["error"]["details"]]
    assert told == details


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "HeaderNotFound"),
        ("", "InvalidHeaderValue"),
        ("Basic abc", "InvalidAuthorizationScheme"),
        ("Bearer abc", "Unauthorized"),
    ],
)
def test_without_a_token_nothing_is_told(admin: Any, header: str | None, code: str) -> None:
    headers = {} if header is None else {"Authorization": header}
    assert refusal(httpx.get(f"{admin.server.origin}/itwins", headers=headers)) == (401, code)


def test_other_requests_are_refused(admin: Any) -> None:
    assert refusal(sent(admin, "DELETE")) == (405, "MethodNotAllowed")
    assert refusal(sent(admin, "POST", content=b"{")) == (422, "InvalidiTwinsRequest")
    assert refusal(sent(admin, "POST", content=b"x" * 6_300_000)) == (413, "RequestTooLarge")
