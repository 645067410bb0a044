"""How far the mock is the service: what both answered alike, of all that both had the chance to answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from conformance.drift.rows import Row
from conformance.drift.runs import Profile, compared, states, verdicts

TIMES = {"answer-slower", "answer-faster"}
"""A mock is meant to be faster."""


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


def parity(service: Profile, mock: Profile, folders: tuple[Path, Path]) -> Parity:
    """Compare what a service and a mock answered; `folders` may hold the verdicts of both."""
    rows = [row for row in compared(service, mock) if row.rule not in TIMES]
    flipped = list(verdicts(*folders))
    judged = states(folders[0]).keys() & states(folders[1]).keys()
    alike = len(service.traits.keys() & mock.traits.keys()) + len(judged) - len(flipped)
    return Parity([*rows, *flipped], alike, alike + len(rows) + len(flipped))
