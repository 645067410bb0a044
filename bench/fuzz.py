"""What strangers make of the mock: stock schemathesis, all phases; `python bench/fuzz.py` prints the table.

Runs until the mock was asked often enough, each time with another seed. Exit 1 for a 5xx, for a request that
was not answered, for a body that shows the inside of the service, and for a mock that is gone at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any
from urllib.request import urlopen

from conformance.mock.tokens import ITWIN, SECOND_ITWIN, USERS, token

REQUESTS = 10_000
EXAMPLES = 60
ROUNDS = 20
IMODELS = 50
HERE = Path(__file__).resolve().parent
FUZZ = [sys.executable, "-m", "schemathesis.cli"]


def identifier(number: int) -> str:
    """The id of the iModel with that number."""
    return f"00000000-0000-4000-8000-{number:012}"


def _world() -> dict[str, Any]:
    """Many iModels, since a stranger deletes some of them, each with something of every kind."""
    imodels = [
        {
            "id": identifier(number),
            "name": f"iModel {number}",
            "briefcases": [{}, {"owner": "second"}],
            "changesets": [{"briefcase": 2}, {"briefcase": 3}],
            "namedVersions": [{"name": "One", "changeset": 1}],
            "locks": [{"briefcase": 2, "level": "exclusive", "objects": ["0x1"]}],
        }
        for number in range(IMODELS)
    ]
    imodels[0]["namedVersions"] = [{"id": identifier(IMODELS), "name": "One", "changeset": 1}]
    return {"itwins": [{"id": ITWIN, "imodels": imodels}, {"id": SECOND_ITWIN}]}


@contextmanager
def serving(log: Path, *options: str) -> Iterator[str]:
    """A mock in a process of its own that tells its log to a file; answers where it is."""
    world = log.with_name("world.yaml")
    world.write_text(json.dumps(_world()))
    command = [sys.executable, "-m", "conformance.cli", "mock", "--port", "0", "--log", "json"]
    command += ["--world", str(world), *options]
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            while not (first := log.read_text().splitlines()[:1]) and process.poll() is None:
                sleep(0.01)
            yield first[0].rpartition(" ")[2]
        finally:
            process.terminate()


def fuzz(url: str, seed: int, folder: Path) -> list[str]:
    """One run against a mock; answers what was wrong."""
    origin = url.rpartition("/")[0]
    command = [*FUZZ, "run", f"{origin}/openapi.yaml", "--url", url, "--seed", str(seed)]
    command += ["--header", f"Authorization: Bearer {token('admin')}", "--checks", "not_a_server_error"]
    command += [
        "--max-examples",
        str(EXAMPLES),
        "--request-timeout",
        "20",
        "--no-color",
        "--continue-on-failure",
    ]
    told = {
        "FUZZ_ITWINS": f"{ITWIN} {SECOND_ITWIN}",
        "FUZZ_IMODELS": " ".join(map(identifier, range(IMODELS))),
        "FUZZ_VERSION": identifier(IMODELS),
        "FUZZ_USER": USERS["admin"].id,
        "FUZZ_SEED": str(seed),
        "SCHEMATHESIS_HOOKS": "plant",
        "PYTHONPATH": os.pathsep.join([str(HERE / "fuzzing"), os.environ.get("PYTHONPATH", "")]),
    }
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, env=os.environ | told
    )
    if done.returncode:
        return [f"seed {seed}: schemathesis exit {done.returncode}", *done.stdout.splitlines()[-80:]]
    with urlopen(f"{origin}/") as page:
        return [] if page.status == 200 else ["the mock is gone"]


def main() -> int:
    """Fuzz until there were enough requests."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    answers: Counter[tuple[int, str]] = Counter()
    wrong: list[str] = []
    for seed in range(given.seed, given.seed + ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            with serving(log) as url:
                wrong += fuzz(url, seed, Path(folder))
            answers += _read(log, wrong)
        if wrong or answers.total() >= given.requests:
            break
    for (status, code), count in sorted(answers.items()):
        print(f"{count:7} {status} {code}")
    print(f"{answers.total():7} requests")
    print("\n".join(wrong) or "no 5xx, nothing left unanswered")
    return 1 if wrong or answers.total() < given.requests else 0


def _read(log: Path, wrong: list[str]) -> Counter[tuple[int, str]]:
    answers: Counter[tuple[int, str]] = Counter()
    for line in log.read_text().splitlines():
        if line.startswith("{"):
            told = json.loads(line)
            answers[told["status"], told["code"] or ""] += 1
            if told["status"] >= 500:
                wrong.append(line)
        elif "Traceback" in line:
            wrong.append(line)
    return answers


if __name__ == "__main__":
    sys.exit(main())
