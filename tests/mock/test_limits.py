"""Rate limits, latency, cross-origin requests, and what is shown beside the API."""

from __future__ import annotations

from time import monotonic
from typing import Any

import httpx
import pytest
import yaml

from conformance.mock.quota import REMAINING, RETRY_AFTER
from conformance.mock.settings import Limit, Settings
from conformance.mock.tokens import ITWIN

PAGE = {"Origin": "https://app.example"}


def test_an_application_is_told_what_is_left_and_when_to_come_again(start: Any) -> None:
    admin = start(Settings(rate_limits=(Limit(3, 60),)))
    answers = [admin.get(params={"iTwinId": ITWIN}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers[REMAINING] for answer in answers] == ["2", "1", "0", "0"]
    refused = answers[3]
    assert refused.json()["error"]["code"] == "TooManyRequests"
    assert "details" not in refused.json()["error"]
    assert refused.headers["retry-after"] == refused.headers[RETRY_AFTER] == "60"
    assert admin.acting("second", "GET", params={"iTwinId": ITWIN}).status_code == 200
    admin.wait(59)
    assert admin.get(params={"iTwinId": ITWIN}).headers["retry-after"] == "1"
    admin.wait(1)
    assert admin.get(params={"iTwinId": ITWIN}).headers[REMAINING] == "2"


def test_an_operation_has_a_limit_of_its_own(start: Any) -> None:
    limits = (Limit(100, 60), Limit(1, 60, "create-imodel"))
    admin = start(Settings(rate_limits=limits, rate_limit_code="RateLimitExceeded"))
    path = f"/{admin.make()['id']}"
    refused = admin.post(json={"iTwinId": ITWIN, "name": "B"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "RateLimitExceeded")
    assert admin.get(path).status_code == 200


def test_a_bad_token_is_no_request_of_anybody(start: Any) -> None:
    admin = start(Settings(rate_limits=(Limit(1, 60),)))
    assert admin.get(headers={"Authorization": "Bearer x"}).status_code == 401
    assert admin.get(params={"iTwinId": ITWIN}).status_code == 200


def test_without_a_limit_nothing_is_said_of_one(admin: Any) -> None:
    answer = admin.get(params={"iTwinId": ITWIN})
    assert not [name for name in answer.headers if "ratelimit" in name]


def test_answers_take_as_long_as_they_are_told_to(start: Any) -> None:
    admin = start(Settings(latency_seconds=(0.2, 0.3)))
    begun = monotonic()
    admin.get()
    assert monotonic() - begun >= 0.2


def test_a_page_may_call_from_any_origin(admin: Any) -> None:
    asking = {
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,prefer",
    }
    path = f"/{admin.make()['id']}"
    asked = httpx.options(admin.server.url + path, headers={**PAGE, **asking})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "*")
    assert "PATCH" in asked.headers["access-control-allow-methods"]
    assert asked.headers["access-control-allow-headers"] == "authorization,prefer"
    answer = admin.post(f"{path}/clone", json={"iTwinId": ITWIN, "name": "B"}, headers=PAGE)
    assert answer.headers["access-control-allow-origin"] == "*"
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"location", "create-imodel-operation"} <= set(exposed)


def test_a_refusal_can_be_read_by_a_page_too(admin: Any) -> None:
    answer = httpx.get(admin.server.url, headers=PAGE)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, "*")


def test_storage_answers_pages_too(admin: Any) -> None:
    href = admin.make(baselineFile={"size": 1})["_links"]["upload"]["href"]
    asking = {
        **PAGE,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "x-ms-blob-type",
    }
    assert httpx.options(href, headers=asking).headers["access-control-allow-origin"] == "*"
    put = httpx.put(href, content=b"x", headers={**PAGE, "x-ms-blob-type": "BlockBlob"})
    assert (put.status_code, put.headers["access-control-allow-origin"]) == (201, "*")


def test_nobody_else_is_told_about_origins(admin: Any) -> None:
    assert "access-control-allow-origin" not in admin.get(params={"iTwinId": ITWIN}).headers
    assert admin.send("OPTIONS").status_code == 405


def test_there_is_a_page_to_start_from(admin: Any) -> None:
    page = httpx.get(admin.server.origin)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert admin.server.url in page.text
    assert ITWIN in page.text
    assert httpx.head(admin.server.origin).status_code == 200
    assert httpx.post(admin.server.origin).status_code == 405


def test_the_contract_is_served_with_the_address_of_the_mock(admin: Any) -> None:
    answer = httpx.get(f"{admin.server.origin}/openapi.yaml")
    document = yaml.safe_load(answer.text)
    assert document["servers"][0]["url"] == admin.server.url
    assert len(document["paths"]) > 10


@pytest.mark.parametrize("host", ["<script>", "a'b", "x\\y"])
def test_a_strange_host_stays_text(admin: Any, host: str) -> None:
    page = httpx.get(admin.server.origin, headers={"Host": host})
    assert "<script>" not in page.text
    assert yaml.safe_load(httpx.get(f"{admin.server.origin}/openapi.yaml", headers={"Host": host}).text)
