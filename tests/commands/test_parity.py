"""Parity: the mock is itself, and where it answers otherwise than the recording the place is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import cli

NARROW = ("--requirement", "named-versions/readable", "--requirement", "imodels/create-is-readable")


def _ran(folder: Path, *more: str) -> str:
    cli.main(["run", *NARROW, "--cross-section", "--reports", str(folder), *more])
    return str(folder)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The reports of a run against what stands for a service."""
    return _ran(tmp_path_factory.mktemp("recorded") / "service")


def test_the_mock_is_like_itself(recorded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = _ran(tmp_path / "mock", "--seed", "7")
    capsys.readouterr()
    assert cli.main(["parity", recorded, again, "--fail-on", "any"]) == 0
    assert "parity: 100.0 %" in capsys.readouterr().out


def test_a_mock_that_answers_otherwise_is_told_where(
    recorded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = _ran(tmp_path / "mock", "--fault", "answers/body-matches-schema")
    capsys.readouterr()
    assert cli.main(["parity", recorded, other]) == 1
    told = capsys.readouterr().out
    share = float(told.partition("parity: ")[2].partition(" %")[0])
    assert 50 < share < 100
    assert "vanished" in told
    assert "answers/body-matches-schema" in told


def test_without_a_run_of_the_mock_one_is_made(recorded: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["parity", recorded, "--fail-on", "any"]) == 0
    assert "parity: 100.0 %" in capsys.readouterr().out
    assert (Path(recorded) / "parity/verdict.json").is_file()


def test_what_is_no_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none").mkdir()
    assert cli.main(["parity", str(tmp_path / "none"), str(tmp_path)]) == 2
    assert "none" in capsys.readouterr().err
