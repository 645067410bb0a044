"""Runtime expressions of Arazzo: what a workflow reads from its inputs, its steps and the last answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange import NOT_JSON, Exchange
from conformance.story import SetupFailed

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "nothing", "__bool__": lambda self: False})()
"""What an expression reads where there is nothing; `None` is the JSON null."""
GRAMMAR = re.compile(
    r"\$(?:(?P<status>statusCode)"
    r"|(?P<body>response\.body)(?:#(?P<pointer>(?:/[^\s{}=<>!&|()']*)*))?"
    r"|response\.header\.(?P<header>[A-Za-z0-9-]+)"
    r"|inputs\.(?P<input>[\w-]+)"
    r"|steps\.(?P<step>[\w-]+)\.outputs\.(?P<output>[\w.-]+)"
    r"|workflows\.(?P<workflow>[\w-]+)\.outputs\.(?P<result>[\w.-]+))"
)
LOOKS_LIKE_ONE = re.compile(r"\$[A-Za-z]")
EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")
Values = Mapping[str, Any]
Within = Callable[[str], str]


class WorkflowError(Exception):
    """A workflow that cannot be told as it is written; one clear line."""


@dataclass
class Scope:
    """What expressions can see: inputs, outputs by step and by workflow, and the answer at hand."""

    inputs: Values
    steps: dict[str, Values] = field(default_factory=dict)
    workflows: Mapping[str, Values] = field(default_factory=dict)
    exchange: Exchange | None = None


@dataclass(frozen=True)
class Expression:
    """One runtime expression: what it is about (`of`), a name in it, and the output it names."""

    text: str
    of: str
    name: str = ""
    output: str = ""

    @property
    def of_an_answer(self) -> bool:
        """Whether it needs an answer to read from."""
        return self.of in {"status", "body", "header"}

    def read(self, scope: Scope) -> Any:
        """Its value, ABSENT where there is none; SetupFailed for a step that was passed over."""
        if self.of_an_answer:
            return self._answered(scope.exchange)
        if self.of == "input":
            return scope.inputs.get(self.name, ABSENT)
        known = scope.steps if self.of == "step" else scope.workflows
        if self.name not in known:
            raise SetupFailed(f"{self.text}: {self.name} was passed over")
        return known[self.name].get(self.output, ABSENT)

    def _answered(self, exchange: Exchange | None) -> Any:
        if exchange is None:
            return ABSENT
        if self.of == "status":
            return exchange.status
        if self.of == "header":
            return exchange.answer.headers.get(self.name.lower(), ABSENT)
        return ABSENT if exchange.json is NOT_JSON else pointed(exchange.json, self.name)


def parse(text: str) -> Expression:
    """The expression a text is; raises WorkflowError."""
    found = GRAMMAR.fullmatch(text)
    if not found:
        raise WorkflowError(f"not an expression that can be read here: {text}")
    part = {name: value for name, value in found.groupdict().items() if value is not None}
    of = next(name for name in ("status", "body", "header", "input", "step", "workflow") if name in part)
    name = part.get("pointer", "") if of == "body" else part[of]
    return Expression(text, of, name, part.get("output", part.get("result", "")))


def expressions(value: Any) -> Iterator[Expression]:
    """Every expression in a value as it is written; raises WorkflowError."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from expressions(inner)
    elif isinstance(value, str) and LOOKS_LIKE_ONE.match(value):
        yield parse(value)
    elif isinstance(value, str):
        yield from (parse(found[1]) for found in EMBEDDED.finditer(value))


def filled(value: Any, scope: Scope, within: Within = str) -> Any:
    """A value with its expressions replaced by what they read; `within` shapes a text put into a text.

    SetupFailed where an expression reads nothing.
    """
    if isinstance(value, dict):
        return {name: filled(inner, scope, within) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, scope, within) for inner in value]
    if not isinstance(value, str):
        return value
    if LOOKS_LIKE_ONE.match(value):
        return _present(parse(value), scope)
    return EMBEDDED.sub(lambda found: worded(_present(parse(found[1]), scope), within), value)


def worded(value: Any, within: Within = str) -> str:
    """A value as it stands in a text."""
    return within(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def pointed(document: Any, pointer: str) -> Any:
    """What a JSON pointer leads to, ABSENT where it leads nowhere."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list) and key.isdecimal() and int(key) < len(document):
            document = document[int(key)]
        elif isinstance(document, dict) and key in document:
            document = document[key]
        else:
            return ABSENT
    return document


def _present(expression: Expression, scope: Scope) -> Any:
    value = expression.read(scope)
    if value is ABSENT:
        raise SetupFailed(f"{expression.text}: there is nothing to read")
    return value
