"""How much of what operators did a differ tells, and how much it tells besides."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from conformance.document import aligned
from conformance.drift.documents import differences, templates
from conformance.drift.rules import RULES
from tests.drift.operators.kit import Change, Document, Edit, Operator

PAIR_TRIES = 30


@dataclass
class Score:
    """What was told of what was done."""

    edits: int = 0
    right: int = 0
    wrong: list[tuple[str, Change]] = field(default_factory=list)
    missed: list[tuple[str, Change]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The part of what was told that is true."""
        return self.right / max(1, self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """The part of what is true that was told."""
        return self.right / max(1, self.right + len(self.missed))

    def add(self, name: str, expected: Iterable[Change], told: Iterable[Change]) -> None:
        """Count one edit."""
        wanted, found = set(expected), set(told)
        self.edits += 1
        self.right += len(wanted & found)
        self.wrong += [(name, change) for change in sorted(found - wanted)]
        self.missed += [(name, change) for change in sorted(wanted - found)]


def tell(old: Document, new: Document) -> set[Change]:
    """What the differ says of two documents."""
    here = Path("document")
    before = aligned(here, old, {})
    return {(one.rule, one.operation) for one in differences(before, aligned(here, new, templates(before)))}


def singly(document: Document, operators: Iterable[Operator], times: int, seed: int) -> Score:
    """Each operator by itself, at so many random places."""
    score = Score()
    for operator in operators:
        chance = random.Random(f"{seed} {operator.name}")
        for _ in range(times):
            edit = operator.apply(document, chance)
            if edit is not None:
                score.add(operator.name, edit.expected, tell(document, edit.document))
    return score


def in_pairs(document: Document, operators: list[Operator], times: int, seed: int) -> Score:
    """Two operators after each other, neither of which takes away what the other did."""
    score = Score()
    for name, edit in islice(pairs(document, operators, seed), times):
        score.add(name, edit.expected, tell(document, edit.document))
    return score


def pairs(document: Document, operators: list[Operator], seed: int) -> Iterator[tuple[str, Edit]]:
    """Such pairs of edits in a seeded order, for ever."""
    chance = random.Random(f"{seed} pairs")
    while True:
        first, second = chance.choice(operators), chance.choice(operators)
        found = _pair(document, first, second, chance)
        if found is not None:
            yield f"{first.name} + {second.name}", Edit(*found)


def _pair(
    document: Document, first: Operator, second: Operator, chance: random.Random
) -> tuple[Document, frozenset[Change]] | None:
    for _ in range(PAIR_TRIES):
        one = first.apply(document, chance)
        other = second.apply(one.document, chance) if one else None
        if one and other and _apart(one, other, coarse=first.coarse or second.coarse):
            return other.document, one.expected | other.expected
    return None


def _apart(one: Edit, other: Edit, *, coarse: bool) -> bool:
    """Whether neither edit is where the other is."""
    operations = {operation for _, operation in one.expected} & {operation for _, operation in other.expected}
    if operations and coarse:
        return False
    return not any(
        a == b or a.startswith(f"{b}/") or b.startswith(f"{a}/") for a in one.touched for b in other.touched
    )


def misjudged(operators: Iterable[Operator], used: Iterable[Any]) -> list[str]:
    """Rules whose level is not what the operator says of it."""
    return [
        f"{operator.name}: {rule}"
        for operator, edit in zip(operators, used, strict=True)
        for rule in {name for name, _ in edit.expected}
        if (RULES[rule].level == "breaking") != (rule in operator.breaking)
    ]
