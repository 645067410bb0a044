"""Who may import whom: the mock no check, the checks no mock, and only a few the runner or generator."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance
import scenarios

ROOT = Path(str(conformance.__file__)).parent
STORIES = Path(str(scenarios.__file__)).parent
GENERATOR = {"schemathesis", "hypothesis"}
MAY_GENERATE = ("cases/", "exploration/engine.py", "exploration/stock.py")
MAY_RUN = {"plugin.py", "items.py", "fixtures.py", "cli.py", "conftest.py", "mock/pytest.py"}


def _modules() -> Iterator[tuple[str, set[str]]]:
    for root in (ROOT, STORIES):
        for file in root.rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            name = file.relative_to(root.parent).as_posix()
            yield name, {imported for node in ast.walk(tree) for imported in _imports(node)}


def _imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _starts(imported: set[str], *prefixes: str) -> set[str]:
    return {name for name in imported if any(name == p or name.startswith(p + ".") for p in prefixes)}


MODULES = dict(_modules())


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("conformance/mock/")])
def test_the_mock_knows_nothing_of_the_suite(name: str) -> None:
    own = _starts(MODULES[name], "conformance") - {"conformance"}
    allowed = ("conformance.mock", "conformance.contract", "conformance.document")
    assert own == _starts(own, *allowed)


@pytest.mark.parametrize(
    "name", [name for name in MODULES if name.startswith(("conformance/checks/", "scenarios/"))]
)
def test_judges_know_nothing_of_the_mock(name: str) -> None:
    assert not _starts(MODULES[name], "conformance.mock")


@pytest.mark.parametrize("name", list(MODULES))
def test_only_a_few_know_the_generator(name: str) -> None:
    file = name.removeprefix("conformance/")
    if not Path(file).name.startswith("test_") and not file.startswith(MAY_GENERATE):
        assert not {imported.split(".")[0] for imported in MODULES[name]} & GENERATOR


@pytest.mark.parametrize("name", list(MODULES))
def test_only_a_few_know_the_runner(name: str) -> None:
    file = name.removeprefix("conformance/")
    if not Path(file).name.startswith("test_") and file not in MAY_RUN:
        assert "pytest" not in {imported.split(".")[0] for imported in MODULES[name]}
