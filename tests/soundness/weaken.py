"""Single-place weakenings of a module: what a slip of the hand could make of the mock."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

SWAPPED: dict[type[ast.cmpop] | type[ast.boolop], type[Any]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
Weaken = Callable[[ast.AST], ast.AST | None]


@dataclass(frozen=True)
class Place:
    """Where a module is weakened and how; `number` counts its places in the order of the walk."""

    number: int
    line: int
    operator: str


def _condition_negated(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.If | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return node
    return None


def _comparison_swapped(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
        node.ops[0] = SWAPPED[type(node.ops[0])]()
        return node
    return None


def _and_or_swapped(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.BoolOp):
        node.op = SWAPPED[type(node.op)]()
        return node
    return None


def _number_shifted(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return ast.Constant(node.value + 1)
    return None


def _truth_swapped(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return ast.Constant(not node.value)
    return None


def _text_changed(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return ast.Constant(node.value + "x")
    return None


def _statement_dropped(node: ast.AST) -> ast.AST | None:
    calls = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    keeps = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript)
    if calls or keeps or isinstance(node, ast.Raise | ast.AugAssign | ast.Delete):
        return ast.Pass()
    return None


def _nothing_returned(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Return) and node.value is not None:
        node.value = ast.Constant(None)
        return node
    return None


def _decorator_dropped(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.FunctionDef) and node.decorator_list:
        node.decorator_list.pop()
        return node
    return None


OPERATORS: dict[str, Weaken] = {
    "condition-negated": _condition_negated,
    "comparison-swapped": _comparison_swapped,
    "and-or-swapped": _and_or_swapped,
    "number-shifted": _number_shifted,
    "truth-swapped": _truth_swapped,
    "text-changed": _text_changed,
    "statement-dropped": _statement_dropped,
    "nothing-returned": _nothing_returned,
    "decorator-dropped": _decorator_dropped,
}


class _Walk(ast.NodeTransformer):
    """Counts the places of a module, and weakens the wanted one."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.places: list[Place] = []

    def visit(self, node: ast.AST) -> ast.AST:
        for name, weaken in OPERATORS.items():
            # A copy: looking must not weaken.
            weakened = weaken(copy.copy(_apart(node)))
            if weakened is None:
                continue
            self.places.append(Place(len(self.places), getattr(node, "lineno", 0), name))
            if len(self.places) - 1 == self.wanted:
                return ast.copy_location(weakened, node)
        if _is_quiet(node):
            return node
        found: ast.AST = self.generic_visit(node)
        return found


def _apart(node: ast.AST) -> ast.AST:
    """The node with lists of its own, which a weakening may change."""
    apart = copy.copy(node)
    for name, value in ast.iter_fields(apart):
        if isinstance(value, list):
            setattr(apart, name, list(value))
    return apart


def _is_quiet(node: ast.AST) -> bool:
    """Whether nothing below the node matters at run time: words about code, imports, annotations."""
    words = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return words or isinstance(node, ast.Import | ast.ImportFrom | ast.AnnAssign)


def places(source: str) -> Iterator[Place]:
    """Every place of a module that can be weakened, in the order of the walk."""
    walk = _Walk()
    walk.visit(ast.parse(source))
    yield from walk.places


def weakened(source: str, place: Place) -> str:
    """The module, weakened in one place."""
    tree = _Walk(place.number).visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree))
