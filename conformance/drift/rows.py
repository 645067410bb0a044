"""What drift tells: rows of one form, whatever was compared, with waivers and the memory of earlier days."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from conformance.drift.rules import LEVELS, RULES, Difference
from conformance.drift.touching import touched
from conformance.waivers import NEEDED, WaiverError, day, entries

MEMBERS = NEEDED | {"operation", "place", "ticket"}
FAIL_ON = ("breaking", "warning", "any", "never")


class DriftError(Exception):
    """A file that drift cannot use, said in one line."""


@dataclass(frozen=True)
class Row:
    """One thing that moved: what, where, how bad for whom, and how sure that is.

    `seen` of `looked`: how often it was met, of how often it could have been. `side`: who moved.
    """

    rule: str
    operation: str
    place: str
    old: str = ""
    new: str = ""
    level: str = "info"
    provider_level: str = "info"
    why: str = ""
    seen: int = 0
    looked: int = 0
    confidence: str = "certain"
    example: str = ""
    side: str = ""
    requirement: str = ""
    waived: str = ""
    known: bool = False

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that stay the same from day to day; no values that were only met by chance."""
        # How long answers took is never the same twice.
        values = () if self.rule.startswith("answer-") else (self.old, self.new)
        text = "\n".join((self.rule, self.operation, self.place, *values))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def row_of(difference: Difference, **more: Any) -> Row:
    """The row of a difference."""
    rule = RULES[difference.rule]
    about = touched(difference.rule, difference.operation, difference.place)
    told = {"level": rule.level, "provider_level": rule.provider_level, "why": rule.why, "requirement": about}
    return Row(**asdict(difference), **told | more)


def _place(row: Row) -> tuple[Any, ...]:
    return LEVELS.index(row.level), row.operation, row.place, row.rule, row.old, row.new


def ordered(rows: Iterable[Row]) -> list[Row]:
    """The worst first, then by operation."""
    return sorted(rows, key=_place)


def fails(rows: Iterable[Row], fail_on: str) -> bool:
    """Whether there is something at the asked level or worse that nobody waived."""
    if fail_on == "never":
        return False
    worst = len(LEVELS) if fail_on == "any" else LEVELS.index(fail_on) + 1
    return any(LEVELS.index(row.level) < worst and not row.waived for row in rows)


def waived(rows: Sequence[Row], path: Path | None, today: date | None = None) -> list[Row]:
    """The rows with their waivers; raises WaiverError for a waiver that is expired or meets nothing."""
    if path is None:
        return list(rows)
    now = today or datetime.now(UTC).date()
    waivers = [_waiver(f"{path.name}: waiver {n}", one, now) for n, one in enumerate(entries(path), 1)]
    used: set[int] = set()
    told: list[Row] = []
    for row in rows:
        place = next((n for n, waiver in enumerate(waivers) if _meets(waiver, row)), None)
        if place is not None:
            used.add(place)
            row = replace(row, waived=waivers[place]["reason"])
        told.append(row)
    stale = [n for n in range(1, len(waivers) + 1) if n - 1 not in used]
    if stale:
        raise WaiverError(f"{path.name}: waiver {stale[0]} meets nothing any more: take it out")
    return told


def _waiver(where: str, one: Any, today: date) -> dict[str, str]:
    if not isinstance(one, dict) or NEEDED - set(one) or set(one) - MEMBERS:
        raise WaiverError(f"{where}: name, reason and expiry are needed; operation, place and ticket allowed")
    if one["name"] not in RULES:
        raise WaiverError(f"{where}: unknown rule '{one['name']}'")
    if (expiry := day(where, one["expiry"])) < today:
        raise WaiverError(f"{where} expired on {expiry}")
    return {key: str(value) for key, value in one.items()}


def _meets(waiver: Mapping[str, str], row: Row) -> bool:
    return waiver["name"] == row.rule and all(
        fnmatchcase(getattr(row, key), waiver.get(key, "*")) for key in ("operation", "place")
    )


def remembered(rows: Sequence[Row], path: Path | None) -> tuple[list[Row], list[str]]:
    """The rows, marked where an earlier day told them, and what is gone; the file then holds today's."""
    if path is None:
        return list(rows), []
    known = _remembered(path)
    told = [replace(row, known=row.fingerprint in known) for row in rows]
    today = {r.fingerprint: f"{r.operation or 'document'}  {r.rule}  {r.place}".rstrip() for r in rows}
    kept = {"format": "imodels-conformance/drift-history/1", "told": dict(sorted(today.items()))}
    try:
        path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise DriftError(f"cannot write to {path}: {error.strerror or error}") from error
    return told, sorted(known[one] for one in known.keys() - today.keys())


def _remembered(path: Path) -> dict[str, str]:
    """What an earlier day told, by fingerprint."""
    if not path.exists():
        return {}
    try:
        return {str(key): str(text) for key, text in json.loads(path.read_text("utf-8"))["told"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DriftError(f"{path}: not a history of drift") from error
