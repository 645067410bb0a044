"""What `drift` is worth: `python -m bench.drift operators | overlay RUN | observe RUN`.

operators: precision and recall of `drift spec`: each half of the operators, singly and in pairs.
overlay:   operators applied to the contract; the overlay from a recorded run is applied and looked at again.
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

from conformance.contract import load
from conformance.document import aligned, document
from conformance.drift.observe import Observer
from conformance.drift.repair import repaired
from conformance.drift.traffic import Seen, traffic
from tests.drift.measure import Score, in_pairs, singly
from tests.drift.operators.frozen import FROZEN
from tests.drift.operators.kit import Edit
from tests.drift.operators.later import LATER

OWN, PUBLISHED = Path("spec/imodels.openapi.yaml"), Path("spec/published.openapi.yaml")
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


def _edited(times: int) -> Iterator[tuple[str, Edit]]:
    read = dict(document(OWN))
    for operator in (*FROZEN.values(), *LATER.values()):
        chance = random.Random(f"{SEED} {operator.name}")
        for _ in range(times):
            edit = operator.apply(read, chance)
            if edit is not None:
                yield operator.name, edit


def deviations(read: Any, seen: list[Seen]) -> set[Any]:
    observer = Observer(aligned(OWN, read, {}))
    observer.take(seen)
    return set(observer.seen.facts)


def _by_operation(seen: list[Seen]) -> dict[str, list[Seen]]:
    """Traffic by the operation it was for, as differences name it."""
    told: dict[str, list[Seen]] = {}
    for one in seen:
        if found := load().route(one.request.method, one.path.removeprefix(load().base_path)):
            told.setdefault(" ".join(found[0].shape), []).append(one)
    return told


def overlay(run: str, times: str = "1") -> None:
    """Defects of the document, repaired by what was seen."""
    seen = list(traffic(Path(run)))
    usual, parts = deviations(document(OWN), seen), _by_operation(seen)
    defects, clean, valid, actions = 0, 0, 0, []
    for name, edit in _edited(int(times)):
        changed = sorted({operation for _, operation in edit.expected})
        if deviations(edit.document, [one for where in changed for one in parts.get(where, ())]) <= usual:
            continue
        defects += 1
        done = repaired(edit.document, seen, None, name)
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
    given = {"operators": operators, "overlay": overlay, "observe": observe}
    given[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]
