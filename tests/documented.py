"""Every documented error of every operation, with the test that reaches it, or why none can.

`python -m tests.documented [DIR]` prints it from the reports of a whole run against the mock, by default
of the last one.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from conformance.kept import reports_folder

Data = dict[str, Any]
UNREACHED: dict[str, dict[str, str]] = yaml.safe_load(
    Path(__file__).with_name("unreached.yaml").read_text("utf-8")
)
"""Operation → documented errors that a run against the mock does not meet, with the reason."""
PROVOKED = "tests/mock/test_documented_errors.py"
LOOPS = {401: "test_nobody_gets_in[{operation}]", 429: "test_nobody_asks_too_often[{operation}-{code}]"}


def rows(operations: list[Data]) -> Iterator[tuple[str, str, str, str, str]]:
    """Operation, error, label, how it is reached, and by what or why not."""
    for operation in operations:
        for error in operation["errors"]:
            pair = f"{error['status']} {error['code']}"
            yield operation["id"], pair, error["label"], *_reached(operation["id"], pair, error)


def _reached(operation: str, pair: str, error: Data) -> tuple[str, str]:
    if error["by"]:
        return "by a run", error["by"]
    if loop := LOOPS.get(error["status"]):
        return "by the mock's tests", f"{PROVOKED}::{loop.format(operation=operation, code=error['code'])}"
    if reason := UNREACHED.get(operation, {}).get(pair):
        return "not by a run", reason
    return ("not sought", f"{error['label']} only") if error["label"] != "doc" else ("NOT REACHED", "")


def main(folder: Path) -> int:
    """Print the table; 1 where a documented error is left over."""
    told = list(rows(json.loads((folder / "operations.json").read_bytes())["operations"]))
    print("| operation | error | label | reached | where, or why not |", "|---|---|---|---|---|", sep="\n")
    for row in told:
        print(f"| {' | '.join(row)} |")
    counts = Counter(row[3] for row in told)
    print(f"\n{len(told)} documented errors: {', '.join(f'{n} {how}' for how, n in counts.items())}.")
    return int("NOT REACHED" in counts)


if __name__ == "__main__":
    sys.exit(main(reports_folder(Path(sys.argv[1]) if sys.argv[1:] else None)))
