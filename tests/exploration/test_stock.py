"""The second opinion: what stock checks see is reported under our rows, and only where they may speak."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from schemathesis.checks import CHECKS

from conformance.cases.generate import described
from conformance.contract import load
from conformance.exchange import Answer, Broken, Exchange, Request
from conformance.exploration.stock import (
    EXCLUDED,
    OF_REFUSALS,
    ROWS,
    SINGLE,
    already_reported,
    row_of,
    second_opinion,
)
from conformance.requirements import promise_of
from conformance.runner.ledger import Ledger
from conformance.story import CURRENT, Story

CONTRACT = load()
OPERATION = CONTRACT.operations["get-imodel-details"]
EXAMPLE = OPERATION.raw["responses"]["200"]["content"]["application/json"]["example"]
ID = EXAMPLE["iModel"]["id"]


@pytest.fixture(autouse=True)
def story() -> Iterator[Story]:
    """A story without a run."""
    told = Story("a test", Ledger(), random.Random(1))
    token = CURRENT.set(told)
    yield told
    CURRENT.reset(token)


def _exchange(status: int = 200, body: Any = EXAMPLE, media_type: str = "application/json") -> Exchange:
    request = Request("GET", f"https://api.bentley.com/imodels/{ID}", {"accept": "application/json"})
    answer = Answer(status, {"content-type": media_type}, json.dumps(body).encode())
    return Exchange(1, request, answer, CONTRACT, OPERATION, {"id": ID})


def _judge(exchange: Exchange) -> None:
    second_opinion(described(CONTRACT, OPERATION).Case(path_parameters={"id": ID}), exchange)


def test_a_right_answer_gives_no_finding(story: Story) -> None:
    _judge(_exchange())
    assert not story.ledger.findings()


def _without(member: str) -> dict[str, Any]:
    return {"iModel": {name: value for name, value in EXAMPLE["iModel"].items() if name != member}}


@pytest.mark.parametrize(
    ("exchange", "row"),
    [
        (_exchange(body=_without("name")), "answers/body-matches-schema"),
        (_exchange(status=500, body={}), "answers/no-server-error"),
        (_exchange(status=203), "answers/documented-success"),
        (_exchange(media_type="text/html"), "answers/media-type"),
    ],
)
def test_a_wrong_answer_breaks_our_row(exchange: Exchange, row: str) -> None:
    with pytest.raises(Broken) as caught:
        _judge(exchange)
    assert [finding.requirement for finding in caught.value.findings] == [row]


def test_what_rests_on_less_than_documentation_is_no_finding(story: Story) -> None:
    _judge(_exchange(body=_without("containersEnabled")))
    assert not story.ledger.findings()


def test_an_exchange_is_reported_once(story: Story) -> None:
    exchange = _exchange(body=_without("name"))
    with pytest.raises(Broken):
        _judge(exchange)
    assert already_reported(exchange)
    _judge(exchange)
    assert len(story.ledger.findings()) == 1


def test_every_stock_check_is_used_or_excluded() -> None:
    import schemathesis.specs.openapi.checks  # noqa: F401

    names = set(CHECKS.get_all_names())
    assert names == ROWS.keys() | EXCLUDED.keys()
    assert not ROWS.keys() & EXCLUDED.keys()
    assert {check.__name__ for check in SINGLE} <= ROWS.keys()


def test_every_row_exists() -> None:
    for row in {*ROWS.values(), *OF_REFUSALS.values()}:
        promise_of(row)


@pytest.mark.parametrize(
    ("check", "operation", "status", "row"),
    [
        ("use_after_free", "get-imodel-details", 200, "imodels/delete-removes"),
        ("use_after_free", "get-imodel-briefcase-details", 200, None),
        ("status_code_conformance", "get-imodel-details", 400, "answers/documented-refusal"),
        ("content_type_conformance", "get-imodel-details", 404, None),
        ("response_headers_conformance", "get-imodel-details", 200, None),
        ("response_headers_conformance", "clone-imodel", 202, "answers/documented-headers"),
    ],
)
def test_where_a_check_may_speak(check: str, operation: str, status: int, row: str | None) -> None:
    assert row_of(check, CONTRACT.operations[operation], status) == row
