"""Recorded runs against the mock, for the planted moves of `drift`: a clean one, and one for each fault.

What lies in the folder is taken as it is, so an interrupted measurement goes on where it was.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.drift import OWN, SEED, deviations
from conformance.document import aligned, document
from conformance.drift.traffic import Seen, traffic
from conformance.requirements import promise_of
from tests.soundness.cases import MUTANTS

FORMAL = ("answers", "errors", "requests", "lists", "links")
"""Where the register speaks of the form of requests and answers, as documents do; the rest rarely shows."""
PROFILES = ("smoke", "gate")
"""Faults of rows that only longer runs decide are left out: the clean run would not ask the same."""
Key = tuple[str, str, str, str]
"""Rule, operation, place, and what was met."""


@dataclass(frozen=True)
class Faulty:
    """What a run against a mock with a fault recorded, and what it shows that the clean one does not."""

    name: str
    seen: list[Seen]
    shown: frozenset[Key]

    @property
    def operations(self) -> frozenset[str]:
        """Where the service moved."""
        return frozenset(operation for _, operation, *_ in self.shown)


class Runs:
    """The runs in a folder, made when they are asked for; `tried` counts the faults."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.old: Any = aligned(OWN, document(OWN), {})
        self.tried = 0

    @cached_property
    def clean(self) -> list[Seen]:
        """What an honest mock answers to a whole run."""
        return self._recorded("clean", "--profile", "gate")

    def faulty(self) -> Iterator[Faulty]:
        """Faults in a seeded order, as far as their runs show a difference."""
        usual = deviations(self.old, self.clean)
        for name in drawn():
            self.tried += 1
            seen = self._recorded(name, "--fault", name, "--requirement", _row(name))
            shown = frozenset(deviations(self.old, seen) - usual)
            print(f"{name}: {len(seen)} exchanges show {len(shown)} differences", file=sys.stderr, flush=True)
            if shown:
                yield Faulty(name, seen, shown)

    def _recorded(self, name: str, *options: str) -> list[Seen]:
        reports = self.folder / name.replace("/", ".").replace(":", ".")
        if not (reports / "verdict.json").exists():
            command = [sys.executable, "-m", "conformance.cli", "run", "--reports", str(reports), *options]
            subprocess.run(command, capture_output=True, check=False)
        if not (seen := list(traffic(reports))):
            raise SystemExit(f"{reports}: nothing was recorded")
        return seen


def drawn() -> list[str]:
    """Every fault in a seeded order, those of the form of requests and answers before the others."""
    names = [name for name in MUTANTS if promise_of(_row(name)).profile in PROFILES]
    return sorted(names, key=_place)


def _place(name: str) -> tuple[bool, float]:
    """Where a fault comes, whatever other faults there are."""
    return not name.startswith(FORMAL), random.Random(f"{SEED} {name}").random()


def _row(fault: str) -> str:
    return fault.partition(":")[0]
