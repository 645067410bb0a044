"""A soak tells everything again with other numbers until its time is over, and once in any case."""

from __future__ import annotations

import pytest

from conformance.report.verdict import Exit, State
from conformance.runner.run import Run
from conformance.runner.soak import Soak
from tests.plugin.conftest import OTHER, Tell

STORY = """
    from conformance.story import CURRENT

    DRAWN = []

    @pytest.fixture(scope="session")
    def shared(run):
        with run.story("set-up"):
            return run.maker().imodel()["id"]

    def test_one(shared, run):
        DRAWN.append(run.seed_of("one"))
        TIMES.append(shared)
        assert [made.id for made in run.journal.alive()] == [shared]
        with promise("imodels/create-is-readable"):
            assert len(TIMES) == len(set(TIMES)) == len(set(DRAWN)), "the same again"

    def test_two(run):
        with promise("imodels/create-is-listed"):
            assert run.round < {breaks}
"""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock on which a minute goes by with each look."""
    now = iter(range(0, 10**6, 60))
    real = Soak.__init__

    def patched(self: Soak, run: Run, say: object) -> None:
        real(self, run, clock=lambda: float(next(now)))

    monkeypatch.setattr(Soak, "__init__", patched)


def test_it_goes_on_until_the_time_is_over(tell: Tell, clock: None) -> None:
    told = tell(STORY.format(breaks=99), profile="soak", minutes=12)
    assert told.run.round >= 2
    assert (told.state(), told.state(OTHER)) == (State.HELD, State.HELD)
    assert told.verdict.exit is Exit.CONFORMANT
    assert told.verdict.tests["passed"] > told.verdict.tests["planned"] == 2
    assert told.run.journal.count() == told.run.round + 1
    assert told.run.journal.alive() == []


def test_what_breaks_in_a_later_round_is_broken(tell: Tell, clock: None) -> None:
    told = tell(STORY.format(breaks=1), profile="soak", minutes=12)
    assert (told.state(), told.state(OTHER)) == (State.HELD, State.BROKEN)


@pytest.mark.parametrize("options", [{"profile": "soak", "minutes": 1e-9}, {"profile": "gate"}, {}])
def test_one_round_is_told_in_any_case(tell: Tell, options: dict[str, object]) -> None:
    told = tell(STORY.format(breaks=99), **options)
    assert (told.run.round, told.verdict.tests) == (0, {"planned": 2, "passed": 2})


def test_a_round_is_cut_short_when_the_time_is_over(tell: Tell, clock: None) -> None:
    told = tell(STORY.format(breaks=99), profile="soak", minutes=4)
    assert (told.run.round, told.verdict.tests) == (1, {"planned": 2, "passed": 3})
    assert told.run.journal.alive() == []
