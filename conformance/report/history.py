"""The last run in the same reports folder, and what is new, known or fixed since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.report.verdict import State, Verdict


@dataclass(frozen=True)
class Previous:
    """An earlier run against the same target: its id, and its findings as fingerprint → requirement."""

    run: str
    findings: Mapping[str, str]


def previous(folder: Path, target: str) -> Previous | None:
    """Return the latest earlier run against `target`, kept in this folder or beside it."""
    found = [read for file in _candidates(folder) if (read := _read(file, target))]
    return max(found, key=lambda read: read[0])[1] if found else None


def since(verdict: Verdict, before: Previous | None) -> dict[str, Any] | None:
    """Compare by fingerprint; fixed is only what this run looked at again and found held."""
    if before is None:
        return None
    now = [finding.fingerprint for row in verdict.rows for finding in row.findings]
    held = {row.row.name for row in verdict.rows if row.state is State.HELD}
    gone = [mark for mark, name in before.findings.items() if mark not in now and name in held]
    return {
        "run": before.run,
        "new": [mark for mark in now if mark not in before.findings],
        "known": [mark for mark in now if mark in before.findings],
        "fixed": gone,
    }


def _candidates(folder: Path) -> Iterator[Path]:
    yield folder / "verdict.json"
    yield from (file for file in folder.parent.glob("*/verdict.json") if not file.parent.is_symlink())


def _read(file: Path, target: str) -> tuple[str, Previous] | None:
    """When an earlier run began and what it found; None for anything that is not a report of this target."""
    try:
        verdict = json.loads(file.read_text(encoding="utf-8"))
        if verdict["target"]["url"] != target:
            return None
        findings = json.loads((file.parent / "findings.json").read_text(encoding="utf-8"))["findings"]
        marks = {finding["fingerprint"]: finding["requirement"] for finding in findings}
        return str(verdict["run"]["started"]), Previous(str(verdict["run"]["id"]), marks)
    except (OSError, ValueError, KeyError, TypeError):
        return None
