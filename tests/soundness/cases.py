"""The runs that prove the suite: each bends the mock in one way, and says what is wrong with an outcome."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from conformance.mock.catalogue import list_faults, list_liberties, list_rules
from conformance.requirements import promise_of

LONGEST = 600
"""Seconds after which a run is given up."""

IMPLIED: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("implied.yaml").read_text()) or {}
"""Mutant → other rows that it truly breaks too."""

MUTANTS = sorted({*list_rules(), *list_faults()})
LIBERTIES = list_liberties()
VARIANT = re.compile(r"-\d+$")
"""How the names of liberties end that answer one question with different statuses."""


@dataclass(frozen=True)
class Outcome:
    """What a run said: exit code, broken rows that tell against a server, verdict line, what it printed."""

    exit: int
    broken: frozenset[str] = frozenset()
    remarks: frozenset[str] = frozenset()
    line: str = ""
    printed: str = ""


@dataclass(frozen=True)
class Mutant:
    """A mock without one rule, or with one fault; named after the row it breaks, variants after a colon."""

    name: str

    @property
    def row(self) -> str:
        """The row it breaks."""
        return self.name.split(":", 1)[0]

    @property
    def options(self) -> list[str]:
        """The tests that own its row, and the cross-section."""
        profile = promise_of(self.row).profile
        wide = ["--profile", profile] if profile not in {"smoke", "gate"} else []
        return ["--fault", self.name, "--requirement", self.row, "--cross-section", *wide]

    def beside(self, outcome: Outcome) -> list[str]:
        """The rows reported besides its own; one of level INFO fails nobody and may come with anything."""
        return sorted(outcome.broken - {self.row})

    def problem(self, outcome: Outcome) -> str:
        """What is wrong with the outcome, `""` when its row is told and no other that it does not imply."""
        if self.row not in outcome.broken | outcome.remarks:
            return "not found"
        if odd := [name for name in self.beside(outcome) if name not in IMPLIED.get(self.name, [])]:
            return f"also reported: {', '.join(odd)}"
        must = any(promise_of(name).level == "MUST" for name in outcome.broken)
        return "" if (outcome.exit == 1) == must else f"exit {outcome.exit}"


@dataclass(frozen=True)
class Freedom:
    """A correct mock: with one liberty, with several joined by `+`, or as it is when the name is empty.

    `kind`: which part of the proof it belongs to.
    """

    name: str
    seed: int
    kind: Literal["honest", "full", "alone", "company", "all"] = "honest"

    @property
    def liberties(self) -> list[str]:
        """What it is free to do."""
        return self.name.split("+") if self.name else []

    @property
    def options(self) -> list[str]:
        """A whole run."""
        liberties = [part for name in self.liberties for part in ("--liberty", name)]
        wide = ["--profile", "full"] if self.kind == "full" else []
        return [*liberties, *wide, "--seed", str(self.seed)]

    def problem(self, outcome: Outcome) -> str:
        """What is wrong with the outcome, `""` for a clean one; a remark of level INFO fails nobody."""
        if outcome.broken:
            return f"reported: {', '.join(sorted(outcome.broken))}"
        return "" if outcome.exit == 0 else f"exit {outcome.exit}"


Case = Mutant | Freedom


def run(case: Case, folder: Path) -> Outcome:
    """Run the suite for a case, reports into a folder."""
    command = [sys.executable, "-m", "conformance.cli", "run", "--reports", str(folder), *case.options]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LONGEST, cwd=folder, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(-1, line=f"no end after {LONGEST} s")
    file = folder / "verdict.json"
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    broken = {row["name"]: row["level"] for row in told.get("rows", []) if row["state"] == "broken"}
    return Outcome(
        done.returncode,
        frozenset(name for name, level in broken.items() if level != "INFO"),
        frozenset(name for name, level in broken.items() if level == "INFO"),
        told.get("verdict", ""),
        done.stdout + done.stderr,
    )


def companies(names: list[str], size: int, number: int) -> list[Freedom]:
    """Every liberty in a company of about so many, none beside another answer to the same question.

    Each company runs with another seed, and each `number` makes other ones.
    """
    drawn = random.Random(number).sample(names, len(names))
    found: list[list[str]] = [[] for _ in range(-(-len(names) // size))]
    for name in drawn:
        kin = VARIANT.sub("", name)
        apart = [group for group in found if all(VARIANT.sub("", other) != kin for other in group)]
        min(apart or found, key=len).append(name)
    return [Freedom("+".join(sorted(group)), 100 * number + at, "company") for at, group in enumerate(found)]


def all_at_once(names: list[str], seed: int) -> Freedom:
    """Every liberty there is; of those that answer one question differently, the one that the seed draws."""
    drawn = {VARIANT.sub("", name): name for name in random.Random(seed).sample(names, len(names))}
    return Freedom("+".join(sorted(drawn.values())), seed, "all")


def sample(names: list[str], number: int) -> list[str]:
    """A seeded choice, for an ordinary run of the tests."""
    return sorted(random.Random(2026).sample(names, min(number, len(names))))
