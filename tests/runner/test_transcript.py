"""One seed, one transcript: what a run asks does not depend on how sets of texts are ordered, say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from conformance.requirements import promise_of
from conformance.runner.plan import deciders


def _transcript(hash_seed: str, folder: Path) -> str:
    stories = (names for test, names in deciders().items() if test.startswith("scenarios."))
    rows = [name for name in sorted(frozenset().union(*stories)) if promise_of(name).profile != "full"]
    command = [sys.executable, "-m", "conformance.cli", "run", "--reports", str(folder)]
    command += [part for name in rows for part in ("--requirement", name)]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONHASHSEED": hash_seed}, capture_output=True, check=False
    )
    assert done.returncode == 0
    told: str = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))["transcript"]
    return told


def test_stories_ask_the_same_whatever_the_order_of_sets(tmp_path: Path) -> None:
    assert _transcript("1", tmp_path / "one") == _transcript("4", tmp_path / "other")
