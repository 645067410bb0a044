"""A waived finding does not count and does not end a story, and is seen wherever one looks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.report.verdict import Exit, State
from tests.plugin.conftest import OTHER, ROW, Tell

REASON = "the old gateway hides it"
STORY = """
    def test_it(make):
        make.imodel()
        with promise("imodels/create-is-readable"):
            assert not "readable"
        with promise("imodels/create-is-listed"):
            pass
"""
HELD = """
    def test_it(make):
        make.imodel()
        with promise("imodels/create-is-readable"), promise("imodels/create-is-listed"):
            pass
"""


@pytest.fixture
def waivers(tmp_path: Path) -> str:
    """A file that waives the first row."""
    file = tmp_path / "waivers.yaml"
    file.write_text(json.dumps([{"name": ROW, "reason": REASON, "ticket": "GW-17", "expiry": "2999-01-31"}]))
    return str(file)


def test_a_waived_row_does_not_count_and_its_story_goes_on(tell: Tell, waivers: str) -> None:
    told = tell(STORY, waivers=waivers)
    assert (told.state(), told.state(OTHER)) == (State.WAIVED, State.HELD)
    assert told.verdict.exit is Exit.CONFORMANT
    assert "1 MUST row waived" in told.verdict.line
    assert told.verdict.tests == {"planned": 1, "waived": 1}


def test_it_is_seen_wherever_one_looks(tell: Tell, waivers: str) -> None:
    told = tell(STORY, waivers=waivers)
    words = f"{REASON} (GW-17, until 2999-01-31)"
    (finding,) = json.loads((told.run.folder / "findings.json").read_text())["findings"]
    assert (finding["state"], finding["waiver"]["ticket"]) == ("waived", "GW-17")
    (waiver,) = json.loads((told.run.folder / "verdict.json").read_text())["waivers"]
    assert (waiver["findings"], waiver["stale"]) == ([finding["fingerprint"]], False)
    summary = (told.run.folder / "summary.txt").read_text()
    assert "Waived (1)" in summary
    assert words in summary
    page = (told.run.folder / "report.html").read_text()
    assert "<h2>Waived</h2>" in page
    assert words in page
    assert [s.get("message") for s in told.junit().iter("skipped")] == [
        f"waived: {ROW} on {finding['operation']}: {words}"
    ]
    (result,) = told.allure()
    assert result["status"] == "skipped"
    assert result["statusDetails"]["message"].startswith(f"Waived: {ROW}")


def test_what_nobody_waived_still_fails(tell: Tell, waivers: str) -> None:
    told = tell(STORY.replace("pass", 'assert not "listed"'), waivers=waivers)
    assert (told.state(), told.state(OTHER)) == (State.WAIVED, State.BROKEN)
    assert told.verdict.exit is Exit.NOT_CONFORMANT


def test_a_part_of_the_rows_cannot_tell_that_a_waiver_is_stale(tell: Tell, waivers: str) -> None:
    told = tell(HELD, waivers=waivers)
    assert told.verdict.exit is Exit.CONFORMANT
    assert f"{ROW}: not seen in this run" in (told.run.folder / "summary.txt").read_text()


def test_a_whole_run_can(tell: Tell, waivers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.report.verdict._scope", lambda plan: "")
    told = tell(HELD, waivers=waivers)
    assert told.verdict.exit is Exit.USAGE
    assert told.verdict.line.startswith(f"stale waivers: nothing is wrong any more with {ROW}")
    assert "nothing is wrong any more: take it out" in (told.run.folder / "summary.txt").read_text()
