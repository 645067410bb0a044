"""Before a run: what it will take. During it: no more than it may take."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Place

SMOKE = ("--profile", "smoke")


def _number(said: str, what: str) -> float:
    found = re.search(rf"^{what} +([\d.]+)", said, re.MULTILINE)
    assert found, said
    return float(found[1])


def test_a_plan_is_what_the_run_takes(place: Place, tmp_path: Path) -> None:
    code, said = place.call("plan", *SMOKE, cwd=tmp_path)
    assert code == 0, said
    assert place.call("run", *SMOKE, "--reports", "here", cwd=tmp_path)[0] == 0
    spent = json.loads((tmp_path / "here/verdict.json").read_text())
    assert abs(_number(said, "requests") - spent["requests"]) <= 0.05 * spent["requests"]
    assert _number(said, "iModels") == spent["imodels"]
    by_operation = {line.split()[0]: int(line.split()[1]) for line in said.splitlines() if line[:2] == "  "}
    assert sum(by_operation.values()) == _number(said, "requests")


def test_a_plan_sends_nothing(tmp_path: Path) -> None:
    nobody = Place("http://127.0.0.1:1/imodels")
    code, said = nobody.call("plan", *SMOKE, "--requirement", "imodels/create-is-readable", cwd=tmp_path)
    assert (code, _number(said, "iModels")) == (0, 1)
    assert list(tmp_path.iterdir()) == []


def test_limits_slow_a_run_and_too_little_is_told(tmp_path: Path) -> None:
    nobody = Place("http://127.0.0.1:1/imodels")
    wanted = (
        "plan",
        "--operation",
        "create-imodel",
        "--tier",
        "trial",
        "--max-time",
        "1",
        "--max-requests",
        "5",
    )
    code, said = nobody.call(*wanted, cwd=tmp_path)
    assert code == 3
    assert _number(said, "minutes") > 1
    assert "--max-time 1 is too little: the run takes" in said
    assert "--max-requests 5 is too little" in said


@pytest.mark.parametrize(
    ("limit", "line"),
    [
        (("--max-requests", "40"), "inconclusive: --max-requests 40 is used up"),
        (("--max-requests", "1"), "inconclusive: --max-requests 1 is used up"),
        (("--max-time", "0.02"), "inconclusive: --max-time 0.02 is used up"),
        (("--max-imodels", "1"), "--max-imodels 1 is used up"),
    ],
)
def test_a_run_takes_no_more_than_it_may(
    place: Place, tmp_path: Path, limit: tuple[str, ...], line: str
) -> None:
    code, said = place.call("run", *SMOKE, *limit, "--reports", "here", cwd=tmp_path)
    told: dict[str, Any] = json.loads((tmp_path / "here/verdict.json").read_text())
    assert (code, told["exit"], line in told["verdict"]) == (3, 3, True), said
    assert told["requests"] <= 60
    assert place.left() == []


def test_limits_that_are_met_are_waited_out_and_no_finding(serve: Any, tmp_path: Path) -> None:
    tight: Place = serve(
        "--log", "off", "--rate-limit", "20/second", "--rate-limit", "create-imodel=2/second"
    )
    code, said = tight.call("run", *SMOKE, "--tier", "none", "--reports", "here", cwd=tmp_path)
    assert code == 0, said
    errors = (tmp_path / "here/operations.json").read_text()
    assert '"status": 429' in errors
    assert "TooManyRequests" in errors
    assert tight.left() == []
