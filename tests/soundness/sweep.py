"""The whole proof: every mutant, every liberty, the honest mock under many seeds; writes docs/soundness.md.

`python -m tests.soundness.sweep` from the checkout. What was tried with the same code is not tried again, so
an interrupted sweep goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soundness.cases import LIBERTIES, MUTANTS, Case, Freedom, Mutant, companies, run
from tests.soundness.table import Result, table

ROOT = Path(__file__).parents[2]
SOURCES = ("conformance", "scenarios", "spec")
HONEST_SEEDS, ALONE, ROUNDS = range(1, 31), 1, (1, 2, 3)
COMPANY = 16


def cases(alone: bool = False) -> Iterator[Case]:
    """Everything there is to try: each liberty in three companies, and where that is asked for alone too."""
    yield from (Mutant(name) for name in MUTANTS)
    yield from (Freedom("", seed) for seed in HONEST_SEEDS)
    for number in ROUNDS:
        yield from companies(LIBERTIES, COMPANY, number)
    if alone:
        yield from (Freedom(name, ALONE) for name in LIBERTIES)


def state() -> str:
    """A hash over all that the outcome of a run depends on."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {".py", ".yaml", ".json"}:
                digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def key(case: Case) -> str:
    """The name of a case in the file of results."""
    return f"mutant {case.name}" if isinstance(case, Mutant) else f"seed {case.seed} {case.name}".strip()


def try_case(case: Case) -> Result:
    """Run a case and say what came of it."""
    with TemporaryDirectory(prefix="soundness-") as folder:
        outcome = run(case, Path(folder))
    beside = case.beside(outcome) if isinstance(case, Mutant) else []
    return Result(key(case), case.name, isinstance(case, Mutant), beside, case.problem(outcome), outcome.line)


def sweep(chosen: Iterable[Case], file: Path, workers: int, also: Iterable[str] = ()) -> list[Result]:
    """Try the cases that the file does not hold for the code as it is, each written down at once.

    `also`: states of the code whose good results still count, where the code was not tried as it is.
    """
    now = state()
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    told = [Result(**{**kept, "state": at}) for at, kept in map(json.loads, lines) if at in {now, *also}]
    results = {result.key: result for result in told if result.state != now and not result.problem}
    results |= {result.key: result for result in told if result.state == now}
    todo = [case for case in chosen if key(case) not in results]
    with ThreadPoolExecutor(workers) as pool, file.open("a", encoding="utf-8") as out:
        for number, future in enumerate(as_completed([pool.submit(try_case, case) for case in todo]), 1):
            result = results[future.result().key] = replace(future.result(), state=now)
            out.write(json.dumps([now, result.__dict__]) + "\n")
            out.flush()
            print(f"{number}/{len(todo)} {result.key}: {result.problem or 'as it should be'}", flush=True)
    return list(results.values())


def main() -> int:
    """Sweep, write the table when everything was tried, and fail when anything is not as it should be."""
    options = argparse.ArgumentParser(prog="tests.soundness.sweep", description=__doc__)
    options.add_argument("names", nargs="*", help="mutants or liberties; without any, all and the table")
    options.add_argument("--alone", action="store_true", help="each liberty alone, too: an hour more")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--results", type=Path, default=ROOT / "reports" / "soundness.jsonl")
    options.add_argument(
        "--also", action="append", default=[], metavar="STATE", help="earlier code that counts"
    )
    given = options.parse_args()
    chosen = [case for case in cases(given.alone) if not given.names or case.name in given.names]
    wanted = {key(case) for case in chosen}
    results = [r for r in sweep(chosen, given.results, given.workers, given.also) if r.key in wanted]
    if not given.names:
        (ROOT / "docs" / "soundness.md").write_text(table(results), encoding="utf-8")
    return int(any(result.problem for result in results))


if __name__ == "__main__":
    sys.exit(main())
