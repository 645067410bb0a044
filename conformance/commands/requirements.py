"""The command `requirements`: the register, as a table, as JSON, or one row whole."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from conformance.categories import of_row
from conformance.names import known
from conformance.requirements import LEVELS, Requirement, register
from conformance.serving import WrongUse


@click.command()
@click.argument("name", required=False)
@click.option("--resource", multiple=True, metavar="NAME", help="Only rows of this resource or subject.")
@click.option("--level", multiple=True, type=click.Choice(LEVELS), help="Only rows of this level.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def requirements(name: str | None, resource: tuple[str, ...], level: tuple[str, ...], as_json: bool) -> int:
    """List the promises of the API, or show one of them whole."""
    rows = register()
    if name is not None and (resource or level):
        raise WrongUse("a NAME is one row; --resource and --level pick several")
    if name is not None:
        (name,) = known("requirement", [name], rows)
    wanted = known("resource", resource, dict.fromkeys(row.resource for row in rows.values()))
    picked = [
        row
        for row in rows.values()
        if name in (None, row.name)
        and (not wanted or row.resource in wanted)
        and (not level or row.level in level)
    ]
    if as_json:
        click.echo(json.dumps([_told(row) for row in picked], indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(_whole(picked[0]) if name else _table(picked)))
    return 0


def _told(row: Requirement) -> dict[str, Any]:
    from conformance.evidence import evidence
    from conformance.report.documents import clause

    found = evidence().get(row.name)
    return {
        "name": row.name,
        "says": row.says,
        "label": row.label,
        "level": row.level,
        "clause": clause(row.clause),
        "profile": row.profile,
        "needs": list(row.needs),
        "operations": list(row.operations) or ["all"],
        "each": row.each,
        "when_seen": row.when_seen,
        "wfc": [category.code for category in of_row(row.name)],
        "decided_by": _deciders(row.name),
        "evidence": asdict(found) if found else None,
    }


def _whole(row: Requirement) -> list[str]:
    from conformance.evidence import words_of

    told = _told(row) | {"evidence": words_of(row.name)}
    told["operations"] = ", ".join(told["operations"]) + (" (each of them)" if row.each else "")
    told["needs"] = ", ".join(row.needs) or "nothing but the main token"
    told["decided_by"] = ", ".join(told["decided_by"]) or "nothing yet"
    told.pop("each")
    told["wfc"] = ", ".join(map(str, of_row(row.name)))
    told["when_seen"] = "judged when it occurs, never planned" if row.when_seen else ""
    width = max(map(len, told))
    return [f"{key.replace('_', ' '):{width}}  {value}" for key, value in told.items() if value]


def _table(rows: list[Requirement]) -> list[str]:
    from conformance.evidence import evidence

    dates = {name: found.date for name, found in evidence().items()}
    cells = [("NAME", "LEVEL", "LABEL", "PROFILE", "EVIDENCE", "NEEDS", "SAYS")]
    for row in rows:
        needs, date = ", ".join(row.needs) or "-", dates.get(row.name, "-")
        cells.append((row.name, row.level, row.label, row.profile, date, needs, row.says))
    widths = [max(len(row[place]) for row in cells) for place in range(6)]
    return ["  ".join([*map(str.ljust, row, widths), row[6]]) for row in cells]


def _deciders(name: str) -> list[str]:
    from conformance.runner.plan import CHECKS, deciders

    found = [test for test, names in deciders().items() if name in names and test != CHECKS]
    return (["a check on every exchange"] if name in deciders()[CHECKS] else []) + found
