"""What a recording says of its run: when, of whom, asked for what, and which rows it decided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conformance.contract import own_document
from conformance.kept import ReportsError, read_kept

VERDICT, LEDGER = "verdict.json", "ledger.json"
MEMBER = "_recording"
"""Where an archive has it: names that begin so are each tool's own."""
Data = dict[str, Any]


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
    # Joined reports have no book of their own.
    book: Data = {"target": {}}
    if (folder / LEDGER).is_file():
        book = read_kept(folder, LEDGER)
    run, contract = verdict["run"], verdict["contract"]["file"]
    return {
        "suite": verdict["suite"]["version"],
        "run": {name: run[name] for name in ("id", "started", "seed", "profile", "selection")},
        "target": book["target"] | verdict["target"],
        "contract": "" if contract == own_document().name else contract,
        "shard": run["shard"],
        "stopped": verdict["stopped"],
        "rows": {row["name"]: {"state": row["state"], "level": row["level"]} for row in verdict["rows"]},
    }
