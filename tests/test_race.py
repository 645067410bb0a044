"""Races: all begin together, each step is written down, and the transcript says nothing of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from conformance.race import Race
from conformance.runner.options import Options
from conformance.runner.run import Run
from conformance.story import CURRENT
from conformance.transport.wire import Unreachable


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """A run against a mock, in the middle of a story."""
    opened = Run(Options(reports=str(tmp_path)))
    with opened.story("a race"):
        yield opened
    opened.finish()


def test_racers_are_under_way_at_the_same_time(run: Run) -> None:
    meeting = Barrier(3, timeout=5)
    Race().run(*[partial(meeting.wait)] * 3)
    assert not meeting.broken


def test_steps_are_written_down_with_their_outcome(run: Run) -> None:
    race, make = Race(), run.maker()
    body = {"iTwinId": make.itwin, "name": make.name()}

    def claim(who: str) -> None:
        race.ask(who, "claims", "the name", partial(make.api, "create-imodel", body=body))

    race.run(partial(claim, "a"), partial(claim, "b"))
    assert sorted(step.outcome for step in race.steps) == ["409 iModelExists", "ok"]
    assert all(step.began < step.ended for step in race.steps)
    assert len({exchange.number for exchange in CURRENT.get().exchanges}) == 2


def test_what_was_never_answered_has_no_outcome(run: Run) -> None:
    race = Race()

    def lost() -> None:
        raise Unreachable("gone")

    with pytest.raises(Unreachable):
        race.run(partial(race.ask, "a", "claims", "it", lost))  # type: ignore[arg-type]
    assert [step.outcome for step in race.steps] == [""]


def test_the_transcript_leaves_out_what_depends_on_the_winner(run: Run) -> None:
    make = run.maker()
    make.imodel()
    before = run.transcript.digest()
    Race().run(make.imodel, make.imodel)
    make.imodel()
    assert run.transcript.digest() == before
    with run.story("another"):
        make.imodel()
    assert run.transcript.digest() != before
