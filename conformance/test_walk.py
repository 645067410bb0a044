"""Walks: long mixed histories by several users, cut down to the few steps that show what is wrong."""

from __future__ import annotations

import pytest

from conformance.exchange import Broken
from conformance.runner.run import Run
from conformance.story import CURRENT
from conformance.walk.walk import Walk
from conformance.walk.wander import Steps, draw, go, smallest

USERS = ("main", "second", "writer")
SHORT, LONG, SPARING = (4, 20), (100, 50), (4, 30)
"""How many walks of how many steps: in a gate, in a full run, in a full run whose iModels cost something."""


@pytest.mark.costly
@pytest.mark.decides("answers/follow-the-history")
def test_answers_follow_from_what_was_asked_before(run: Run) -> None:
    """Users acquire, push, lock, mark, group, copy and look; the model says what must follow."""
    number, length = SHORT
    if run.plan.reaches("full"):
        number, length = LONG if run.target.embedded else SPARING
    users = [name for name in USERS if name in run.target.tokens]

    def broken_by(steps: Steps) -> Broken | None:
        try:
            go(Walk.begin(run.maker(), users), steps)
        except Broken as broken:
            return broken
        return None

    random = CURRENT.get().random
    for steps in [draw(random, length) for _ in range(number)]:
        if broken := broken_by(steps):
            raise smallest(steps, broken, broken_by) if run.target.embedded else broken
