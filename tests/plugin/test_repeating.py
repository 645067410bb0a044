"""A test that breaks is told again on fresh resources; what does not repeat is in doubt."""

from __future__ import annotations

import pytest

from conformance import plugin
from conformance.report.verdict import Exit, State
from tests.plugin.conftest import OTHER, ROW, Tell


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


def test_a_burst_of_server_errors_that_is_over_is_flaky(tell: Tell) -> None:
    told = tell(
        """
        def test_it(run, api, make):
            TIMES.append(1)
            run.mock.twist(faults=["answers/no-server-error"] if len(TIMES) == 1 else [])
            api("get-imodel-thumbnail", id=make.imodel()["id"])
            with promise("imodels/create-is-readable"):
                pass
        """
    )
    assert told.verdict.exit is Exit.INCONCLUSIVE
    assert (told.state("answers/no-server-error"), told.state()) == (State.FLAKY, State.HELD)


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


SHARED = """
    @pytest.fixture(scope="session")
    def shared(run):
        with run.story("set-up"):
            TIMES.append(run.maker().imodel()["name"])
            with promise("imodels/create-is-readable"):
                assert len(TIMES) > {failures}

    def test_it(shared):
        with promise("imodels/create-is-listed"):
            pass

    def test_another(shared):
        with promise("imodels/create-is-listed"):
            pass

    def test_last():
        with promise("imodels/name-filter"):
            pass
"""
THREE = (ROW, OTHER, "imodels/name-filter")


def test_a_shared_fixture_that_failed_once_is_there_for_every_test(tell: Tell) -> None:
    told = tell(SHARED.format(failures=1), requirements=THREE)
    assert (told.state(), told.state(OTHER)) == (State.FLAKY, State.HELD)
    assert told.verdict.tests == {"planned": 3, "flaky": 1, "passed": 2}
    assert told.run.journal.count() == 2


def test_a_shared_fixture_that_fails_again_is_not_made_a_third_time(tell: Tell) -> None:
    told = tell(SHARED.format(failures=2), requirements=THREE)
    assert (told.state(), told.state(OTHER)) == (State.BROKEN, State.UNDECIDED)
    assert told.verdict.tests == {"planned": 3, "broken": 2, "passed": 1}
    assert told.run.journal.count() == 2


def test_without_forgetting_a_failed_fixture_nothing_would_be_repeated(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin, "_forget_failed_fixtures", lambda item: None)
    told = tell(SHARED.format(failures=1), requirements=THREE)
    assert (told.state(), told.state(OTHER)) == (State.BROKEN, State.UNDECIDED)
    assert told.run.journal.count() == 1
    assert told.verdict.tests == {"planned": 3, "broken": 2, "passed": 1}


def test_the_next_test_makes_again_what_could_not_be_set_up(tell: Tell) -> None:
    told = tell(
        """
        @pytest.fixture(scope="session")
        def shared():
            TIMES.append("asked")
            if len(TIMES) == 1:
                raise SetupFailed("create-imodel answered 503")

        def test_it(shared):
            with promise("imodels/create-is-readable"):
                pass

        def test_another(shared):
            with promise("imodels/create-is-listed"):
                pass
        """
    )
    assert (told.state(), told.state(OTHER)) == (State.UNDECIDED, State.HELD)
    assert told.verdict.tests == {"planned": 2, "in trouble": 1, "passed": 1}
