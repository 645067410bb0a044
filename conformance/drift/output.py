"""Rows of drift as a person or a machine reads them: table, Markdown, JSON, SARIF, JUnit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from conformance.drift.rows import Row
from conformance.drift.rules import LEVELS, RULES

LONGEST = 60
"""Characters of a value in a table."""
SARIF_LEVELS = {"breaking": "error", "warning": "warning", "info": "note"}


def table(rows: Sequence[Row]) -> str:
    """Lines for a console: one difference a line, the count last."""
    lines = [shown(row) for row in rows]
    return "\n".join([*lines, *([""] if lines else []), counted(rows)])


def shown(row: Row) -> str:
    """One difference in a line."""
    told = f"{row.level:8}  {row.operation or 'document'}  {row.rule}  {_where(row)}"
    return told.rstrip() + _marks(row)


def counted(rows: Sequence[Row]) -> str:
    """How many there are of each level, in a line."""
    if not rows:
        return "no drift"
    levels = Counter(row.level for row in rows)
    told = ", ".join(f"{levels[level]} {level}" for level in LEVELS)
    new = sum(not row.known for row in rows)
    known = "" if new == len(rows) else f", {new} of them new"
    waivers = sum(bool(row.waived) for row in rows)
    return f"{len(rows)} differences: {told}{known}" + (f", {waivers} waived" if waivers else "")


def _where(row: Row) -> str:
    return f"{_line(row.place)}  {values(row)}".strip()


def values(row: Row) -> str:
    """What stood there before and after."""
    old, new = _short(row.old), _short(row.new)
    if old and new:
        return f"{old} → {new}"
    return f"{old} →" if old else f"→ {new}" if new else ""


def _line(text: str) -> str:
    """A text on one line, with nothing in it that a console or XML cannot take."""
    return "".join(one if one.isprintable() else "�" for one in " ".join(text.split()))


def _short(text: str) -> str:
    line = _line(text)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _marks(row: Row) -> str:
    marks = [f"for providers: {row.provider_level}"]
    marks += [f"seen {row.seen} of {row.looked}"] if row.looked else []
    marks += [row.confidence] if row.confidence != "certain" else []
    marks += [f"moved: {row.side}"] if row.side else []
    marks += [row.requirement] if row.requirement else []
    marks += [f"first in {row.example}"] if row.example else []
    marks += [f"waived: {row.waived}"] if row.waived else []
    marks += ["known"] if row.known else []
    return f"  ({'; '.join(marks)})"


def markdown(rows: Sequence[Row]) -> str:
    """A table for a comment on a pull request."""
    if not rows:
        return "**No drift.**"
    lines = [
        f"**{counted(rows)}**",
        "",
        "| for callers | for providers | operation | change | where | reason |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (
            row.level,
            row.provider_level,
            f"`{row.operation or 'document'}`",
            f"`{row.rule}`",
            _where(row),
            row.why + _marks(row),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines)


def as_json(rows: Sequence[Row]) -> str:
    """All of it, as `drift.schema.json` describes it."""
    told: dict[str, Any] = {
        "format": "imodels-conformance/drift/1",
        "counts": {level: sum(row.level == level for row in rows) for level in LEVELS},
        "differences": [
            {"fingerprint": row.fingerprint, "direction": RULES[row.rule].direction, **asdict(row)}
            for row in rows
        ],
    }
    return json.dumps(told, indent=1, ensure_ascii=False)


def sarif(rows: Sequence[Row], about: Path = Path()) -> str:
    """SARIF 2.1.0, for code scanning; `about`: the file that the differences are shown on."""
    file = {"uri": about.as_uri() if about.is_absolute() else quote(about.as_posix())}
    physical = {"artifactLocation": file, "region": {"startLine": 1}}
    named = sorted({row.rule for row in rows})
    driver = {
        "name": "imodels-conformance",
        "rules": [{"id": name, "shortDescription": {"text": RULES[name].why}} for name in named],
    }
    results = [
        {
            "ruleId": row.rule,
            "level": SARIF_LEVELS[row.level],
            "message": {"text": f"{row.operation or 'document'}: {_where(row)}: {row.why}{_marks(row)}"},
            "locations": [
                {
                    "physicalLocation": physical,
                    "logicalLocations": [{"fullyQualifiedName": f"{row.operation} {row.place}".strip()}],
                }
            ],
            "properties": {
                "providerLevel": row.provider_level,
                "requirement": row.requirement,
                "moved": row.side,
            },
            "partialFingerprints": {"drift/1": row.fingerprint},
            "baselineState": "unchanged" if row.known else "new",
            **({"suppressions": [{"kind": "external", "justification": row.waived}]} if row.waived else {}),
        }
        for row in rows
    ]
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    told = {"$schema": schema, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(told, indent=1, ensure_ascii=False)


def junit(rows: Sequence[Row]) -> str:
    """JUnit: a case for each difference; breaking ones and warnings fail, waived ones are skipped."""
    bad = [row for row in rows if row.level != "info" and not row.waived]
    counts = {
        "tests": len(rows) or 1,
        "failures": len(bad),
        "errors": 0,
        "skipped": sum(bool(r.waived) for r in rows),
    }
    suite = ElementTree.Element("testsuite", {"name": "drift", **{k: str(n) for k, n in counts.items()}})
    for row in rows:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=row.operation or "document",
            name=f"{row.rule} {_line(row.place)}".strip(),
        )
        if row.waived:
            ElementTree.SubElement(case, "skipped", message=row.waived)
        elif row.level != "info":
            ElementTree.SubElement(
                case, "failure", type=row.level, message=f"{values(row)} {row.why}".strip()
            )
        ElementTree.SubElement(case, "system-out").text = shown(row)
    if not rows:
        ElementTree.SubElement(suite, "testcase", classname="drift", name="no drift")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suite, encoding="unicode")


FORMATS: dict[str, Callable[[Sequence[Row]], str]] = {
    "table": table,
    "markdown": markdown,
    "json": as_json,
    "sarif": sarif,
    "junit": junit,
}
