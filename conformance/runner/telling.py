"""Which tests a contract says enough for; with the suite's own contract all of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from conformance.contract import Contract, load
from conformance.requirements import promise_of
from conformance.silence import silent, unsaid

STORIES, WALKS = "scenarios.", "conformance.test_walk."


def tellable(contract: Contract, test: str, names: Iterable[str], operation: str | None = None) -> bool:
    """Whether a test can decide anything under a contract.

    A story is told whole or not at all: it needs all that the suite's own contract says of the operations in
    it, and so does a walk. A generated test needs a row that can be decided on its operation.
    """
    if contract.own is None:
        return True
    rows = list(names)
    if test.startswith((STORIES, WALKS)):
        judged = {id_ for row in rows for id_ in promise_of(row).operations}
        return not any(unsaid(contract, id_) for id_ in judged | spoken_of().get(test, frozenset()))
    return operation is None or not rows or not all(silent(contract, row, operation) for row in rows)


@cache
def spoken_of() -> dict[str, frozenset[str]]:
    """The operations each story speaks of, itself or through its module's helpers, by `module.function`."""
    import scenarios

    found: dict[str, frozenset[str]] = {}
    for file in sorted(Path(str(scenarios.__file__)).parent.glob("test_*.py")):
        nodes = ast.parse(file.read_text(encoding="utf-8")).body
        tests = [n for n in nodes if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
        shared = frozenset(id_ for node in nodes if node not in tests for id_ in _operations(node))
        found |= {f"{STORIES}{file.stem}.{t.name}": shared.union(_operations(t)) for t in tests}
    return found


def _operations(node: ast.AST) -> Iterator[str]:
    known = load().operations
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value in known:
            yield part.value
