"""Evidence: what a recording decided is dated; what is no recording of the service is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance import cli, evidence
from conformance.evidence import NONE_YET, Evidence, newest, read, write
from conformance.mock.server import MockServer
from conformance.mock.tokens import ITWIN, token
from conformance.requirements import register

ROW, OTHER = "imodels/create-is-readable", "named-versions/readable"
Record = Callable[..., tuple[str, str]]


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Record:
    """Record a run against a mock that is reached like a service; its folder and the service's address."""
    monkeypatch.setenv("IMODELS_TOKEN", token("admin"))
    monkeypatch.chdir(tmp_path)

    def run(name: str, *more: str, faults: tuple[str, ...] = ()) -> tuple[str, str]:
        with MockServer(faults=faults) as server:
            aim = ("--target", server.url, "--itwin", ITWIN, "--reports", name)
            cli.main(["run", "--requirement", ROW, "--requirement", OTHER, *aim, *more])
            capsys.readouterr()
            return name, server.url

    return run


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file of evidence in the place of the one beside the register."""
    path = tmp_path / "evidence.yaml"
    monkeypatch.setattr(evidence, "evidence_file", lambda: path)
    evidence.evidence.cache_clear()
    yield path
    evidence.evidence.cache_clear()


def _said(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    assert cli.main([*command]) == 0
    return capsys.readouterr().out


def test_rows_get_the_date_of_the_recording_that_decided_them(
    record: Record, beside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, url = record("one", faults=(OTHER,))
    said = _said(capsys, "evidence", folder, "--service", url)
    began = json.loads(Path(folder, "verdict.json").read_text())["run"]["started"]
    found = read(beside)
    assert f"{len(found)} rows dated, {len(found)} have evidence" in said
    assert (found[ROW].state, found[OTHER].state) == ("held", "broken")
    assert {(one.recorded, one.target) for one in found.values()} == {(began, url)}
    words = f"held on {began[:10]} at {url}, suite {found[ROW].suite}"
    assert words in _said(capsys, "explain", ROW)
    assert words in _said(capsys, "requirements", ROW)
    (told,) = json.loads(_said(capsys, "requirements", ROW, "--json"))
    assert told["evidence"]["state"] == "held"
    table = _said(capsys, "requirements").splitlines()
    assert {line.split()[0] for line in table if began[:10] in line} == found.keys()
    assert f"evidence of the live service: {len(found)} of {len(register())} rows" in _said(
        capsys, "parity", folder, folder
    )


def test_an_archive_is_a_recording_too(
    record: Record, beside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, url = record("one")
    assert cli.main(["record", folder]) == 0
    archive = Path(folder, "recording.har").rename("kept.har")
    assert cli.main(["evidence", str(archive), "--service", url + "/"]) == 0
    assert {ROW, OTHER} <= read(beside).keys()


def test_without_a_recording_no_row_has_evidence(beside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert NONE_YET in _said(capsys, "explain", ROW)
    assert NONE_YET in _said(capsys, "requirements", ROW)
    (told,) = json.loads(_said(capsys, "requirements", ROW, "--json"))
    assert told["evidence"] is None


def test_the_newest_recording_wins_whatever_comes_first() -> None:
    old, new = (Evidence(f"2026-0{month}-01T00:00:00+00:00", "u", "1", "held") for month in (1, 2))
    for parts in ([{ROW: old, OTHER: old}, {ROW: new}], [{ROW: new}, {ROW: old, OTHER: old}]):
        assert newest(parts) == {ROW: new, OTHER: old}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    rows = {
        ROW: Evidence("2026-01-01T00:00:00+00:00", "https://a", "0.1.0", "broken"),
        OTHER: Evidence("2026-02-01T00:00:00+00:00", "https://a", "0.2.0", "held"),
    }
    write(tmp_path / "e.yaml", rows)
    assert read(tmp_path / "e.yaml") == rows


def test_the_file_beside_the_register_is_of_the_live_service_alone() -> None:
    found = read(evidence.evidence_file())
    assert found.keys() <= register().keys()
    assert {one.target for one in found.values()} <= {"https://api.bentley.com/imodels"}


def _bent(change: dict[str, Any], folder: str) -> str:
    assert cli.main(["record", folder]) == 0
    archive = json.loads(Path(folder, "recording.har").read_text())
    archive["log"]["_recording"] |= change
    Path("bent.har").write_text(json.dumps(archive))
    return "bent.har"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stopped": "interrupted"}, "did not come to its end: interrupted"),
        ({"shard": "1/5"}, "is shard 1/5: merge comes first"),
        ({"contract": "other.yaml"}, "was held against another document: other.yaml"),
    ],
)
def test_what_a_part_of_a_run_decided_is_no_evidence(
    change: dict[str, Any], said: str, record: Record, beside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, url = record("one")
    recording = _bent(change, folder)
    assert cli.main(["evidence", recording, "--service", url]) == 2
    assert said in capsys.readouterr().err
    assert not beside.exists()


def test_another_service_and_the_mock_are_no_evidence(
    record: Record, beside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, url = record("one")
    cli.main(["run", "--requirement", ROW, "--reports", "mock"])
    Path("foreign.har").write_text('{"log": {"entries": []}}')
    for recording, service, said in (
        (folder, "", f"asked {url}, not https://api.bentley.com/imodels; see --service"),
        ("mock", "mock", "asked mock, not mock"),
        ("foreign.har", url, "foreign.har: not the recording of a run"),
        ("nowhere", url, "no recording in nowhere: No such file"),
    ):
        capsys.readouterr()
        assert cli.main(["evidence", recording, *(("--service", service) if service else ())]) == 2
        told = capsys.readouterr().err
        assert said in told
        assert len(told.splitlines()) == 1
    assert not beside.exists()
