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
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.soundness.cases import LIBERTIES, MUTANTS, Case, Freedom, Mutant, all_at_once, companies, run
from tests.soundness.page import put
from tests.soundness.rows import part
from tests.soundness.table import KINDS, Result, table

ROOT = Path(__file__).parents[2]
SOURCES = ("conformance", "scenarios", "spec")
SEEDS, FULL_SEEDS, ALONE, ROUNDS = range(1, 31), (1, 2, 3), 1, (1, 2, 3)
COMPANY = 16


def cases(alone: bool = False) -> Iterator[Case]:
    """Everything there is to try: the liberties in companies, all at once, and where asked for alone too."""
    yield from (Mutant(name) for name in MUTANTS)
    yield from (Freedom("", seed) for seed in SEEDS)
    yield from (Freedom("", seed, "full") for seed in FULL_SEEDS)
    yield from (all_at_once(LIBERTIES, seed) for seed in SEEDS)
    for number in ROUNDS:
        yield from companies(LIBERTIES, COMPANY, number)
    if alone:
        yield from (Freedom(name, ALONE, "alone") for name in LIBERTIES)


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
    if isinstance(case, Mutant):
        return f"mutant {case.name}"
    wide = {"full": "full ", "all": "all "}.get(case.kind, "")
    return f"{wide}seed {case.seed} {case.name}".strip()


def try_case(case: Case, now: str) -> Result:
    """Run a case and say what came of it with this state of the code."""
    begun = monotonic()
    with TemporaryDirectory(prefix="soundness-") as folder:
        outcome = run(case, Path(folder))
    beside = case.beside(outcome) if isinstance(case, Mutant) else []
    return Result(beside, case.problem(outcome), outcome.line, round(monotonic() - begun, 1), now)


def sweep(chosen: list[Case], file: Path, workers: int, also: Iterable[str] = ()) -> dict[Case, Result]:
    """Try the cases that the file does not hold for the code as it is, each written down at once.

    `also`: states of the code whose good results still count, where the code was not tried as it is.
    """
    now = state()
    file.parent.mkdir(parents=True, exist_ok=True)
    kept: dict[str, Result] = {}
    for name, result in _read(file):
        if result.state == now or (result.state in also and not result.problem and name not in kept):
            kept[name] = result
    results = {case: kept[key(case)] for case in chosen if key(case) in kept}
    todo = [case for case in chosen if case not in results]
    with ThreadPoolExecutor(workers) as pool, file.open("a", encoding="utf-8") as out:
        futures = {pool.submit(try_case, case, now): case for case in todo}
        for number, future in enumerate(as_completed(futures), 1):
            case, result = futures[future], future.result()
            results[case] = result
            out.write(json.dumps({"key": key(case), **asdict(result)}) + "\n")
            out.flush()
            print(f"{number}/{len(todo)} {key(case)}: {result.problem or 'as it should be'}", flush=True)
    return results


def _read(file: Path) -> Iterator[tuple[str, Result]]:
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        kept = json.loads(line)
        yield kept.pop("key"), Result(**kept)


def main() -> int:
    """Sweep, write the table when everything was tried, and fail when anything is not as it should be."""
    options = argparse.ArgumentParser(prog="tests.soundness.sweep", description=__doc__)
    options.add_argument("names", nargs="*", help="mutants or liberties; without any, all")
    options.add_argument("--kind", choices=KINDS, help="honest runs of this kind only")
    options.add_argument("--alone", action="store_true", help="each liberty alone, too: an hour more")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--results", type=Path, default=ROOT / "reports" / "soundness.jsonl")
    options.add_argument(
        "--also", action="append", default=[], metavar="STATE", help="earlier code that counts"
    )
    given = options.parse_args()
    chosen = [case for case in cases(given.alone) if not given.names or case.name in given.names]
    if given.kind:
        chosen = [case for case in chosen if isinstance(case, Freedom) and case.kind == given.kind]
    results = sweep(chosen, given.results, given.workers, given.also)
    if not given.names and not given.kind:
        put(table(results))
        put(part())
    return int(any(result.problem for result in results.values()))


if __name__ == "__main__":
    sys.exit(main())
