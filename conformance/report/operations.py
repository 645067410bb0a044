"""What was seen of each operation: answers, documented errors reached or not, requirements decided."""

from __future__ import annotations

from collections import Counter
from typing import Any

from conformance.contract import Operation
from conformance.runner.ledger import Ledger
from conformance.runner.plan import Plan
from conformance.runner.run import Run


def operations_document(run: Run) -> dict[str, Any]:
    """Return operations.json as data."""
    rows = [_operation(run, operation) for operation in run.contract.operations.values()]
    return {"format": "imodels-conformance/operations/1", "operations": rows}


def _operation(run: Run, operation: Operation) -> dict[str, Any]:
    seen = {
        (status, code): number
        for (id_, status, code), number in run.ledger.reached.items()
        if id_ == operation.id
    }
    documented = [_documented(run.ledger, operation, status, code) for status, code in _codes(operation)]
    known = {(entry["status"], entry["code"]) for entry in documented}
    undocumented = [
        {"status": status, "code": code, "seen": number}
        for (status, code), number in sorted(seen.items())
        if status >= 400 and not {(status, code), (status, "")} & known
    ]
    statuses = Counter({f"{status}": 0 for status, _ in sorted(seen)})
    for (status, _), number in sorted(seen.items()):
        statuses[str(status)] += number
    return {
        "id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "resource": operation.tag,
        "maturity": operation.maturity,
        "planned": operation.id in run.plan.subjects,
        "requests": sum(seen.values()),
        "succeeded": sum(number for (status, _), number in seen.items() if 200 <= status < 300),
        "statuses": dict(statuses),
        "errors": documented,
        "other_errors": undocumented,
        "requirements": _coverage(run.plan, run.ledger, operation.id),
    }


def _codes(operation: Operation) -> list[tuple[int, str]]:
    """The documented (status, code) pairs of 4xx answers; a status without codes counts as one."""
    pairs: list[tuple[int, str]] = []
    for status, response in sorted(operation.responses.items()):
        if status.startswith("4") and status.isdigit():
            pairs += [(int(status), error.code) for error in response.errors] or [(int(status), "")]
    return list(dict.fromkeys(pairs))


def _documented(ledger: Ledger, operation: Operation, status: int, code: str) -> dict[str, Any]:
    labels = [error.label for error in operation.errors(status) if error.code == code]
    label = labels[0] if labels else operation.responses[str(status)].label
    # A status without codes takes every code.
    pairs = [known for known in ledger.reached if known[:2] == (operation.id, status)]
    taken = [known for known in pairs if code in {"", known[2]}]
    told = {"status": status, "code": code, "label": label}
    by = ledger.first.get(taken[0], "") if taken else ""
    return told | {"seen": sum(ledger.reached[known] for known in taken), "by": by}


def _coverage(plan: Plan, ledger: Ledger, operation: str) -> dict[str, Any]:
    planned = [name for name, operations in plan.rows.items() if operation in operations]
    entries = {name: ledger.entries[name] for name in planned if name in ledger.entries}
    broken = [
        name for name, entry in entries.items() if any(f.operation == operation for f in entry.findings)
    ]
    held = [name for name, entry in entries.items() if entry.held[operation] and name not in broken]
    rest = [name for name in planned if name not in {*broken, *held}]
    return {"planned": len(planned), "held": held, "broken": broken, "not_decided_here": rest}
