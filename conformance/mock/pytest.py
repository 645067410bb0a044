"""The mock as fixtures for other projects: `pytest_plugins = ["conformance.mock.pytest"]`.

`imodels_mock` is one mock for the whole session, in each test as it was at its start; `imodels_mock_session`
is the same mock for fixtures of a wider scope, which then see what earlier tests left. What it is like is
said by `imodels_mock_options`, which a project overrides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from conformance.mock.server import MockServer


@pytest.fixture(scope="session")
def imodels_mock_options() -> dict[str, Any]:
    """What MockServer is started with: `world`, `settings`, `clock`, `faults`, `liberties`, `drop`."""
    return {}


@pytest.fixture(scope="session")
def imodels_mock_session(imodels_mock_options: dict[str, Any]) -> Iterator[MockServer]:
    """A running mock; its `url` is the base URL of the API."""
    with MockServer(**imodels_mock_options) as server:
        yield server


@pytest.fixture
def imodels_mock(imodels_mock_session: MockServer) -> MockServer:
    """A running mock as it was started, whatever earlier tests did to it."""
    imodels_mock_session.reset()
    return imodels_mock_session
