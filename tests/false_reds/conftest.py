"""Stories are told here outside of a run, and carry its marks."""

import pytest

from conformance.items import MARKERS


def pytest_configure(config: pytest.Config) -> None:
    """Let the marks of stories be known."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
