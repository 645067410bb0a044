"""The last run in the same reports folder, and what is new, known or fixed since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.report.verdict import DECIDED, Verdict

Selected = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Previous:
    """An earlier run against the same target: its id, and its findings.

    They are told as fingerprint → requirement and operation.
    """

    run: str
    findings: Mapping[str, tuple[str, str]]


def previous(folder: Path, target: str, selection: Selected | None = None) -> Previous | None:
    """Return the latest earlier run against `target`, kept in this folder or beside it.

    One that was asked for a part only says nothing of the rest, so it counts only for the same part, and a
    shard does not count.
    """
    found = [read for file in _candidates(folder) if (read := _read(file, target, selection or {}))]
    return max(found, key=lambda read: read[0])[1] if found else None


def since(verdict: Verdict, before: Previous | None) -> dict[str, Any] | None:
    """Compare by fingerprint; fixed is only what this run looked at again, and found held there."""
    if before is None:
        return None
    now = [finding.fingerprint for row in verdict.rows for finding in row.findings]
    held = {row.row.name: row.held_on for row in verdict.rows if row.state in DECIDED}
    gone = [
        mark
        for mark, (name, operation) in before.findings.items()
        if mark not in now and operation in held.get(name, ())
    ]
    return {
        "run": before.run,
        "new": [mark for mark in now if mark not in before.findings],
        "known": [mark for mark in now if mark in before.findings],
        "fixed": gone,
    }


def _candidates(folder: Path) -> Iterator[Path]:
    yield folder / "verdict.json"
    yield from (file for file in folder.parent.glob("*/verdict.json") if not file.parent.is_symlink())


def _read(file: Path, target: str, selection: Selected) -> tuple[str, Previous] | None:
    """When an earlier run began and what it found; None for anything that is not a report of this target."""
    try:
        verdict = json.loads(file.read_text(encoding="utf-8"))
        if verdict["target"]["url"] != target or verdict["run"].get("shard"):
            return None
        chosen = {kind: names for kind, names in verdict["run"].get("selection", {}).items() if names}
        if chosen and chosen != {kind: list(names) for kind, names in selection.items() if names}:
            return None
        findings = json.loads((file.parent / "findings.json").read_text(encoding="utf-8"))["findings"]
        marks = {found["fingerprint"]: (found["requirement"], found["operation"]) for found in findings}
        return str(verdict["run"]["started"]), Previous(str(verdict["run"]["id"]), marks)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
