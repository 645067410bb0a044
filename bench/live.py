"""What a live target costs and what it gets; `python bench/live.py gate` and `… shards` print their tables.

A mock in a process of its own stands for the service, with the documented limits of the trial tier. `gate`:
what `plan` predicts and what runs take, several at once, each of a mock of its own, since a run within limits
mostly waits; with `--tier none` they do not know the limits and are told to wait. `shards`: whether shards,
joined, find what one run finds, on a mock with faults.
Exit 1 for a verdict that is red without a reason, for a limit not kept within, for shards that differ.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from conformance.mock.tokens import ITWIN, SECOND_ITWIN
from conformance.transport.pace import EVERY, LIMITS, NONE, TRIAL
from conformance.transport.recording import read_recording
from tests.everybody import THEIR_ROLES, TOKENS

COMMAND = [sys.executable, "-m", "conformance.cli"]
SPANS = {60.0: "minute", 3600.0: "hour"}
BOUNDS = {"requests": 1500, "iModels": 12}
FAULTS = ("named-versions/name-unique", "lists/order", "changesets/parent-exists", "links/resolve")


@dataclass(frozen=True)
class Took:
    """What a run took, how it ended, and how often it was told to wait."""

    requests: float
    imodels: float
    minutes: float
    exit: int = 0
    waits: int = 0


def _limits() -> Iterator[str]:
    for operation, limits in LIMITS[TRIAL].items():
        for number, span in limits:
            about = "" if operation == EVERY else f"{operation}="
            yield from ("--rate-limit", f"{about}{number}/{SPANS[span]}")


@contextmanager
def _served(folder: Path, *options: str) -> Iterator[dict[str, str]]:
    """A mock that stands for a service, and the environment in which a command goes to it."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "mock.log"
    command = [*COMMAND, "mock", "--port", "0", "--log", "off", *options]
    with log.open("w") as out, subprocess.Popen(command, stdout=out) as process:
        try:
            while not (told := log.read_text(encoding="utf-8").splitlines()[:1]):
                if process.poll() is not None:
                    raise SystemExit("the mock did not start")
                time.sleep(0.1)
            aim = {"IMODELS_TARGET": told[0].split()[-1], "IMODELS_ITWIN": f"{ITWIN} {SECOND_ITWIN}"}
            yield {**os.environ, **TOKENS, **THEIR_ROLES, **aim}
        finally:
            process.terminate()


def _call(where: dict[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], env=where, cwd=folder, capture_output=True, text=True, check=False
    )


def _verdict(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    return told


def _planned(folder: Path, tier: str, latency: float) -> Took:
    with _served(folder) as where:
        asked = ("plan", "--dedicated", "--tier", tier, "--latency", f"{latency:g}")
        said = _call(where, folder, *asked).stdout
    found = [
        re.search(rf"^{what} +([\d.]+)", said, re.MULTILINE) for what in ("requests", "iModels", "minutes")
    ]
    return Took(*(float(one[1]) for one in found if one))


def _ran(folder: Path, tier: str, latency: float) -> Took:
    with _served(folder, "--latency", f"{latency:g}", *_limits()) as where:
        began = time.monotonic()
        done = _call(where, folder, "run", "--dedicated", "--tier", tier, "--reports", "out")
        minutes = (time.monotonic() - began) / 60
    told = _verdict(folder / "out")
    statuses = [one["answer"]["status"] for one in read_recording(folder / "out" / "exchanges.jsonl.gz")]
    return Took(told["requests"], told["imodels"], minutes, done.returncode, statuses.count(429))


def _gate(folder: Path, tier: str, runs: int, latency: float) -> bool:
    print(f"{'':26}{'requests':>20}{'iModels':>12}{'minutes':>18}{'429':>14}  exit codes")
    plan = _planned(folder / "plan", tier, latency)
    print(
        f"{f'plan --tier {tier}':26}{plan.requests:20.0f}{plan.imodels:12.0f}{plan.minutes:18.1f}", flush=True
    )
    with ThreadPoolExecutor(runs) as pool:
        places = [folder / str(number) for number in range(runs)]
        took = list(pool.map(partial(_ran, tier=tier, latency=latency), places))
    cells = [
        _spread([one.requests for one in took], 20, 0),
        _spread([one.imodels for one in took], 12, 0),
        _spread([one.minutes for one in took], 18, 1),
        _spread([one.waits for one in took], 14, 0),
    ]
    print(f"{f'{runs} runs --tier {tier}':26}{''.join(cells)}  {', '.join(str(one.exit) for one in took)}")
    spared = max(one.imodels for one in took) <= BOUNDS["iModels"]
    # What is asked again after a 429 is no part of what a run sets out to ask.
    spared &= max(one.requests - one.waits for one in took) <= BOUNDS["requests"]
    return spared and not any(one.exit for one in took)


def _spread(values: list[float], width: int, digits: int) -> str:
    low, high = min(values), max(values)
    told = f"{median(values):.{digits}f}"
    return (told if low == high else f"{told} ({low:.{digits}f} to {high:.{digits}f})").rjust(width)


def _decided(folder: Path) -> dict[str, Any]:
    """All that a verdict says but for what another run must have otherwise."""
    told = _verdict(folder)
    rows = {row["name"]: (row["state"], sorted(row["findings"])) for row in told["rows"]}
    return {"verdict": told["verdict"], "exit": told["exit"], "tests": told["tests"], "rows": rows}


def _shards(folder: Path, seeds: Sequence[int], total: int) -> bool:
    good = True
    faults = [part for name in FAULTS for part in ("--fault", name)]
    for seed in seeds:
        here = folder / f"seed-{seed}"
        with _served(here, *faults) as where:
            asked = ("run", "--dedicated", "--tier", "none", "--seed", str(seed))
            _call(where, here, *asked, "--reports", "whole")
            parts = [f"part-{number}" for number in range(1, total + 1)]
            for number, part in enumerate(parts, 1):
                _call(where, here, *asked, "--shard", f"{number}/{total}", "--reports", part)
        _call(dict(os.environ), here, "merge", *parts, "--reports", "all")
        whole, joined = _decided(here / "whole"), _decided(here / "all")
        found = sum(len(findings) for _, findings in whole["rows"].values())
        alike = whole == joined
        good &= alike
        judged = "the same" if alike else "another"
        print(f"seed {seed}: {whole['verdict']}; {found} findings; joined: {judged}", flush=True)
        for part in whole:
            if whole[part] != joined[part]:
                print(f"  {part}: {_unlike(whole[part], joined[part])}")
    return good


def _unlike(whole: Any, joined: Any) -> Any:
    if not isinstance(whole, dict):
        return whole, joined
    return {
        key: (whole.get(key), joined.get(key)) for key in whole | joined if whole.get(key) != joined.get(key)
    }


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("gate", "shards"))
    parser.add_argument("--tier", choices=(TRIAL, NONE), default=TRIAL, help="whose limits the runs keep")
    parser.add_argument("--runs", type=int, default=5, help="runs at once")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds the service takes to answer")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--shards", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.what == "gate":
            good = _gate(Path(folder), given.tier, given.runs, given.latency)
        else:
            good = _shards(Path(folder), given.seeds, given.shards)
    sys.exit(not good)


if __name__ == "__main__":
    main()
