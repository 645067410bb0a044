"""Runs of the suite against a bent mock, two at a time, each started the way a user would."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

WORKERS = 2
LONGEST = 300
"""Seconds after which a run is given up."""


@dataclass(frozen=True)
class Outcome:
    """What a run said: exit code, broken rows, verdict line, and everything it printed."""

    exit: int
    broken: frozenset[str]
    line: str
    printed: str


Start = Callable[..., "Future[Outcome]"]


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start a run with these options of the command line; returns its coming outcome."""
    with ThreadPoolExecutor(WORKERS) as pool:

        def begin(*options: str) -> Future[Outcome]:
            return pool.submit(_run, options, tmp_path_factory.mktemp("run"))

        yield begin
        pool.shutdown(cancel_futures=True)


def _run(options: tuple[str, ...], folder: Path) -> Outcome:
    command = [sys.executable, "-m", "conformance.cli", "run", "--reports", str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, cwd=folder, check=False)
    printed = done.stdout + done.stderr
    file = folder / "verdict.json"
    told: dict[str, Any] = {"rows": [], "verdict": ""}
    if file.exists():
        told = json.loads(file.read_text(encoding="utf-8"))
    broken = frozenset(row["name"] for row in told["rows"] if row["state"] == "broken")
    return Outcome(done.returncode, broken, told["verdict"], printed)
