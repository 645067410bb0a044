"""What a session of tests takes from the environment of its user, and what it keeps there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.runner.session import own_settings


def test_what_the_user_says_to_pytest_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    with own_settings():
        assert "PYTEST_ADDOPTS" not in os.environ
    assert os.environ["PYTEST_ADDOPTS"] == "--collect-only"


def test_tables_of_characters_outlive_a_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with own_settings():
        kept = Path(os.environ["HYPOTHESIS_STORAGE_DIRECTORY"])
    assert kept == tmp_path / "imodels-conformance"
    assert kept.is_dir()


def test_a_home_that_cannot_be_written_to_does_no_harm(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with own_settings():
        assert Path(os.environ["HYPOTHESIS_STORAGE_DIRECTORY"]).is_dir()
