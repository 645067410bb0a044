"""The fixture that other projects import."""

import httpx

from conformance.mock.pytest import imodels_mock
from conformance.mock.server import MockServer

__all__ = ["imodels_mock"]


def test_the_fixture_is_a_running_mock(imodels_mock: MockServer) -> None:
    assert httpx.get(imodels_mock.url).json()["error"]["code"] == "HeaderNotFound"
