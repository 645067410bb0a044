"""However a session ends, what was found is kept and what was made is deleted."""

from __future__ import annotations

import pytest

from conformance import plugin
from conformance.report.verdict import Exit, State
from conformance.runner.run import Run
from conformance.transport.wire import Unreachable
from tests.plugin.conftest import Tell


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


@pytest.mark.parametrize("fixture", ["workshop", "imodel"])
def test_ctrl_c_takes_down_what_the_test_had_set_up(tell: Tell, fixture: str) -> None:
    told = tell(
        f"""
        def test_one({fixture}):
            raise KeyboardInterrupt
            with promise("imodels/create-is-readable"):
                pass
        """
    )
    assert told.verdict.line == "inconclusive: interrupted"
    assert told.verdict.trouble == []
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
