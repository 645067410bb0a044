"""Walks drawn from a seed, and the smallest part of one that still shows what it showed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

from conformance.exchange import Broken
from conformance.walk.look import look
from conformance.walk.steps import STEPS
from conformance.walk.walk import Walk

Steps = Sequence[tuple[str, int, int, int]]
MOST = 6
RARE = {"copy": 0.1, "look_around": 0.3}
"""Steps that take many requests."""
REPLAYS = 150
"""How often a walk is gone again at most to make it smaller."""


def draw(random: Random, length: int) -> Steps:
    """The steps of one walk, each kind as often as chance has it: what many dilute a few bring to light."""
    kinds = sorted(STEPS)
    weights = [random.random() ** 2 * RARE.get(kind, 1.0) for kind in kinds]
    names = random.choices(kinds, weights, k=length)
    number = random.randrange
    return [(name, number(MOST), number(MOST), number(MOST)) for name in names]


def go(walk: Walk, steps: Steps) -> None:
    """Take all steps, look around at the end, and delete the iModel."""
    try:
        for name, *numbers in steps:
            STEPS[name](walk, *numbers)
        look(walk)
    finally:
        walk.make.delete(walk.known.id)


def smallest(steps: Steps, broken: Broken, again: Callable[[Steps], Broken | None]) -> Broken:
    """What the smallest part found that is still broken: pieces are left out, ever smaller ones."""
    left, size = REPLAYS, max(1, len(steps) // 2)
    while size and left:
        for fewer in _without(steps, size):
            left -= 1
            if found := again(fewer):
                steps, broken = fewer, found
                break
            if not left:
                break
        else:
            size //= 2
    return broken


def _without(steps: Steps, size: int) -> Iterator[Steps]:
    """The steps without a piece of this size, the last piece first."""
    for begin in range(max(0, len(steps) - size), -size, -size):
        yield [*steps[: max(0, begin)], *steps[max(0, begin) + size :]]
