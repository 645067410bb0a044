"""What there is to say of a requirement, from its source to the command that decides it, and of a finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from conformance import checks
from conformance.categories import of_row
from conformance.evidence import words_of
from conformance.reference import LABELS, Statement, slug, statements
from conformance.report.documents import clause
from conformance.report.summary import waiver_words
from conformance.requirements import Requirement, promise_of
from conformance.runner.plan import CHECKS, deciders
from conformance.target import DEDICATED, IDENTITIES, ROLES

COMMAND = "imodels-conformance"
NEEDS = {
    **IDENTITIES,
    **{f"{name}-role": variable for name, variable in ROLES.items()},
    "second-itwin": "a second --itwin",
    "real-bytes": "files that the service can open",
    "real-baseline": "a baseline file, named in imodels.toml",
    DEDICATED: "--dedicated",
}
"""What a row may need → how a run gets it."""


def requirement_lines(row: Requirement) -> Iterator[str]:
    """A requirement, line by line."""
    yield f"{row.name}  {row.level}"
    yield f"  {row.says}"
    yield from _part("source", [f"[{row.label}] {LABELS[row.label]}", clause(row.clause)])
    yield from _part("stated", map(_stated, stated(row)))
    yield from _part("about", [", ".join(row.operations) or "every operation"])
    yield from _part("evidence", [words_of(row.name)])
    yield from _part("wfc", map(str, of_row(row.name)))
    yield from _part("needs", [f"{need}: {NEEDS[need]}" for need in row.needs])
    yield from _part("decided by", decided_by(row.name))
    yield from _part("mutants", mutants(row.name))
    run = f"{COMMAND} run --requirement {row.name}"
    bent = [f"{run} --fault {mutant}" for mutant in mutants(row.name)[:1]]
    yield from _part("run", [run, *bent])


def _part(title: str, lines: Iterable[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        yield f"  {title if not place else '':10}  {line}"


def _stated(statement: Statement) -> str:
    return f"{statement.page}#{slug(statement.heading)}: {statement.words}"


def stated(row: Requirement) -> list[Statement]:
    """The statements of the reference that the row decides, those under its own clause first."""
    found = [statement for statement in statements() if row.name in statement.rows]
    return sorted(found, key=lambda each: f"{each.page}#{slug(each.heading)}" != row.clause)


def decided_by(name: str) -> list[str]:
    """The checks, stories and generated tests that decide a row."""
    checks.load()
    kept = {check.judge for check in checks.CHECKS if check.requirement == name}
    found = [f"check  {judge.__module__}.{judge.__qualname__}" for judge in kept]
    if not found and name in deciders()[CHECKS]:
        found = ["check  on every exchange"]
    tests = [test for test, names in deciders().items() if name in names and test != CHECKS]
    kinds = {True: "story  ", False: "test   "}
    return found + [kinds[test.startswith("scenarios.")] + test for test in tests]


def mutants(name: str) -> list[str]:
    """The rules and faults of the mock that break a row."""
    from conformance.mock.catalogue import list_faults, list_rules

    return [mutant for mutant in sorted({*list_rules(), *list_faults()}) if mutant.split(":")[0] == name]


def finding_lines(finding: dict[str, Any], folder: Path) -> Iterator[str]:
    """A finding of the run in a folder, line by line, and then its requirement."""
    known_since = "known since an earlier run" if finding["known"] else "new"
    yield f"finding {finding['fingerprint']}  {finding['state']}, {known_since}, on {finding['operation']}"
    yield from _part("expected", finding["expected"].splitlines())
    yield from _part("seen", finding["seen"].splitlines())
    if finding["waiver"]:
        yield from _part("waived", [waiver_words(finding["waiver"])])
    if category := finding.get("wfc"):
        yield from _part("wfc", [f"{category['code']} {category['id']}"])
    yield from _part("test", [finding["test"]])
    yield from _part("exchanges", map(_exchange, finding["exchanges"]))
    yield from _part("curl", [exchange["curl"] for exchange in finding["exchanges"][-1:]])
    yield from _part("repeat", [f"{COMMAND} replay {finding['fingerprint']} --reports {folder}"])
    yield ""
    yield from requirement_lines(promise_of(finding["requirement"]))


def _exchange(exchange: dict[str, Any]) -> str:
    request, answer = exchange["request"], exchange["answer"]
    return f"#{exchange['number']} {request['method']} {request['url']} → {answer['status']}"
