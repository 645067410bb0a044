"""Shards join to the verdict of the whole; a run that was killed goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from time import sleep

import pytest

from conformance import cli
from conformance.runner.shard import Shard
from tests.commands.conftest import Place, verdict_in

pytestmark = pytest.mark.usefixtures("elsewhere")

ROWS = (
    "briefcases/ids-differ",
    "changesets/parent-exists",
    "extended-data/once",
    "imodels/name-unique",
    "lists/order",
    "locks/release",
    "named-versions/name-unique",
)
PARTLY = tuple(part for row in ROWS for part in ("--requirement", row))
PART = (
    *PARTLY,
    *("--fault", "named-versions/name-unique", "--fault", "lists/order"),
)


def _decided(folder: str) -> tuple[int, dict[str, tuple[str, list[str]]]]:
    told = verdict_in(folder)
    rows = {row["name"]: (row["state"], sorted(row["findings"])) for row in told["rows"]}
    return told["exit"], rows


def test_five_shards_are_the_whole() -> None:
    assert cli.main(["run", *PART, "--reports", "whole"]) == 1
    for number in range(1, 6):
        code = cli.main(["run", *PART, "--shard", f"{number}/5", "--reports", f"part{number}"])
        assert code in {0, 1}
    assert cli.main(["merge", *(f"part{number}" for number in range(1, 6)), "--reports", "all"]) == 1
    assert _decided("all") == _decided("whole")
    whole, joined = verdict_in("whole"), verdict_in("all")
    assert joined["verdict"] == whole["verdict"]
    assert joined["tests"] == whole["tests"]
    findings = json.loads(Path("all/findings.json").read_text())["findings"]
    assert {finding["requirement"] for finding in findings} >= {"named-versions/name-unique", "lists/order"}
    assert all(finding["exchanges"] for finding in findings)


def test_a_missing_shard_is_inconclusive(capsys: pytest.CaptureFixture[str]) -> None:
    part = ("--requirement", "named-versions/name-unique", "--requirement", "imodels/create-is-readable")
    for number in (1, 3):
        assert cli.main(["run", *part, "--shard", f"{number}/3", "--reports", f"part{number}"]) == 0
    assert cli.main(["merge", "part1", "part3", "--reports", "all"]) == 3
    assert verdict_in("all")["verdict"] == "inconclusive: shard 2/3 is missing"
    assert cli.main(["merge", "part1", "part1"]) == 2
    assert "shard 1/3 is there twice" in capsys.readouterr().err


def test_what_does_not_belong_together_is_not_joined(capsys: pytest.CaptureFixture[str]) -> None:
    part = ("--requirement", "named-versions/name-unique")
    cli.main(["run", *part, "--shard", "1/2", "--reports", "one"])
    cli.main(["run", *part, "--shard", "2/2", "--seed", "5", "--reports", "two"])
    capsys.readouterr()
    for folders, said in (
        (("one", "two"), "asked for different things"),
        (("nowhere",), "no run in nowhere: No such file"),
    ):
        assert cli.main(["merge", *folders]) == 2
        told = capsys.readouterr().err
        assert said in told
        assert len(told.splitlines()) == 1


@pytest.mark.parametrize("text", ["0/5", "6/5", "1", "a/b", "1/0"])
def test_a_shard_that_is_none_is_wrong_use(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "--shard", text]) == 2
    assert "is not like 2/5" in capsys.readouterr().err


def test_each_unit_is_in_one_shard() -> None:
    units = [f"conformance/test_{number}.py::test_it[a]" for number in range(500)]
    parts = [[unit for unit in units if Shard(number, 5).takes(unit)] for number in range(1, 6)]
    assert sorted(unit for part in parts for unit in part) == sorted(units)
    assert min(map(len, parts)) > 60


def test_a_killed_run_goes_on_where_it_was(place: Place, tmp_path: Path) -> None:
    process = place.start("run", *PARTLY, "--reports", "here", cwd=tmp_path)
    book = tmp_path / "here" / "ledger.json"
    while not (book.exists() and json.loads(book.read_text())["tests"] and place.left()):
        assert process.poll() is None
        sleep(0.02)
    process.kill()
    process.communicate()
    before = json.loads(book.read_text())
    code, said = place.call("run", "--resume", "here", cwd=tmp_path)
    assert code == 0, said
    after = json.loads(book.read_text())
    assert after["tests"].items() >= before["tests"].items()
    assert len(after["tests"]) > len(before["tests"])
    assert after["run"] == before["run"]
    assert verdict_in("here")["tests"]["planned"] == len(after["tests"]) - len(before["tests"])
    assert place.left() == []


def test_what_failed_is_looked_at_again(capsys: pytest.CaptureFixture[str]) -> None:
    part = ("--requirement", "named-versions/name-unique", "--requirement", "imodels/create-is-readable")
    assert cli.main(["run", *part, "--fault", "named-versions/name-unique", "--reports", "first"]) == 1
    assert cli.main(["run", "--failed", "first", "--reports", "again"]) == 0
    assert "1 of" in str(verdict_in("again")["verdict"])
    assert cli.main(["run", "--failed", "again"]) == 2
    assert "left nothing open or broken" in capsys.readouterr().err
    assert cli.main(["run", "--resume", "nowhere"]) == 2
