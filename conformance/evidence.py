"""Evidence: which recording of the live service was the last to decide each row; kept beside the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from conformance.contract import own_document
from conformance.kept import ReportsError
from conformance.recorded import is_mock
from conformance.report.verdict import DECIDED

NONE_YET = "no evidence from the live service yet"
HEAD = """\
# Which recording of the live service was the last to decide each row, and how.
# Written by `imodels-conformance evidence RECORDING`, never by hand; without a recording there is no entry.
"""
Data = dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """What the newest recording that decided a row says of it; `recorded` is when its run began."""

    recorded: str
    target: str
    suite: str
    state: str

    @property
    def date(self) -> str:
        """The day."""
        return self.recorded[:10]

    @property
    def words(self) -> str:
        """All of it."""
        return f"{self.state} on {self.date} at {self.target}, suite {self.suite}"


def evidence_file() -> Path:
    """The file beside the register."""
    return own_document().parent / "evidence.yaml"


@cache
def evidence() -> Mapping[str, Evidence]:
    """Row → its evidence, of those that have any; raises ReportsError."""
    return read(evidence_file())


def words_of(name: str) -> str:
    """The evidence of a row, in words."""
    found = evidence().get(name)
    return found.words if found else NONE_YET


def read(path: Path) -> dict[str, Evidence]:
    """Read a file of evidence, one that is not there as an empty one; raises ReportsError."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
        return {
            name: Evidence(str(entry["recorded"]), entry["target"], entry["suite"], state)
            for entry in entries
            for state, names in entry["rows"].items()
            for name in names
        }
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ReportsError(f"cannot read the evidence in {path}: {type(error).__name__}") from error


def write(path: Path, rows: Mapping[str, Evidence]) -> None:
    """Write a file of evidence, a recording after the other; raises OSError."""
    entries: dict[tuple[str, str, str], Data] = {}
    for name, found in sorted(rows.items(), key=lambda row: (row[1].recorded, row[0])):
        key = found.recorded, found.target, found.suite
        entry = entries.setdefault(key, dict(zip(("recorded", "target", "suite"), key, strict=True)))
        entry.setdefault("rows", {}).setdefault(found.state, []).append(name)
    text = yaml.safe_dump([*entries.values()], sort_keys=False, width=110)
    path.write_text(HEAD + text, encoding="utf-8")


def decided(told: Data, service: str) -> dict[str, Evidence]:
    """What a recording says of the rows it decided; raises ReportsError where it is no evidence."""
    url = str(told["target"]["url"])
    if is_mock(url) or url.rstrip("/").lower() != service.rstrip("/").lower():
        raise ReportsError(f"run {told['run']['id']} asked {url}, not {service}; see --service")
    if told["contract"]:
        raise ReportsError(f"run {told['run']['id']} was held against another document: {told['contract']}")
    if told["stopped"]:
        raise ReportsError(f"run {told['run']['id']} did not come to its end: {told['stopped']}")
    if told["shard"]:
        raise ReportsError(f"run {told['run']['id']} is shard {told['shard']}: merge comes first")
    started, suite = str(told["run"]["started"]), str(told["suite"])
    return {
        name: Evidence(started, url, suite, row["state"])
        for name, row in told["rows"].items()
        if row["state"] in DECIDED
    }


def newest(parts: Iterable[Mapping[str, Evidence]]) -> dict[str, Evidence]:
    """The newest evidence of each row."""
    rows: dict[str, Evidence] = {}
    for part in parts:
        for name, found in part.items():
            if name not in rows or found.recorded >= rows[name].recorded:
                rows[name] = found
    return rows


def summary(rows: int) -> str:
    """How many of so many rows have evidence, and of when, in one line."""
    days = sorted(found.date for found in evidence().values())
    return (
        f"evidence of the live service: {len(days)} of {rows} rows, {days[0]} to {days[-1]}"
        if days
        else NONE_YET
    )
