"""How the plugin runs tests: against a real mock, with small tests written for the purpose."""

from __future__ import annotations

import ast
import json
import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance import plugin
from conformance.plugin import execute
from conformance.report.verdict import Exit, State, Verdict
from conformance.runner import plan, session
from conformance.runner.conduct import Conduct
from conformance.runner.options import Options
from conformance.runner.run import Run
from conformance.transport.wire import Unreachable

ROW, OTHER = "imodels/create-is-readable", "imodels/create-is-listed"
HEAD = """
import pytest
from conformance.exchange import Broken
from conformance.story import SetupFailed, Undecided, promise
from conformance.transport.wire import Unreachable

TIMES = []
"""


@dataclass
class Told:
    """What a run of small tests left behind."""

    run: Run
    verdict: Verdict

    def state(self, name: str = ROW) -> State:
        """What became of a row."""
        return next(row.state for row in self.verdict.rows if row.row.name == name)

    def reason(self, name: str = ROW) -> str:
        """Why a row is not held."""
        return next(row.reason for row in self.verdict.rows if row.row.name == name)

    def junit(self) -> ET.Element:
        """The JUnit file."""
        return ET.parse(self.run.folder / "junit.xml").getroot()

    def allure(self) -> list[dict[str, Any]]:
        """The Allure results, in their order."""
        found = [
            json.loads(f.read_text()) for f in (self.run.folder / "allure-results").glob("*-result.json")
        ]
        return sorted(found, key=lambda result: result["start"])


Tell = Callable[..., Told]


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Run small tests, given as source."""
    real, names = session.arguments, dict(plan.deciders())

    def run_tests(source: str, **options: Any) -> Told:
        module = f"test_{tmp_path.name}"
        file = tmp_path / f"{module}.py"
        file.write_text(HEAD + textwrap.dedent(source))
        plan._scan(module, ast.parse(file.read_text()), names)
        chosen = {"requirements": (ROW, OTHER)} | options
        run = Run(Options(reports=str(tmp_path / "reports"), **chosen))
        kept = [part for part in real(run.folder) if not part.endswith(".py")]
        monkeypatch.setattr(plugin, "arguments", lambda folder: [*kept, f"--rootdir={tmp_path}", str(file)])
        monkeypatch.setattr(plugin, "deciders", lambda: names)
        return Told(run, execute(Conduct.of(run)))

    return run_tests


def test_a_kept_promise_is_held(tell: Tell) -> None:
    told = tell(
        """
        def test_it(make):
            made = make.imodel()
            with promise("imodels/create-is-readable"):
                assert made["id"]
            with promise("imodels/create-is-listed"):
                assert made["id"]
        """
    )
    assert told.verdict.exit is Exit.CONFORMANT
    assert told.verdict.tests == {"planned": 1, "passed": 1}
    assert told.verdict.left_behind == []


def test_a_failure_that_repeats_is_broken(tell: Tell) -> None:
    told = tell(
        """
        def test_it(make):
            TIMES.append(make.imodel()["name"])
            with promise("imodels/create-is-readable"):
                assert TIMES == [], "it was not there"
            with promise("imodels/create-is-listed"):
                pass
        """
    )
    assert told.verdict.exit is Exit.NOT_CONFORMANT
    assert (told.state(), told.state(OTHER)) == (State.BROKEN, State.UNDECIDED)
    assert told.reason(OTHER) == f"{ROW} broke first"
    assert told.run.journal.count() == 2
    assert not told.verdict.trouble


def test_a_failure_that_does_not_repeat_is_flaky(tell: Tell) -> None:
    told = tell(
        """
        @pytest.fixture
        def fresh(make):
            TIMES.append(make.imodel()["id"])
            return TIMES[-1]

        def test_it(fresh, make):
            with promise("imodels/create-is-readable"):
                assert len(TIMES) == 2
            with promise("imodels/create-is-listed"):
                assert TIMES[0] != fresh
        """
    )
    assert told.verdict.exit is Exit.INCONCLUSIVE
    assert (told.state(), told.state(OTHER)) == (State.FLAKY, State.HELD)
    assert told.verdict.tests == {"planned": 1, "flaky": 1}
    assert [case[0].get("message") for case in told.junit().iter("testcase")] == [f"flaky: {ROW}"]


def test_what_another_test_showed_is_not_taken_back(tell: Tell) -> None:
    told = tell(
        """
        def test_always(make):
            with promise("imodels/create-is-readable"):
                assert not make.imodel()

        def test_once(make):
            TIMES.append(make.imodel())
            with promise("imodels/create-is-readable"):
                assert len(TIMES) == 2
        """
    )
    assert told.state() is State.BROKEN


def test_a_race_is_never_repeated(tell: Tell) -> None:
    told = tell(
        """
        @pytest.mark.races
        def test_it(make):
            TIMES.append(make.imodel())
            with promise("imodels/create-is-readable"):
                assert len(TIMES) == 2
        """
    )
    assert told.state() is State.BROKEN


def test_a_generator_that_calls_it_flaky_is_believed(tell: Tell) -> None:
    told = tell(
        """
        from hypothesis.errors import FlakyFailure

        def test_it(make):
            make.imodel()
            try:
                with promise("imodels/create-is-readable"):
                    raise AssertionError("now and then")
            except Broken as broken:
                raise FlakyFailure("it differs", [broken])
        """
    )
    assert (told.state(), told.verdict.exit) == (State.FLAKY, Exit.INCONCLUSIVE)


def test_an_open_question_is_no_trouble(tell: Tell) -> None:
    told = tell(
        """
        def test_it(make):
            with promise("imodels/create-is-listed"):
                make.imodel()
            raise Undecided("the answer tells nothing")
            with promise("imodels/create-is-readable"):
                pass
        """
    )
    assert (told.state(), told.reason()) == (State.UNDECIDED, "the answer tells nothing")
    assert told.verdict.trouble == []
    assert told.junit().find(".//skipped") is not None
    assert told.allure()[0]["statusDetails"] == {"message": "Undecided: the answer tells nothing"}


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ('SetupFailed("create-imodel answered 500")', "create-imodel answered 500"),
        ('KeyError("id")', "KeyError: 'id'"),
        ('AssertionError("outside a promise")', "AssertionError: outside a promise"),
    ],
)
@pytest.mark.parametrize("place", ["fixture", "test"])
def test_everything_else_is_trouble(tell: Tell, place: str, error: str, text: str) -> None:
    told = tell(
        f"""
        @pytest.fixture
        def given():
            if {place == "fixture"}:
                raise {error}

        def test_it(given):
            raise {error}
            with promise("imodels/create-is-readable"), promise("imodels/create-is-listed"):
                pass
        """
    )
    assert told.verdict.exit is Exit.INCONCLUSIVE
    assert [trouble.partition(": ")[2] for trouble in told.verdict.trouble] == [text]
    assert told.reason() == text


def test_a_finding_in_a_shared_fixture_is_repeated_for_real(tell: Tell) -> None:
    told = tell(
        """
        @pytest.fixture(scope="session")
        def shared(run):
            with run.story("set-up"):
                TIMES.append(run.maker().imodel()["name"])
                with promise("imodels/create-is-readable"):
                    assert len(TIMES) == 2

        def test_it(shared):
            with promise("imodels/create-is-listed"):
                pass
        """
    )
    assert (told.state(), told.state(OTHER)) == (State.FLAKY, State.HELD)
    assert told.verdict.trouble == []


def test_a_module_that_cannot_be_read_is_trouble(tell: Tell) -> None:
    told = tell("import nowhere_to_be_found\n")
    assert told.verdict.exit is Exit.INCONCLUSIVE
    assert "nowhere_to_be_found" in told.verdict.trouble[0]


def test_an_error_of_the_suite_keeps_what_was_found(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(plugin, "_forget_failed_fixtures", crash)
    told = tell(
        """
        def test_it(make):
            make.imodel()
            with promise("imodels/create-is-readable"):
                assert not "there"
        """
    )
    assert (
        told.verdict.line == "not conformant: 1 MUST row broken (internal error: RuntimeError: out of order)"
    )
    assert "out of order" in (told.run.folder / "internal-error.txt").read_text()
    assert (told.run.folder / "findings.json").exists()


def test_ctrl_c_keeps_what_was_found_and_cleans_up(tell: Tell) -> None:
    told = tell(
        """
        def test_one(make):
            make.imodel()
            with promise("imodels/create-is-readable"):
                pass

        def test_two(make):
            raise KeyboardInterrupt
            with promise("imodels/create-is-listed"):
                pass
        """
    )
    assert told.verdict.line == "inconclusive: interrupted"
    assert told.state() is State.HELD
    assert told.run.journal.alive() == []


def test_a_target_that_went_away_ends_the_run(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(run: Run) -> None:
        raise Unreachable("GET /imodels: connection refused")

    monkeypatch.setattr(plugin, "probe", gone)
    told = tell(
        """
        @pytest.mark.parametrize("number", range(9))
        def test_it(number):
            TIMES.append(number)
            raise Unreachable("GET /imodels: connection refused")
            with promise("imodels/create-is-readable"):
                pass
        """
    )
    assert told.verdict.line == "inconclusive: target down: GET /imodels: connection refused"
    assert told.verdict.tests["in trouble"] == 3


def test_reports_tell_the_finding_and_no_secret(tell: Tell) -> None:
    told = tell(
        """
        @pytest.mark.parametrize("operation", ["create-imodel", "get-imodel-details"])
        def test_it(make, run, operation):
            '''An iModel can be read.'''
            token = run.target.tokens["main"]
            make.imodel()
            with promise("imodels/create-is-readable"):
                assert operation != "create-imodel", f"saw {token}"
            if operation == "get-imodel-details":
                raise KeyError(f"lost {token}")
        """
    )
    secret = told.run.target.tokens["main"]
    first, again, other = told.allure()
    failure = next(told.junit().iter("failure"))
    assert str(failure.get("message")).startswith(f"{ROW} (MUST) on create-imodel: saw [redacted]")
    assert "repeat    curl -sS" in str(failure.text)
    assert first["historyId"] == again["historyId"] != other["historyId"]
    assert again["name"] == "An iModel can be read · create-imodel"
    assert again["statusDetails"]["message"].startswith(f"{ROW} (MUST)")
    assert {"name": "requirement", "value": ROW} in again["labels"]
    assert {"name": "feature", "value": "iModels"} in again["labels"]
    assert {"name": "severity", "value": "critical"} in again["labels"]
    assert [attached["name"].rpartition(" ")[2] for attached in again["attachments"]][-1] == "curl"
    leaks = [
        file.name
        for file in told.run.folder.rglob("*")
        if file.is_file() and file.suffix != ".gz" and secret in file.read_text("utf-8")
    ]
    assert leaks == []


def test_a_profile_nobody_knows_stops_the_session(tell: Tell) -> None:
    told = tell(
        """
        @pytest.mark.profile("gaet")
        def test_it():
            with promise("imodels/create-is-readable"):
                pass
        """
    )
    assert told.verdict.exit is Exit.INCONCLUSIVE
