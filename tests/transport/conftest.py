"""What the tests of the transport share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.transport.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal at `tmp_path / "journal.jsonl"`."""
    opened = Journal(tmp_path / "journal.jsonl")
    yield opened
    opened.close()
