"""Planted moves of the document, of the mock, and of both: `python -m bench.drift_moves FOLDER`.

The recorded runs are made into FOLDER, or taken from there. Of each planted move every difference that
`drift moved` tells must have the side that its place should have; one that has not makes the move wrong.
"""

from __future__ import annotations

import copy
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from bench.drift import OWN, SEED, deviations
from bench.drift_runs import Faulty, Key, Runs
from conformance.document import aligned, document
from conformance.drift.documents import differences, templates
from conformance.drift.locating import behind, locate
from conformance.drift.moved import BOTH, DOCUMENT, NEITHER, SERVICE, moved
from conformance.drift.repair import repaired
from conformance.drift.rows import Row
from conformance.drift.traffic import Seen
from tests.drift.operators.frozen import FROZEN
from tests.drift.operators.kit import Edit
from tests.drift.operators.later import LATER

ALONE, FOLLOWING, OTHERWISE = 20, 10, 5
Truth = Callable[[Row], str]


@dataclass(frozen=True)
class Planted:
    """One move: how it was made, the three corners, what was before, and which side each row should have."""

    kind: str
    name: str
    old: Any
    new: Any
    now: list[Seen]
    before: list[Seen]
    truth: Truth

    def wrong(self) -> Iterator[str]:
        """What `drift moved` says of it that is not so; that it says nothing where something moved."""
        rows = [row for row in moved(self.old, self.new, self.now, self.before) if row.side != NEITHER]
        if not rows:
            yield "nothing told"
        for row in rows:
            if row.side != self.truth(row):
                yield f"{row.rule} {row.operation} {row.place}: {row.side}, should be {self.truth(row)}"


def edits(salt: str) -> Iterator[tuple[str, Any, Edit]]:
    """Operators in a seeded order, each at a random place where `differences` tells it; for ever."""
    read = dict(document(OWN))
    old = aligned(OWN, read, {})
    chance = random.Random(f"{SEED} {salt}")
    while True:
        for operator in chance.sample([*FROZEN.values(), *LATER.values()], len(FROZEN) + len(LATER)):
            edit = operator.apply(read, chance)
            new = aligned(OWN, edit.document, templates(old)) if edit else None
            if edit and new and differences(old, new):
                yield operator.name, new, edit


def documents(runs: Runs) -> Iterator[Planted]:
    """The document moves."""
    for name, new, _ in islice(edits("document"), ALONE):
        yield Planted("document", name, runs.old, new, runs.clean, runs.clean, lambda _: DOCUMENT)


def services(runs: Runs, faults: list[Faulty]) -> Iterator[Planted]:
    """The service moves."""
    for fault in faults[:ALONE]:
        yield Planted("service", fault.name, runs.old, runs.old, fault.seen, runs.clean, lambda _: SERVICE)


def following(runs: Runs, faults: list[Faulty]) -> Iterator[Planted]:
    """The service moves, and the document says so; what that changes in other operations is its own move."""
    # A document that tells all the service did before: what follows the fault is then no catching up.
    whole = repaired(document(OWN), runs.clean, None, "x").document
    old = aligned(OWN, whole, {})
    for fault in faults[:FOLLOWING]:
        new = aligned(OWN, repaired(whole, fault.seen, None, "x").document, templates(old))
        yield Planted("both, the document follows", fault.name, old, new, fault.seen, runs.clean, at(fault))


def at(fault: Faulty) -> Truth:
    """Both moved in the operations that show the fault, elsewhere the document alone."""
    return lambda row: BOTH if row.operation in fault.operations else DOCUMENT


def apart(runs: Runs, faults: list[Faulty]) -> Iterator[Planted]:
    """The service moves, and in that very place the document says yet another thing, which holds nowhere."""
    chance = random.Random(f"{SEED} apart")
    for fault in chance.sample(faults, len(faults)):
        places = [(operation, place) for _, operation, place, _ in sorted(fault.shown)]
        for operation, place in chance.sample(places, len(places)):
            if keys := described(runs.old, operation, place):
                new = aligned(OWN, otherwise(keys), templates(runs.old))
                hit = {one for one in places if described(runs.old, *one) == keys}
                name = f"{fault.name} and {operation} {place}"
                truth = spots(hit, places, deviations(new, runs.clean))
                yield Planted("both, apart", name, runs.old, new, fault.seen, runs.clean, truth)
                break


def described(read: Any, operation: str, place: str) -> list[str]:
    """The keys of the schema of a place, where it has one."""
    method, _, path = operation.partition(" ")
    known = templates(read).get(path)
    found = locate(read, ["paths", known, method.lower()], place) if known and " /" in place else iter(())
    return next((behind(read, one.keys)[0] for one in found if one.node is not None), [])


def otherwise(keys: list[str]) -> Any:
    """The document with another type in this place."""
    changed = copy.deepcopy(dict(document(OWN)))
    node: Any = changed
    for key in keys[:-1]:
        node = node[int(key) if isinstance(node, list) else key]
    last: Any = int(keys[-1]) if isinstance(node, list) else keys[-1]
    node[last] = {"type": "string" if "boolean" in str(node[last].get("type")) else "boolean"}
    return changed


def spots(hit: set[tuple[str, str]], shown: list[tuple[str, str]], honest: set[Key]) -> Truth:
    """Both where the schema was changed and the fault shows, the service where only the fault shows.

    What an honest mock shows against the new document as well needs no move of the service.
    """

    def side(row: Row) -> str:
        spot = row.operation, row.place
        if spot not in shown or (row.rule, *spot, row.new) in honest:
            return DOCUMENT
        return BOTH if spot in hit else SERVICE

    return side


def elsewhere(runs: Runs, faults: list[Faulty]) -> Iterator[Planted]:
    """The service moves in some operations, the document in others."""
    made = edits("elsewhere")
    for fault in random.Random(f"{SEED} elsewhere").sample(faults, len(faults)):
        name, new, _ = next(one for one in made if not _operations(one[2]) & fault.operations)
        name = f"{fault.name} and {name}"
        yield Planted("both, elsewhere", name, runs.old, new, fault.seen, runs.clean, either(fault))


def either(fault: Faulty) -> Truth:
    """The service where the fault shows, the document in all other operations."""
    return lambda row: SERVICE if row.operation in fault.operations else DOCUMENT


def _operations(edit: Edit) -> set[str]:
    return {operation for _, operation in edit.expected}


def main(folder: Path) -> None:
    """Print how many of each kind were named right; which were not goes to standard error."""
    runs = Runs(folder)
    faults = list(islice(runs.faulty(), ALONE))
    planted = chain(
        documents(runs),
        services(runs, faults),
        following(runs, faults),
        islice(apart(runs, faults), OTHERWISE),
        islice(elsewhere(runs, faults), OTHERWISE),
    )
    print(f"{len(faults)} of {runs.tried} faults show a difference to the document")
    right, made = Counter[str](), Counter[str]()
    for one in planted:
        wrong = list(one.wrong())
        made[one.kind] += 1
        right[one.kind] += not wrong
        print(f"{one.kind}: {one.name}: {'; '.join(wrong[:4]) or 'right'}", file=sys.stderr, flush=True)
    print("| planted | moves | named right |\n|---|---|---|")
    for kind, times in made.items():
        print(f"| {kind} | {times} | {right[kind]} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
