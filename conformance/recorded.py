"""What a recording says of its run: when, of whom, asked for what, and which rows it decided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conformance.contract import own_document
from conformance.kept import ReportsError, read_kept
from conformance.runner.options import MOCK

VERDICT, LEDGER = "verdict.json", "ledger.json"
MEMBER = "_recording"
"""Where an archive has it: names that begin so are each tool's own."""
Data = dict[str, Any]
UNTOLD: Data = {"dedicated": False, "not_offered": [], "roles": [], "baseline": False, "read_only": False}
"""What joined reports, which have no book of their own, do not say of a target."""


def recorded(path: Path) -> Data:
    """What a recording says of its run: reports, or an archive that `record` wrote; raises ReportsError."""
    try:
        if path.is_dir():
            return told(path)
        found: Data = json.loads(path.read_bytes())["log"][MEMBER]
    except OSError as error:
        raise ReportsError(f"no recording in {path}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportsError(f"{path}: not the recording of a run") from error
    return found


def told(folder: Path) -> Data:
    """The same of the reports of a run; raises what reading them raises."""
    verdict = read_kept(folder, VERDICT)
    book: Data = {"target": UNTOLD | {"embedded": is_mock(verdict["target"]["url"])}}
    if (folder / LEDGER).is_file():
        book = read_kept(folder, LEDGER)
    run, contract = verdict["run"], verdict["contract"]
    files = [contract["file"], *(overlay["file"] for overlay in contract["overlays"])]
    return {
        "suite": verdict["suite"]["version"],
        "run": {name: run[name] for name in ("id", "started", "seed", "profile", "selection")},
        "target": book["target"] | verdict["target"],
        "contract": "" if files == [own_document().name] else " with ".join(files),
        "shard": run["shard"],
        "stopped": verdict["stopped"],
        "rows": {row["name"]: {"state": row["state"], "level": row["level"]} for row in verdict["rows"]},
    }


def is_mock(url: str) -> bool:
    """Whether this is how a run calls the built-in mock, in whichever view."""
    return url.partition(",")[0] == MOCK
