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
BENDING = ("fault", "liberty", "rule")
"""How the names of calls begin that name what can be switched on, or off."""
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
    if isinstance(node, ast.FunctionDef) and node.decorator_list and not _bends(node.decorator_list[-1]):
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
        if _bends(node):
            return node
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


class _Honest(ast.NodeTransformer):
    """Leaves the service alone in a module: nothing of it asks any more whether it is bent."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        asks = isinstance(node.func, ast.Attribute) and node.func.attr == "bent" and node.args
        return ast.copy_location(ast.Constant(False), node) if asks else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        known = [value for value in node.values if not _is(value, isinstance(node.op, ast.And))]
        if isinstance(node.op, ast.And) and any(_is(value, False) for value in known):
            return ast.copy_location(ast.Constant(False), node)
        node.values = [value for value in known if not _is(value, False)]
        if not node.values:
            return ast.copy_location(ast.Constant(isinstance(node.op, ast.And)), node)
        return node.values[0] if len(node.values) == 1 else node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        untrue = isinstance(node.op, ast.Not) and _is(node.operand, False)
        return ast.copy_location(ast.Constant(True), node) if untrue else node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return node.orelse if _is(node.test, False) else node.body if _is(node.test, True) else node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        if not (_is(node.test, False) or _is(node.test, True)):
            return node
        return (node.orelse if _is(node.test, False) else node.body) or [ast.copy_location(ast.Pass(), node)]


def _is(node: ast.AST, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _bends(node: ast.AST) -> bool:
    """Whether the node only says how the service can be bent: a switch, a fault, the name of a rule."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).startswith(BENDING)
    if isinstance(node, ast.Assign):
        return isinstance(node.value, ast.Call) and _bends(node.value)
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return any(
        _bends(decorator) and not ast.unparse(decorator).startswith("rule") for decorator in decorators
    )


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
    walk.visit(_Honest().visit(ast.parse(source)))
    yield from walk.places


def weakened(source: str, place: Place) -> str:
    """The module, weakened in one place."""
    tree = _Walk(place.number).visit(_Honest().visit(ast.parse(source)))
    return ast.unparse(ast.fix_missing_locations(tree))
