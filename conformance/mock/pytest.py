"""The mock as a fixture for other projects: `pytest_plugins = ["conformance.mock.pytest"]`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.mock.server import MockServer


@pytest.fixture(scope="session")
def imodels_mock() -> Iterator[MockServer]:
    """A running mock; its `url` is the base URL of the API."""
    with MockServer() as server:
        yield server
