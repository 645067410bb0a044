"""The stories told in every way: alone, in any order, side by side, again on one target, under each liberty.

`python -m tests.soundness.stories` from the checkout, ten minutes; writes docs/stories.md. All of the profile
`full` are told. A way is good when each story passed, no row that counts was told against the mock, and
nothing was left.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from conformance.api import INFO
from conformance.mock import tokens
from conformance.mock.server import MockServer
from conformance.runner.judging import judge
from conformance.runner.options import Options
from conformance.runner.workers import judge_together
from conformance.transport.pace import NONE
from tests.everybody import THEIR_ROLES, TOKENS
from tests.soundness.cases import LIBERTIES
from tests.soundness.sweep import ROOT, state

PAGE = ROOT / "docs" / "stories.md"
ALL = Options(tests=("scenarios",), profile="full")
ORDERS = (1, 2, 3)
AGAIN, TOGETHER = "again on a target that was not reset", "at the same time as another run on one target"


@dataclass(frozen=True)
class Way:
    """One way to tell stories: the kind it counts for, what it is called, and by how many processes."""

    kind: str
    name: str
    options: Options
    workers: int = 1


def told(way: Way) -> tuple[int, str]:
    """How many stories passed, and what is wrong, `""` for nothing."""
    with TemporaryDirectory(prefix="stories-") as folder, contextlib.redirect_stdout(io.StringIO()):
        options = replace(way.options, reports=folder)
        if way.workers > 1:
            judge_together(options, way.workers, _complain)
        else:
            judge(options, _complain)
        verdict = json.loads(Path(folder, "verdict.json").read_text(encoding="utf-8"))
    passed = verdict["tests"].get("passed", 0)
    wrong_rows = [row for row in verdict["rows"] if row["state"] in ("broken", "flaky")]
    # A remark of level INFO fails nobody.
    broken = [row["name"] for row in wrong_rows if row["level"] != INFO]
    # What a liberty does not offer leaves the stories about it open.
    whole = options.liberties or verdict["tests"] == {"planned": passed, "passed": passed}
    if broken or verdict["left_behind"] or verdict["trouble"] or not whole:
        wrong = (verdict["tests"], broken, verdict["left_behind"], verdict["trouble"])
        return passed, " ".join(map(str, wrong))
    return passed, ""


def _complain(text: str, code: int) -> int:
    """Of a part of the tests a verdict is inconclusive; what went wrong is read from its file."""
    return code


def stories() -> list[str]:
    """The ids of all stories."""
    with TemporaryDirectory(prefix="stories-") as folder, contextlib.redirect_stdout(io.StringIO()):
        judge(replace(ALL, reports=folder), _complain)
        return list(json.loads(Path(folder, "ledger.json").read_text(encoding="utf-8"))["tests"])


def ways(known: list[str]) -> Iterator[Way]:
    """Every way that needs no target of its own."""
    yield Way("all by two processes", "two", ALL, workers=2)
    for seed in ORDERS:
        shuffled = random.Random(seed).sample(known, len(known))
        yield Way("all in a shuffled order", f"order {seed}", replace(ALL, tests=tuple(shuffled)))
    for name in known:
        yield Way("one alone", name, replace(ALL, tests=(name,)))
    for name in LIBERTIES:
        yield Way("all under one liberty", name, replace(ALL, liberties=(name,)))


def of_target(pool: ProcessPoolExecutor) -> Iterator[tuple[Way, tuple[int, str]]]:
    """What comes of one target that is used more than once."""
    with MockServer() as server:
        itwins = (tokens.ITWIN, tokens.SECOND_ITWIN)
        there = replace(ALL, target=server.url, itwins=itwins, dedicated=True, tier=NONE)
        for number in (1, 2):
            way = Way(AGAIN, f"time {number}", there)
            yield way, told(way)
        both = [Way(TOGETHER, f"run {number}", there) for number in (1, 2)]
        yield from zip(both, pool.map(told, both), strict=True)


def table(results: Iterable[tuple[Way, tuple[int, str]]]) -> Iterator[str]:
    """The page."""
    kinds: dict[str, list[tuple[int, str]]] = {}
    for way, result in results:
        kinds.setdefault(way.kind, []).append(result)
    yield "# The stories, told in every way"
    yield ""
    yield f"Written by `python -m tests.soundness.stories`; hash of the code: {state()}."
    yield "A way is good when each story passed, no row that counts was told against the mock, nothing left."
    yield ""
    yield "A liberty that leaves something out leaves the stories about it open."
    yield ""
    yield "| how the stories were told | stories that passed each time | good |"
    yield "|---|---|---|"
    for kind, outcomes in kinds.items():
        number = "-".join(map(str, sorted({min(outcomes)[0], max(outcomes)[0]})))
        yield f"| {kind} | {number} | {sum(not wrong for _, wrong in outcomes)} of {len(outcomes)} |"


def main() -> int:
    """Tell them all, write the page; fails when a way is not good."""
    options = argparse.ArgumentParser(prog="tests.soundness.stories", description=__doc__)
    options.add_argument("--workers", type=int, default=2)
    given = options.parse_args()
    results = []
    os.environ |= TOKENS | THEIR_ROLES
    with ProcessPoolExecutor(given.workers) as pool:
        chosen = list(ways(stories()))
        for way, result in zip(chosen, pool.map(told, chosen), strict=True):
            results.append((way, result))
            print(f"{way.kind}, {way.name}: {result[1] or 'good'}", flush=True)
        for way, result in of_target(pool):
            results.append((way, result))
            print(f"{way.kind}, {way.name}: {result[1] or 'good'}", flush=True)
    PAGE.write_text("\n".join(table(results)) + "\n", encoding="utf-8")
    return int(any(wrong for _, (_, wrong) in results))


if __name__ == "__main__":
    sys.exit(main())
