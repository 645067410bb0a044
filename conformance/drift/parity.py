"""How far the mock is the service: what both answered alike, of all that both had the chance to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.drift.rows import Row, row_of
from conformance.drift.rules import Difference
from conformance.drift.runs import Profile, compared

TIMES = {"answer-slower", "answer-faster"}
"""A mock is meant to be faster."""
HELD, BROKEN, UNSEEN = "held", "broken", "not planned"
WORD = {"held": HELD, "broken": BROKEN, "waived": BROKEN, "not planned": UNSEEN}
"""Verdicts that say something of a service; what stayed open says nothing."""
Verdicts = Mapping[str, Mapping[str, str]]
"""Requirement → its `state` and `level`."""


@dataclass(frozen=True)
class Parity:
    """Where mock and service differ, and how much they have in common; `of` counts what could be compared."""

    rows: list[Row]
    alike: int
    of: int

    @property
    def line(self) -> str:
        """The share in one line."""
        share = 100 * self.alike / self.of if self.of else 0
        return f"parity: {share:.1f} %, {self.alike} of {self.of} traits of answers and verdicts"


def parity(service: Profile, mock: Profile, verdicts: tuple[Verdicts, Verdicts]) -> Parity:
    """Compare what a service and a mock answered, and what became of requirements on both."""
    rows = [row for row in compared(service, mock) if row.rule not in TIMES]
    pairs = dict(_pairs(*verdicts))
    flipped = [_flipped(name, was, now, verdicts[1]) for name, (was, now) in pairs.items() if was != now]
    alike = len(service.traits.keys() & mock.traits.keys()) + len(pairs) - len(flipped)
    return Parity([*rows, *flipped], alike, alike + len(rows) + len(flipped))


def _pairs(service: Verdicts, mock: Verdicts) -> Iterator[tuple[str, tuple[str, str]]]:
    """The verdicts that can be compared: what one run did not look at counts where the other broke it."""
    for name in service.keys() & mock.keys():
        pair = WORD.get(service[name]["state"], ""), WORD.get(mock[name]["state"], "")
        if all(pair) and (UNSEEN not in pair or BROKEN in pair):
            yield name, pair


def _flipped(name: str, was: str, now: str, mock: Verdicts) -> Row:
    level = "must" if mock[name]["level"] == "MUST" else "other"
    rule = f"{level}-verdict-worse" if now == BROKEN else "verdict-better"
    return row_of(Difference(rule, "", name, was, now), requirement=name)
