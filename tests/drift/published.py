"""Writes docs/drift-published.md: `python -m tests.drift.published RUN`, RUN being a run against the mock."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from conformance.contract import load
from conformance.document import given
from conformance.drift.documents import differences, templates
from conformance.drift.observe import Observer, rows
from conformance.drift.output import values
from conformance.drift.rows import Row, row_of
from conformance.drift.rules import LEVELS
from conformance.drift.traffic import traffic

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/drift-published.md"
OLD, NEW = ROOT / "spec/published.openapi.yaml", ROOT / "spec/imodels.openapi.yaml"
HEAD = """# The published document against the API

Written by `python -m tests.drift.published RUN`; not edited by hand. Operations are named by method and path.

The first part is `drift spec`: what the suite's own contract says otherwise than the published document.
Operations that the document lacks, and refusals that it does not describe, stand in a line each. The second
part is `drift observe`: what the mock was seen to do that the published document does not tell.
"""
REFUSALS = ("response-error-status-added", "response-error-status-undocumented")


def by_contract() -> list[Row]:
    """What the contract says otherwise than the published document."""
    old = given(OLD, (), {})
    return [row_of(one) for one in differences(old, given(NEW, (), templates(old)))]


def by_behaviour(run: Path) -> list[Row]:
    """What a run shows otherwise than the published document tells."""
    observer = Observer(given(OLD, (), {}))
    observer.take(traffic(run))
    return rows(observer, unseen=False)


def part(title: str, found: Iterable[Row], unknown: str) -> list[str]:
    """One part of the page: operation by operation, the worst first."""
    told = sorted(
        set(found), key=lambda row: (row.operation, LEVELS.index(row.level), row.rule, row.place, row.new)
    )
    lines = [f"## {title}", ""]
    lacking = [row.operation for row in told if row.rule == unknown]
    lines += [
        f"Not in the document ({len(lacking)}): " + ", ".join(f"`{name}`" for name in lacking) + ".",
        "",
    ]
    for operation in [" ".join(o.shape) for o in load(OLD).operations.values()]:
        own = [row for row in told if row.operation == operation]
        refusals = [row.new for row in own if row.rule in REFUSALS]
        lines += [f"### `{operation}`", ""]
        lines += [f"* refusals not described: {', '.join(refusals)}"] if refusals else []
        lines += [_line(row) for row in own if row.rule not in REFUSALS]
        lines += [""]
    return lines


def _line(row: Row) -> str:
    where = f"{row.place} {values(row)}".strip()
    return f"* {row.level}: {row.rule}" + (f": `{where}`" if where else "")


def contract_part() -> list[str]:
    """The part that needs no run."""
    return part("By the contract", by_contract(), "operation-added")


if __name__ == "__main__":
    behaviour = part("By behaviour", by_behaviour(Path(sys.argv[1])), "operation-undocumented")
    PAGE.write_text("\n".join([HEAD, *contract_part(), *behaviour]).rstrip() + "\n", encoding="utf-8")
