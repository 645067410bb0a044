"""Parity: the mock is itself, and where it answers otherwise than the recording the place is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance import cli
from conformance.mock.server import MockServer
from conformance.mock.tokens import ITWIN, token
from conformance.target import IDENTITIES
from tests.commands.conftest import verdict_in

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


def _live(folder: Path, *faults: str) -> str:
    """The reports of a run that reaches a mock like a service, as one identity in one iTwin."""
    with MockServer(faults=faults) as server, pytest.MonkeyPatch.context() as patch:
        for variable in (*IDENTITIES.values(), "IMODELS_TARGET", "IMODELS_ITWIN"):
            patch.delenv(variable, raising=False)
        patch.setenv("IMODELS_TOKEN", token("admin"))
        return _ran(folder, "--target", server.url, "--itwin", ITWIN)


def test_the_mock_is_asked_as_the_service_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    live = _live(tmp_path / "live")
    capsys.readouterr()
    assert cli.main(["parity", live, "--fail-on", "any", "--format", "json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)
    assert "parity: 100.0 %" in said.err
    there, here = verdict_in(tmp_path / "live"), verdict_in(tmp_path / "live/parity")
    assert here["target"]["identities"] == there["target"]["identities"] == ["main"]
    assert [row["state"] for row in here["rows"]] == [row["state"] for row in there["rows"]]


def test_rows_that_one_run_could_not_look_at_are_no_difference(
    recorded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live = _live(tmp_path / "live")
    states = [{row["state"] for row in verdict_in(Path(folder))["rows"]} for folder in (live, recorded)]
    assert states[0] != {"held"}
    capsys.readouterr()
    cli.main(["parity", live, recorded])
    assert "verdict-" not in capsys.readouterr().out


def test_an_archive_alone_says_what_was_asked_and_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live = _live(tmp_path / "live", "named-versions/readable")
    assert cli.main(["record", live]) == 0
    archive = (tmp_path / "live/recording.har").rename(tmp_path / "service.har")
    capsys.readouterr()
    assert cli.main(["parity", str(archive)]) == 0
    told = capsys.readouterr().out
    (line,) = (line for line in told.splitlines() if "verdict-better" in line)
    assert "named-versions/readable" in line
    assert {row["state"] for row in verdict_in(tmp_path / "parity")["rows"]} >= {"held", "not planned"}


def test_joined_reports_are_a_recording_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = [_ran(tmp_path / f"part{n}", "--shard", f"{n}/2") for n in (1, 2)]
    assert cli.main(["merge", *parts, "--reports", str(tmp_path / "all")]) == 0
    capsys.readouterr()
    assert cli.main(["parity", str(tmp_path / "all"), "--fail-on", "any"]) == 0
    assert "parity: 100.0 %" in capsys.readouterr().out


def test_what_is_no_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none").mkdir()
    assert cli.main(["parity", str(tmp_path / "none"), str(tmp_path)]) == 2
    assert "none" in capsys.readouterr().err
