"""The fixtures that other projects import."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from conformance.mock.clock import Clock
from conformance.mock.pytest import imodels_mock, imodels_mock_session
from conformance.mock.server import MockServer
from conformance.mock.tokens import ITWIN, token

__all__ = ["imodels_mock", "imodels_mock_session"]

ADMIN = {"Authorization": f"Bearer {token('admin')}"}
START = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def imodels_mock_options() -> dict[str, Any]:
    return {"clock": lambda: Clock.manual(START), "liberties": ["charset"]}


@pytest.fixture(scope="session")
def before(imodels_mock_session: MockServer) -> MockServer:
    return imodels_mock_session


def make(server: MockServer) -> str:
    answer = httpx.post(server.url, json={"iTwinId": ITWIN, "name": "A"}, headers=ADMIN)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    id: str = answer.json()["iModel"]["id"]
    return id


def names(server: MockServer) -> list[str]:
    listed = httpx.get(server.url, params={"iTwinId": ITWIN}, headers=ADMIN).json()["iModels"]
    return [imodel["displayName"] for imodel in listed]


def test_the_fixture_is_a_running_mock(imodels_mock: MockServer) -> None:
    assert httpx.get(imodels_mock.url).json()["error"]["code"] == "HeaderNotFound"


@pytest.mark.parametrize("_", range(2))
def test_each_test_has_the_mock_as_it_was_started(imodels_mock: MockServer, _: int) -> None:
    assert names(imodels_mock) == []
    make(imodels_mock)
    imodels_mock.twist(faults=["imodels/create-is-listed"])
    assert names(imodels_mock) == []
    imodels_mock.advance(3600)
    hour = timedelta(hours=1)
    assert hour < imodels_mock.service.store.clock.now() - START < hour + timedelta(minutes=1)


def test_wider_fixtures_see_the_same_mock(before: MockServer, imodels_mock: MockServer) -> None:
    assert before is imodels_mock


def test_what_was_asked_is_told(imodels_mock: MockServer) -> None:
    names(imodels_mock)
    httpx.get(f"{imodels_mock.url}/x", headers=ADMIN)
    told = [(call.operation, call.query, call.status, call.code) for call in imodels_mock.calls()]
    assert told == [
        ("get-itwin-imodels", f"iTwinId={ITWIN}", 200, None),
        ("get-imodel-details", "", 404, "iModelNotFound"),
    ]


def test_a_moment_can_be_gone_back_to(imodels_mock: MockServer) -> None:
    moment = imodels_mock.snapshot()
    first = make(imodels_mock)
    imodels_mock.restore(moment)
    assert names(imodels_mock) == []
    assert make(imodels_mock) == first
