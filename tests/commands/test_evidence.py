"""Evidence: what a recording decided is dated; what is no recording of the service is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance import cli, evidence
from conformance.evidence import NONE_YET, Evidence, newest, read, write
from conformance.mock.server import MockServer
from conformance.mock.tokens import ITWIN, token
from conformance.requirements import register

ROW, OTHER = "imodels/create-is-readable", "named-versions/readable"


@dataclass(frozen=True)
class Recording:
    """The reports of a run and the archive in them, and the address it asked."""

    folder: Path
    url: str

    @property
    def archive(self) -> Path:
        """The archive."""
        return self.folder / "recording.har"


def _recorded(folder: Path, *faults: str) -> Recording:
    """Record a run against a mock that is reached like a service."""
    with MockServer(faults=faults) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMODELS_TOKEN", token("admin"))
        aim = ("--target", server.url, "--itwin", ITWIN, "--reports", str(folder))
        cli.main(["run", "--requirement", ROW, "--requirement", OTHER, *aim])
        assert cli.main(["record", str(folder)]) == 0
        return Recording(folder, server.url)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """A recording of an honest service."""
    return _recorded(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file of evidence in the place of the one beside the register."""
    path = tmp_path / "evidence.yaml"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(evidence, "evidence_file", lambda: path)
    evidence.evidence.cache_clear()
    yield path
    evidence.evidence.cache_clear()


def _said(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    assert cli.main([*command]) == 0
    return capsys.readouterr().out


def test_rows_get_the_date_of_the_recording_that_decided_them(
    beside: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = _recorded(tmp_path / "one", OTHER)
    folder, url = str(recording.folder), recording.url
    capsys.readouterr()
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
    number = f"{len(found)} of {len(register())} rows"
    assert f"evidence of the live service: {number}" in _said(capsys, "parity", folder, folder)


def test_an_archive_is_a_recording_too(kept: Recording, beside: Path) -> None:
    archive = Path("kept.har")
    archive.write_bytes(kept.archive.read_bytes())
    assert cli.main(["evidence", str(archive), "--service", kept.url + "/"]) == 0
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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stopped": "interrupted"}, "did not come to its end: interrupted"),
        ({"shard": "1/5"}, "is shard 1/5: merge comes first"),
        ({"contract": "other.yaml"}, "was held against another document: other.yaml"),
    ],
)
def test_what_a_part_of_a_run_decided_is_no_evidence(
    change: dict[str, Any], said: str, kept: Recording, beside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = json.loads(kept.archive.read_text())
    archive["log"]["_recording"] |= change
    Path("bent.har").write_text(json.dumps(archive))
    assert cli.main(["evidence", "bent.har", "--service", kept.url]) == 2
    assert said in capsys.readouterr().err
    assert not beside.exists()


def test_another_service_and_the_mock_are_no_evidence(
    kept: Recording, beside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["run", "--requirement", ROW, "--reports", "mock"])
    Path("foreign.har").write_text('{"log": {"entries": []}}')
    for recording, service, said in (
        (str(kept.folder), "", f"asked {kept.url}, not https://api.bentley.com/imodels; see --service"),
        ("mock", "mock", "asked mock, not mock"),
        ("foreign.har", kept.url, "foreign.har: not the recording of a run"),
        ("nowhere", kept.url, "no recording in nowhere: No such file"),
    ):
        capsys.readouterr()
        assert cli.main(["evidence", recording, *(("--service", service) if service else ())]) == 2
        told = capsys.readouterr().err
        assert said in told
        assert len(told.splitlines()) == 1
    assert not beside.exists()
