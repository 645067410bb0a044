"""No check ever raises, whatever the service answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.checks import CHECKS, judge, load
from conformance.contract import load as contract
from conformance.exchange import Answer, Exchange, Expected, Finding

load()

OPERATIONS = contract().operations
NAMES = sorted(
    {
        name
        for schema in contract().document["components"]["schemas"].values()
        for name in schema.get("properties", ())
    }
    | {o.collection for o in OPERATIONS.values() if o.collection}
    | {
        "iModel",
        "user",
        "briefcase",
        "changeset",
        "namedVersion",
        "checkpoint",
        "lock",
        "baselineFile",
        "error",
    }
    | {"href", "storageType", "next", "upload", "download", "complete", "checkpoint", "code", "details"}
)
TEXTS = st.sampled_from(
    [
        "",
        "fileUploaded",
        "successful",
        "scheduled",
        "2026-01-05T10:00:00+02:00",
        "http://[::1",
        "\ud800",
        "/imodels/",
        "https://h/imodels/x/users/y",
        "https://h/imodels//",
        "InvalidiModelsRequest",
        "iModelNotFound",
        "²",
        "none",
    ]
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | TEXTS | st.just(10**400)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "_links"]) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=25,
)
DEEP = b"[" * 900 + b"]" * 900
BODIES = JSON.map(lambda body: json.dumps(body).encode()) | st.binary(max_size=40) | st.just(DEEP)
STATUSES = st.sampled_from([200, 201, 202, 203, 204, 301, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503])
HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "location", "create-imodel-operation", "retry-after", "content-length"]),
    st.sampled_from(["", "application/json", "image/png", "http://[", "https://h/imodels/x", "soon", "\xff"]),
)
EXPECTED = st.none() | st.sampled_from([known.requirement for known in CHECKS]).map(
    lambda row: Expected(row, (200, 404, 422), "iModelNotFound", "InvalidValue", "name", what="a fault")
)


def _judge(exchange: Exchange) -> None:
    for found in judge(exchange):
        if found.deviation:
            assert found.deviation.expected
            Finding(found.requirement, exchange.name, found.deviation, (exchange,)).fingerprint.encode()


def _put(value: Any, places: list[int], alien: Any) -> Any:
    """The value with an alien one somewhere inside."""
    if not places or not isinstance(value, dict | list) or not value:
        return alien
    key = list(value)[places[0] % len(value)] if isinstance(value, dict) else places[0] % len(value)
    value[key] = _put(value[key], places[1:], alien)
    return value


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(OPERATIONS)), STATUSES, HEADERS, BODIES, BODIES, EXPECTED)
def test_on_any_answer_to_anything(
    order: Callable[..., Exchange],
    operation: str,
    status: int,
    headers: Any,
    body: bytes,
    sent: bytes,
    expected: Any,
) -> None:
    made = order(operation, status=status, body=None, headers=headers, expected=expected)
    answer = Answer(status, headers, body)
    _judge(replace(made, answer=answer))
    _judge(replace(made, answer=answer, request=replace(made.request, body=sent)))
    _judge(replace(made, answer=answer, operation=None))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(OPERATIONS)), st.booleans(), st.lists(st.integers(0, 30), max_size=6), JSON)
def test_on_an_answer_with_one_alien_value(
    order: Callable[..., Exchange], operation: str, full: bool, places: list[int], alien: Any
) -> None:
    full = full and bool(OPERATIONS[operation].representations)
    made = order(operation, full=full)
    body = json.dumps(_put(made.json, places, alien) if made.answer.body else alien).encode()
    _judge(replace(made, answer=Answer(made.status, made.answer.headers, body)))
