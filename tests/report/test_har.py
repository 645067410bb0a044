"""The recording as HTTP Archive: every exchange, no secret."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from conformance import cli


def test_a_run_becomes_an_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "here")
    assert cli.main(["run", "--requirement", "imodels/create-is-readable", "--reports", folder]) == 0
    assert cli.main(["record", folder]) == 0
    text = (tmp_path / "here/recording.har").read_text()
    log = json.loads(text)["log"]
    verdict = json.loads((tmp_path / "here/verdict.json").read_text())
    assert log["version"] == "1.2"
    assert verdict["run"]["id"] in log["comment"]
    methods = {entry["request"]["method"] for entry in log["entries"]}
    assert {"POST", "GET", "DELETE"} <= methods
    made = next(e for e in log["entries"] if e["request"]["method"] == "POST")
    assert (made["response"]["status"], "iModel" in made["response"]["content"]["text"]) == (201, True)
    assert made["startedDateTime"].startswith(verdict["run"]["started"][:10])
    assert "mock-token" not in text
    capsys.readouterr()


def test_what_was_recorded_before_a_run_was_gone_on_with_comes_first(tmp_path: Path) -> None:
    assert cli.main(["run", "--requirement", "imodels/create-is-readable", "--reports", str(tmp_path)]) == 0
    assert cli.main(["record", str(tmp_path)]) == 0
    whole = json.loads((tmp_path / "recording.har").read_text())["log"]["entries"]
    with gzip.open(tmp_path / "exchanges.jsonl.gz", "rt") as file:
        lines = file.readlines()
    assert len(lines) > 2
    for name, part in (("exchanges.2", lines[:1]), ("exchanges.10", lines[1:2]), ("exchanges", lines[2:])):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(part)
    assert cli.main(["record", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "recording.har").read_text())["log"]["entries"] == whole


def test_without_a_run_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["record", str(tmp_path)]) == 2
    assert "no recording in" in capsys.readouterr().err
