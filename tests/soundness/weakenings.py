"""Sensitivity from outside: the mock is weakened at random places, and a run must not stay green.

`python -m tests.soundness.weakenings --number 200` from the checkout. Only places that an honest run passes
through are drawn. What was tried with the same code is not tried again. Silent places are looked into by
hand: weakenings.yaml says what each of them is, and the table in docs/weakenings.md takes it from there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

import yaml

from conformance.api import INFO
from conformance.requirements import register
from tests.soundness.cases import LONGEST
from tests.soundness.sweep import ROOT, SOURCES, state
from tests.soundness.weaken import Place, places, weakened

MOCK = Path("conformance/mock")
ASIDE = ("faults", "liberties", "world", "pytest.py", "itwins.py", "signin")
"""What is not the API: mistakes and freedoms that are off, start states, services beside it."""
JUDGED = Path(__file__).with_suffix(".yaml")
PAGE = ROOT / "docs" / "weakenings.md"
PROFILES = ("smoke", "gate")
"""The cheap one first: what it finds the other need not look for."""
KILLED, SILENT = "killed", "silent"


@dataclass(frozen=True)
class Weakening:
    """A place in a file of the mock."""

    file: str
    place: Place

    @property
    def name(self) -> str:
        """What it is called in results and in weakenings.yaml."""
        return f"{self.file}:{self.place.line} {self.place.operator} #{self.place.number}"


def reached(folder: Path) -> dict[str, set[int]]:
    """Run the honest mock once: file → lines of the mock that were passed."""
    data, report = folder / "coverage", folder / "coverage.json"
    measured = [
        sys.executable,
        "-m",
        "coverage",
        "run",
        f"--data-file={data}",
        "--include=*/conformance/mock/*",
    ]
    run = [*measured, "-m", "conformance.cli", "run", "--reports", str(folder / "reports")]
    for command in (
        run,
        [sys.executable, "-m", "coverage", "json", f"--data-file={data}", "-o", str(report)],
    ):
        subprocess.run(command, **_surroundings(ROOT), timeout=LONGEST, check=False)
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    return {Path(name).as_posix(): set(found["executed_lines"]) for name, found in files.items()}


def drawn(number: int, seed: int, lines: dict[str, set[int]]) -> list[Weakening]:
    """A seeded choice of the places that a run passes."""
    found = []
    for file in sorted((ROOT / MOCK).rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        if file.relative_to(ROOT / MOCK).parts[0] not in ASIDE:
            known = places(file.read_text(encoding="utf-8"))
            found += [Weakening(name, place) for place in known if place.line in lines.get(name, ())]
    return random.Random(seed).sample(found, min(number, len(found)))


def attempt(weakening: Weakening) -> str:
    """What became of it: killed by rows or by the end of the run, or silent."""
    with TemporaryDirectory(prefix="weakening-") as folder:
        for source in SOURCES:
            shutil.copytree(
                ROOT / source, Path(folder) / source, ignore=shutil.ignore_patterns("__pycache__")
            )
        file = Path(folder) / weakening.file
        file.write_text(weakened(file.read_text(encoding="utf-8"), weakening.place), encoding="utf-8")
        for profile in PROFILES:
            if told := _judged(Path(folder), profile):
                return told
    return SILENT


def _judged(folder: Path, profile: str) -> str:
    """How a run in the folder told the weakening, `""` when it stayed green."""
    command = [sys.executable, "-m", "conformance.cli", "run", "--profile", profile, "--reports", profile]
    try:
        code = _told(command, folder, folder / profile / "ledger.json")
    except subprocess.TimeoutExpired:
        return f"{KILLED}: no end after {LONGEST} s"
    file = folder / profile / "verdict.json"
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    broken = [row["name"] for row in told.get("rows", []) if row["state"] in ("broken", "flaky")]
    if broken:
        return f"{KILLED}: {', '.join(broken[:3])}"
    return "" if code == 0 else f"{KILLED}: exit {code}, {told.get('verdict', 'no verdict')}"


def _told(command: list[str], folder: Path, book: Path) -> int:
    """Run a command in a folder, and no longer than until its book holds a broken test."""
    end = monotonic() + LONGEST
    with subprocess.Popen(command, **_surroundings(folder)) as process:
        while process.poll() is None and "broken" not in _outcomes(book):
            if monotonic() > end:
                process.kill()
                raise subprocess.TimeoutExpired(command, LONGEST)
            sleep(0.5)
        process.terminate()
    return process.returncode


def _outcomes(book: Path) -> list[str]:
    try:
        return list(json.loads(book.read_text(encoding="utf-8"))["tests"].values())
    except (OSError, ValueError):
        return []


def _surroundings(folder: Path) -> dict[str, Any]:
    quiet = dict.fromkeys(("stdout", "stderr"), subprocess.DEVNULL)
    return {"cwd": folder, "env": os.environ | {"PYTHONPATH": str(folder)}, **quiet}


def campaign(chosen: list[Weakening], file: Path, workers: int) -> dict[str, str]:
    """Try what the file does not hold for the code as it is, each written down at once."""
    now = state()
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    results = {name: told for at, name, told in map(json.loads, lines) if at == now}
    todo = [weakening for weakening in chosen if weakening.name not in results]
    with ThreadPoolExecutor(workers) as pool, file.open("a", encoding="utf-8") as out:
        futures = {pool.submit(attempt, weakening): weakening for weakening in todo}
        for number, future in enumerate(as_completed(futures), 1):
            name, told = futures[future].name, future.result()
            results[name] = told
            out.write(json.dumps([now, name, told]) + "\n")
            out.flush()
            print(f"{number}/{len(todo)} {name}: {told}", flush=True)
    return {weakening.name: results[weakening.name] for weakening in chosen}


def table(results: dict[str, str]) -> Iterator[str]:
    """The page: how many were killed of those that break a promise, and what the silent ones are."""
    judged: dict[str, str] = yaml.safe_load(JUDGED.read_text(encoding="utf-8")) or {}
    silent = {name: judged.get(name, "not looked into") for name, told in results.items() if told == SILENT}
    kinds = Counter(reason.split(":", 1)[0] for reason in silent.values())
    noted = sum(map(_only_noted, results.values()))
    killed = len(results) - len(silent) - noted
    stopped = sum(f"{KILLED}: exit" in told or f"{KILLED}: no end" in told for told in results.values())
    breaking = killed + kinds["missed"] + kinds["found since"] + kinds["not looked into"]
    yield "# Random weakenings of the mock"
    yield ""
    yield f"Written by `python -m tests.soundness.weakenings`; hash of the code: {state()}."
    yield ""
    yield f"{len(results)} places, drawn with a seed among those a run passes; {killed} of the {breaking}"
    yield f"that break a promise were killed, {killed - stopped} by a row that they broke and {stopped} by a"
    yield f"run that was inconclusive or did not begin; {noted} others were noted by INFO rows."
    yield "The others:"
    yield ""
    yield "| place | what it is |"
    yield "|---|---|"
    yield from (f"| `{name}` | {reason} |" for name, reason in sorted(silent.items()))


def _only_noted(told: str) -> bool:
    """Whether the rows that told a weakening fail no run."""
    kind, _, rows = told.partition(": ")
    names = [name for name in rows.split(", ") if name in register()]
    return kind == KILLED and bool(names) and all(register()[name].level == INFO for name in names)


def main() -> int:
    """Draw, try, and write the page; fails when a silent place is missed or was not looked into."""
    options = argparse.ArgumentParser(prog="tests.soundness.weakenings", description=__doc__)
    options.add_argument("--number", type=int, default=200)
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--results", type=Path, default=ROOT / "reports" / "weakenings.jsonl")
    given = options.parse_args()
    with TemporaryDirectory(prefix="weakenings-") as folder:
        lines = reached(Path(folder))
    results = campaign(drawn(given.number, given.seed, lines), given.results, given.workers)
    page = list(table(results))
    PAGE.write_text("\n".join(page) + "\n", encoding="utf-8")
    return int(any("not looked into" in line or "| missed" in line for line in page))


if __name__ == "__main__":
    sys.exit(main())
