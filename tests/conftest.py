"""What every test may ask for."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option to try everything where an ordinary run tries a seeded choice."""
    parser.addoption("--every", action="store_true", help="every fault and liberty, not a seeded choice")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).parents[1]
