"""Walks: what is drawn, what the model remembers, and how a broken one is cut down and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from conformance.exchange import Broken, Deviation, Finding
from conformance.report.failure import failure
from conformance.runner.options import Options
from conformance.runner.run import Run
from conformance.walk.known import EXCLUSIVE, SHARED, Known
from conformance.walk.steps import STEPS
from conformance.walk.walk import ROW, Walk
from conformance.walk.wander import Steps, draw, go, smallest

USERS = ("main", "second", "writer")
LOST = [("acquire", who, 0, 0) for who in (0, 1, 2)] + [("lock", number, 0, 0) for number in (0, 1, 2)]
Open = Callable[..., Run]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open a run against a mock with faults, in the middle of a story."""
    with ExitStack() as stack:

        def begin(*faults: str, liberties: tuple[str, ...] = ()) -> Run:
            run = Run(Options(reports=str(tmp_path), faults=faults, liberties=liberties))
            stack.callback(run.finish)
            stack.enter_context(run.story("a walk"))
            return run

        yield begin


def test_a_walk_is_drawn_from_its_seed() -> None:
    assert draw(Random(1), 50) == draw(Random(1), 50) != draw(Random(2), 50)
    assert {step[0] for seed in range(20) for step in draw(Random(seed), 50)} == STEPS.keys()


def test_the_model_remembers_who_holds_what() -> None:
    known = Known("id", briefcases={2: "main", 3: "second"})
    known.grant("0x1", 2, SHARED)
    known.grant("0x1", 3, EXCLUSIVE)
    assert known.holders("0x1", 2) == {3: EXCLUSIVE}
    assert (known.level("0x1", 2), list(known.holdings(3)), known.of("main")) == (SHARED, ["0x1"], [2])
    known.release("0x1", 3)
    known.release("0x2", 3)
    assert known.holders("0x1", 2) == {}


def test_an_honest_service_is_walked_through(opened: Open) -> None:
    run = opened(liberties=("late-lists", "smaller-pages", "bare-refusals"))
    steps = [(name, number, number, number) for number in (0, 1, 2) for name in STEPS]
    go(Walk.begin(run.maker(), USERS), steps)
    assert run.ledger.entry(ROW).held["update-imodel-locks"]
    assert not run.journal.alive()


@pytest.mark.parametrize(
    ("fault", "steps"),
    [
        ("answers/follow-the-history", [*LOST, ("unlock", 0, 0, 0)]),
        (
            "answers/follow-the-history:group",
            [("group", 0, 0, 0), ("close", 0, 0, 0), ("group", 0, 0, 0), *LOST[:1], ("push", 0, 2, 1)],
        ),
    ],
)
def test_a_deep_fault_takes_all_its_steps(opened: Open, fault: str, steps: Steps) -> None:
    run = opened(fault)
    for place in range(len(steps)):
        go(Walk.begin(run.maker(), USERS), [*steps[:place], *steps[place + 1 :]])
    with pytest.raises(Broken) as caught:
        go(Walk.begin(run.maker(), USERS), steps)
    [finding] = caught.value.findings
    assert finding.requirement == ROW
    assert not run.journal.alive()
    told = failure(run, [finding])
    assert f"{len(steps)}. " in finding.deviation.seen
    assert told.count("repeat    curl") == len(finding.exchanges)


def test_a_broken_walk_is_cut_down() -> None:
    steps = [(str(place), 0, 0, 0) for place in range(50)]

    def breaks(some: Steps) -> Broken | None:
        if {"7", "31", "32"} <= {step[0] for step in some}:
            told = " ".join(step[0] for step in some)
            return Broken([Finding(ROW, "clone-imodel", Deviation("history", "", told), ())])
        return None

    broken = breaks(steps)
    assert broken is not None
    assert smallest(steps, broken, breaks).findings[0].deviation.seen == "7 31 32"
