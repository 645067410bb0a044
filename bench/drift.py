"""What `drift` is worth: `python -m bench.drift operators | overlay RUN | moved RUN FAULTS… | observe RUN`.

operators: precision and recall of `drift spec`: each half of the operators, singly and in pairs.
overlay:   operators applied to the contract; the overlay from a recorded run is applied and looked at again.
moved:     planted moves of the document, of the mock (runs with faults) and of both; which side is named.
observe:   what `drift observe` costs beside the run that it reads; `… RUN TIMES PROFILE` of another profile.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_spec_validator import validate

from conformance.document import aligned, document
from conformance.drift.documents import differences, templates
from conformance.drift.moved import moved
from conformance.drift.observe import Observer
from conformance.drift.repair import repaired
from conformance.drift.traffic import Seen, traffic
from tests.drift.measure import Score, in_pairs, singly
from tests.drift.operators.frozen import FROZEN
from tests.drift.operators.later import LATER

OWN, PUBLISHED = Path("spec/imodels.openapi.yaml"), Path("spec/published.openapi.yaml")
Told = Counter[tuple[str, str]]
PLACES = {OWN: 5, PUBLISHED: 10}
PAIRS = {OWN: 60, PUBLISHED: 100}
SEED = 1


def operators() -> None:
    """Precision and recall of `drift spec`."""
    print("| document | operators | edits | changes | precision | recall |\n|---|---|---|---|---|---|")
    for file in (PUBLISHED, OWN):
        read = dict(document(file))
        for half, known in (("frozen", FROZEN), ("later", LATER)):
            score = singly(read, known.values(), PLACES[file], SEED)
            _line(file, f"{half} ({len(known)}), singly", score)
        both = [*FROZEN.values(), *LATER.values()]
        _line(file, f"all ({len(both)}), in pairs", in_pairs(read, both, PAIRS[file], SEED))


def _line(file: Path, name: str, score: Score) -> None:
    changes = score.right + len(score.missed)
    print(
        f"| {file.name} | {name} | {score.edits} | {changes} | {score.precision:.3f} | {score.recall:.3f} |",
        flush=True,
    )
    for kind, found in (("wrong", score.wrong), ("missed", score.missed)):
        for (operator, rule), times in Counter((o, change[0]) for o, change in found).items():
            print(f"  {kind}: {operator}: {rule} ({times})", file=sys.stderr)


def _edited(times: int) -> Iterator[tuple[str, dict[str, Any]]]:
    read = dict(document(OWN))
    for operator in (*FROZEN.values(), *LATER.values()):
        chance = random.Random(f"{SEED} {operator.name}")
        for _ in range(times):
            edit = operator.apply(read, chance)
            if edit is not None:
                yield operator.name, edit.document


def _deviations(read: Any, seen: list[Seen]) -> set[Any]:
    observer = Observer(aligned(OWN, read, {}))
    observer.take(seen)
    return set(observer.seen.facts)


def _operations(found: set[Any]) -> frozenset[str]:
    return frozenset(operation for _, operation, *_ in found)


def overlay(run: str, times: str = "1") -> None:
    """Defects of the document, repaired by what was seen."""
    seen = list(traffic(Path(run)))
    usual = _deviations(document(OWN), seen)
    defects, clean, valid, actions = 0, 0, 0, []
    for name, read in _edited(int(times)):
        if _deviations(read, seen) <= usual:
            continue
        defects += 1
        done = repaired(read, seen, None, name)
        clean += not done.left
        actions.append(len(done.overlay["actions"]))
        try:
            validate(done.document)
            valid += 1
        except Exception as error:
            print(f"  invalid after {name}: {str(error).splitlines()[0]}", file=sys.stderr)
        if done.left:
            print(f"  left after {name}: {done.left}", file=sys.stderr)
    print(f"{defects} defects that the run shows: {clean} without drift after the overlay, {valid} valid;")
    print(f"actions: median {statistics.median(actions)}, most {max(actions)}")


def moves(base: str, *faults: str) -> None:
    """Which side is named: the document, the mock, or both."""
    clean = list(traffic(Path(base)))
    old = aligned(OWN, document(OWN), {})
    told: Told = Counter()
    planted = 0
    for name, read in _edited(1):
        new = aligned(OWN, read, templates(old))
        if planted < 20 and differences(old, new):
            planted += 1
            _judge("document", name, old, new, clean, clean, told)
    usual = _deviations(old, clean)
    shown = [
        (fault, seen, at)
        for fault in faults
        if (at := _operations(_deviations(old, seen := list(traffic(Path(fault)))) - usual))
    ]
    print(f"{len(shown)} of {len(faults)} faulty runs show a difference to the document", file=sys.stderr)
    for fault, seen, _ in shown[:20]:
        _judge("service", Path(fault).name, old, old, seen, clean, told)
    # A document that tells all the service did before: what follows the fault is then no catching up.
    whole = repaired(document(OWN), clean, None, "x").document
    was = aligned(OWN, whole, {})
    for fault, seen, at in shown[:10]:
        new = aligned(OWN, repaired(whole, seen, None, "x").document, templates(was))
        _judge("both", Path(fault).name, was, new, seen, clean, told, at)
    print("| planted | named | times |\n|---|---|---|")
    for (planted_side, named), times in sorted(told.items()):
        print(f"| {planted_side} | {named} | {times} |")


def _judge(
    side: str,
    name: str,
    old: Any,
    new: Any,
    now: list[Seen],
    before: list[Seen],
    told: Counter[tuple[str, str]],
    at: frozenset[str] | None = None,
) -> None:
    """Whether the side is named; `at`: where the service moved, elsewhere only the document did."""
    rows = [row for row in moved(old, new, now, before) if row.side != "neither"]
    here = [row for row in rows if at is None or row.operation in at]
    elsewhere = [row for row in rows if row not in here]
    named = Counter(row.side for row in here)
    first = named.most_common(1)[0][0] if named else "nobody"
    right = set(named) == {side} and all(row.side == "document" for row in elsewhere)
    besides = ", and elsewhere the document" if right and elsewhere else ""
    told[side, f"{first}{besides}" if right or first != side else f"{side}, and others"] += 1
    if not right:
        odd = [(row.rule, row.operation, row.place, row.side) for row in here if row.side != side][:3]
        odd += [
            (row.rule, row.operation, row.place, row.side) for row in elsewhere if row.side != "document"
        ][:3]
        print(f"  {side} planted by {name}: {dict(named)} {odd}", file=sys.stderr)


def observe(run: str, times: str = "5", profile: str = "gate") -> None:
    """Paired: a run by itself, and with `drift observe` after it; the median of the ratios."""
    command = [sys.executable, "-m", "conformance.cli"]
    ratios = []
    for _ in range(int(times)):
        begun = time.perf_counter()
        subprocess.run(
            [*command, "run", "--profile", profile, "--reports", run], capture_output=True, check=False
        )
        alone = time.perf_counter() - begun
        begun = time.perf_counter()
        subprocess.run([*command, "drift", "observe", run], capture_output=True, check=False)
        ratios.append((alone + time.perf_counter() - begun) / alone)
        print(f"run {alone:.1f} s, with observe times {ratios[-1]:.3f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    given = {"operators": operators, "overlay": overlay, "moved": moves, "observe": observe}
    given[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]
