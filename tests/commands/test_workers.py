"""Workers: a run by several processes is the run by one."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from time import sleep
from typing import Any
from xml.etree import ElementTree

import pytest

from conformance import cli
from conformance.drift.traffic import traffic
from conformance.runner.options import Options
from conformance.runner.workers import shares
from tests.commands.conftest import Place, verdict_in
from tests.commands.test_shards import PART

pytestmark = pytest.mark.usefixtures("elsewhere")


def _findings(folder: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(Path(folder, "findings.json").read_text())["findings"]
    return told


def test_two_workers_say_what_one_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", *PART, "--reports", "one"]) == 1
    capsys.readouterr()
    assert cli.main(["run", *PART, "--workers", "2", "--reports", "two"]) == 1
    said = capsys.readouterr().out
    one, two = verdict_in("one"), verdict_in("two")
    assert two["verdict"] == one["verdict"]
    assert two["tests"] == one["tests"]
    assert [(row["name"], row["state"]) for row in two["rows"]] == [
        (row["name"], row["state"]) for row in one["rows"]
    ]
    assert {f["fingerprint"] for f in _findings("two")} == {f["fingerprint"] for f in _findings("one")}
    assert len([line for line in said.splitlines() if line.startswith("planned ")]) == 1
    assert {line.split(":")[0] for line in said.splitlines() if line.startswith("worker ")} == {
        "worker 1",
        "worker 2",
    }


def test_what_the_workers_wrote_is_joined() -> None:
    assert cli.main(["run", *PART, "--workers", "2", "--reports", "two"]) == 1
    told = verdict_in("two")
    cases = list(ElementTree.parse("two/junit.xml").getroot().iter("testcase"))
    assert len(cases) == told["tests"]["planned"]
    results = {path.name for path in Path("two/allure-results").glob("*-result.json")}
    assert results == {path.name for path in Path("two").glob("worker-*/allure-results/*-result.json")}
    assert Path("two/allure-results/environment.properties").is_file()
    parts = [len(list(traffic(Path(f"two/worker-{number}")))) for number in (1, 2)]
    assert len(list(traffic(Path("two")))) == sum(parts) > min(parts) > 0
    finding = next(f for f in _findings("two") if f["requirement"] == "named-versions/name-unique")
    assert cli.main(["replay", finding["fingerprint"], "--reports", "two"]) == 1


def test_a_transcript_of_parts_is_one_of_its_own() -> None:
    part = (
        "run",
        "--requirement",
        "named-versions/name-unique",
        "--requirement",
        "imodels/create-is-readable",
    )
    for seed, folder in (("7", "first"), ("7", "second"), ("8", "third")):
        assert cli.main([*part, "--workers", "2", "--seed", seed, "--reports", folder]) == 0
    first, second, third = (verdict_in(folder)["transcript"] for folder in ("first", "second", "third"))
    assert first == second != third


def test_each_worker_has_its_part_of_what_is_bounded() -> None:
    asked = Options(rate=9.0, max_requests=100, max_imodels=2)
    parts = list(shares(asked, 3, Path("here")))
    assert [part.shard for part in parts] == ["1/3", "2/3", "3/3"]
    assert {(part.rate, part.max_requests, part.max_imodels, part.sharers) for part in parts} == {
        (3.0, 33, 1, 3)
    }
    assert {part.max_time for part in parts} == {None}


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--waivers", "nowhere.yaml"), 2, "nowhere.yaml"),
        (("--shard", "1/2"), 2, "does not go with --shard"),
        (
            ("--target", "http://127.0.0.1:9/imodels", "--itwin", "4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012"),
            3,
            "",
        ),
    ],
)
def test_what_stops_a_worker_is_said_once(
    more: tuple[str, ...],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IMODELS_TOKEN", "a-token-nobody-issued")
    assert cli.main(["run", "--requirement", "lists/order", "--workers", "2", *more]) == code
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert said in told[0]


def test_an_interrupted_run_leaves_nothing(place: Place, tmp_path: Path) -> None:
    process = place.start("run", "--workers", "2", "--reports", "here", cwd=tmp_path)
    while len(place.left()) < 2:
        assert process.poll() is None
        sleep(0.05)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 3, said
    assert "interrupted" in said
    assert place.left() == []
    assert verdict_in("here")["exit"] == 3


def test_workers_end_with_the_run_that_was_killed(place: Place, tmp_path: Path) -> None:
    process = place.start("run", "--workers", "2", "--reports", "here", cwd=tmp_path)
    while len(place.left()) < 2:
        assert process.poll() is None
        sleep(0.05)
    process.kill()
    process.communicate(timeout=60)
    parts = [tmp_path / "here" / f"worker-{number}" for number in (1, 2)]
    for _ in range(600):
        if all((part / "verdict.json").exists() for part in parts):
            break
        sleep(0.1)
    assert [verdict_in(part)["verdict"] for part in parts] == ["inconclusive: interrupted"] * 2
    assert place.left() == []
