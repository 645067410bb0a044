"""Criteria of Arazzo: simple conditions, regular expressions, JSONPath."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jsonpath import JSONPathEnvironment
from jsonpath.exceptions import JSONPathError

from conformance.workflows.expressions import ABSENT, Expression, Scope, WorkflowError, parse, worded

# RFC 9535 and nothing beyond it.
PATHS = JSONPathEnvironment(strict=True)
TOKEN = re.compile(
    r"\s*(?:(?P<sign>==|!=|<=|>=|&&|\|\||[<>!()])|'(?P<text>(?:[^']|'')*)'"
    r"|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<word>true|false|null)(?!\w)"
    r"|(?P<expression>\$[^\s{}=<>!&|()']+))"
)
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
COMPARING = {"==", "!=", *ORDER}
WORDS = {"true": True, "false": False, "null": None}
LONGEST = 200
Test = Callable[[Scope], bool]
Read = Callable[[Scope], Any]


@dataclass(frozen=True)
class Criterion:
    """One criterion: its words, the expressions it reads, and whether what they read meets it."""

    words: str
    reads: tuple[Expression, ...]
    met: Test

    def seen(self, scope: Scope) -> str:
        """What its expressions read, in words."""
        told = (f"{one.text} is {shown(one.read(scope))}" for one in self.reads)
        return ", ".join(dict.fromkeys(told))


def shown(value: Any) -> str:
    """A value in a sentence, cut when it is long."""
    text = repr(value) if value is ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def simple(condition: str) -> Criterion:
    """A condition with operators; texts are compared in any case, nothing counts as null."""
    reader = _Reader(condition)
    met = reader.either()
    reader.end()
    return Criterion(condition, tuple(reader.reads), met)


def regex(condition: str, context: Expression) -> Criterion:
    """Whether a regular expression is found in a value; numbers and objects are read as their JSON."""
    try:
        pattern = re.compile(condition)
    except re.error as error:
        raise WorkflowError(f"not a regular expression: {condition} ({error})") from error

    def met(scope: Scope) -> bool:
        value = context.read(scope)
        return value is not ABSENT and pattern.search(worded(value)) is not None

    return Criterion(f"{context.text} matches {condition}", (context,), met)


def jsonpath(condition: str, context: Expression) -> Criterion:
    """Whether a JSONPath finds anything in a value."""
    try:
        path = PATHS.compile(condition)
    except JSONPathError as error:
        told = " ".join(str(error).split())
        raise WorkflowError(f"not a JSONPath: {condition} ({told})") from error

    def met(scope: Scope) -> bool:
        value = context.read(scope)
        return isinstance(value, dict | list) and any(True for _ in path.finditer(value))

    return Criterion(f"{context.text} has {condition}", (context,), met)


class _Reader:
    """Reads a simple condition, the weakest operator first."""

    def __init__(self, condition: str) -> None:
        self.condition = condition
        self.place = 0
        self.reads: list[Expression] = []

    def either(self) -> Test:
        return self._joined("||", self._both, any)

    def end(self) -> None:
        if self.condition[self.place :].strip():
            raise self._unread()

    def _both(self) -> Test:
        return self._joined("&&", self._not, all)

    def _joined(self, sign: str, part: Callable[[], Test], join: Callable[[Any], bool]) -> Test:
        parts = [part()]
        while self._sign(sign):
            parts.append(part())
        return lambda scope: join(one(scope) for one in parts)

    def _not(self) -> Test:
        if self._sign("!"):
            inner = self._not()
            return lambda scope: not inner(scope)
        if self._sign("("):
            inner = self.either()
            if not self._sign(")"):
                raise self._unread()
            return inner
        return self._comparison()

    def _comparison(self) -> Test:
        left = self._operand()
        sign = self._sign(*COMPARING)
        if not sign:
            return lambda scope: left(scope) is True
        right = self._operand()
        return lambda scope: _compared(sign, left(scope), right(scope))

    def _operand(self) -> Read:
        found = TOKEN.match(self.condition, self.place)
        if not found or found.lastgroup == "sign":
            raise self._unread()
        self.place = found.end()
        if found["expression"] is not None:
            expression = parse(found["expression"])
            self.reads.append(expression)
            return lambda scope: expression.read(scope)
        value = _literal(found)
        return lambda scope: value

    def _sign(self, *wanted: str) -> str:
        found = TOKEN.match(self.condition, self.place)
        if not found or found["sign"] not in wanted:
            return ""
        self.place = found.end()
        return found["sign"]

    def _unread(self) -> WorkflowError:
        rest = self.condition[self.place :].strip() or "its end"
        return WorkflowError(f"cannot read the condition {self.condition!r} from {rest!r} on")


def _literal(found: re.Match[str]) -> Any:
    if found["text"] is not None:
        return found["text"].replace("''", "'")
    return WORDS[found["word"]] if found["word"] is not None else json.loads(found["number"])


def _compared(sign: str, left: Any, right: Any) -> bool:
    if sign in ORDER:
        return _is_number(left) and _is_number(right) and ORDER[sign](left, right)
    return _equal(left, right) is (sign == "==")


def _equal(left: Any, right: Any) -> bool:
    left, right = (None if value is ABSENT else value for value in (left, right))
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
