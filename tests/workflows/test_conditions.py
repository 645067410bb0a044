"""Expressions and criteria: what they read, what meets them, what cannot be read at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.contract import load
from conformance.exchange import Answer, Exchange, Request
from conformance.story import SetupFailed
from conformance.workflows.conditions import jsonpath, regex, simple
from conformance.workflows.expressions import ABSENT, Scope, WorkflowError, filled, parse

BODY = {
    "iModel": {"id": "a1", "name": "It's", "size": 3, "extent": None, "open": True, "a/b": [10, {"c": 1}]}
}


def _scope(body: Any = BODY, status: int = 200) -> Scope:
    answer = Answer(status, {"location": "https://here/imodels/x9"}, json.dumps(body).encode())
    exchange = Exchange(1, Request("GET", "https://here/imodels/a1"), answer, load())
    return Scope({"name": 'say "hi"', "number": 4}, {"one": {"out.put": "b2"}}, {"w": {"id": "c3"}}, exchange)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$statusCode", 200),
        ("$response.header.Location", "https://here/imodels/x9"),
        ("$response.header.etag", ABSENT),
        ("$response.body", BODY),
        ("$response.body#/iModel/id", "a1"),
        ("$response.body#/iModel/a~1b/1/c", 1),
        ("$response.body#/iModel/a~1b/2", ABSENT),
        ("$response.body#/iModel/id/0", ABSENT),
        ("$inputs.number", 4),
        ("$steps.one.outputs.out.put", "b2"),
        ("$workflows.w.outputs.id", "c3"),
    ],
)
def test_an_expression_reads(text: str, value: Any) -> None:
    assert parse(text).read(_scope()) == value


@pytest.mark.parametrize(
    "text", ["$url", "$request.body#/a", "$response.query.a", "$steps.one.b", "$inputs", "$inputs.a#/b"]
)
def test_what_is_no_expression_here_is_said(text: str) -> None:
    with pytest.raises(WorkflowError, match="not an expression that can be read here"):
        parse(text)


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("$inputs.number", 4),
        ("no $5, {inputs.name}", "no $5, {inputs.name}"),
        ("{$inputs.number} of {$steps.one.outputs.out.put}", "4 of b2"),
        ({"a": ["$inputs.name", 1]}, {"a": ['say "hi"', 1]}),
    ],
)
def test_expressions_are_filled_in(value: Any, seen: Any) -> None:
    assert filled(value, _scope()) == seen


def test_what_reads_nothing_cannot_be_sent() -> None:
    with pytest.raises(SetupFailed, match="there is nothing to read"):
        filled("$steps.one.outputs.other", _scope())
    with pytest.raises(SetupFailed, match="two was passed over"):
        filled("$steps.two.outputs.other", _scope())


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ("$statusCode == 200", True),
        ("$statusCode != 200", False),
        ("$statusCode == '200'", False),
        ("$statusCode >= 200 && $statusCode < 300", True),
        ("$statusCode==404||$statusCode==200", True),
        ("$statusCode == 200 || $statusCode == 404 && $statusCode == 500", True),
        ("($statusCode == 200 || $statusCode == 404) && $statusCode == 500", False),
        ("!($statusCode == 404)", True),
        ("!$response.body#/iModel/open", False),
        ("$response.body#/iModel/open", True),
        ("$response.body#/iModel/size", False),
        ("$response.body#/iModel/open == 1", False),
        ("$response.body#/iModel/size > 2.5", True),
        ("$response.body#/iModel/name > 2", False),
        ("$response.body#/iModel/name == 'it''s'", True),
        ("$response.body#/iModel/extent == null", True),
        ("$response.body#/iModel/nothing == null", True),
        ("$response.body#/iModel/nothing != null", False),
        ("$response.body#/iModel/a~1b/0 == 10", True),
        ("$steps.one.outputs.out.put == 'b2'", True),
        ("-1 < 0", True),
    ],
)
def test_a_simple_condition(condition: str, met: bool) -> None:
    assert simple(condition).met(_scope()) is met


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "$statusCode ==",
        "$statusCode = 200",
        "$statusCode == 200 and true",
        '$statusCode == "200"',
        "($statusCode == 200",
        "$statusCode == 200)",
        "$response.body.iModel.id == 'a1'",
        "statusCode == 200",
        "$statusCode == 200x",
    ],
)
def test_a_condition_that_cannot_be_read(condition: str) -> None:
    with pytest.raises(WorkflowError):
        simple(condition)


@pytest.mark.parametrize(
    ("condition", "context", "met"),
    [
        ("^a\\d$", "$response.body#/iModel/id", True),
        ("^2", "$statusCode", True),
        ("b", "$inputs.number", False),
    ],
)
def test_a_regular_expression(condition: str, context: str, met: bool) -> None:
    assert regex(condition, parse(context)).met(_scope()) is met
    assert not regex(condition, parse("$response.header.etag")).met(_scope())


@pytest.mark.parametrize(
    ("condition", "context", "met"),
    [
        ("$.iModel.id", "$response.body", True),
        ("$.iModel.nothing", "$response.body", False),
        ("$[?@.size > 2]", "$response.body", True),
        ("$[?@.size > 3]", "$response.body", False),
        ("$", "$response.body#/iModel/id", False),
        ("$", "$response.body#/nothing", False),
    ],
)
def test_a_jsonpath(condition: str, context: str, met: bool) -> None:
    assert jsonpath(condition, parse(context)).met(_scope()) is met


def test_what_is_no_pattern_and_no_path_is_said() -> None:
    with pytest.raises(WorkflowError, match="not a regular expression"):
        regex("(", parse("$statusCode"))
    with pytest.raises(WorkflowError, match="not a JSONPath"):
        jsonpath("$[", parse("$statusCode"))


def test_a_criterion_tells_what_it_read() -> None:
    criterion = simple("$statusCode == 404 || $response.body#/iModel/gone == true")
    assert criterion.seen(_scope()) == "$statusCode is 200, $response.body#/iModel/gone is nothing"
