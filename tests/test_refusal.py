"""How refusals are read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.contract import load
from conformance.exchange import Answer, Exchange, Expected, Request
from conformance.refusal import as_expected, refused
from conformance.story import Undecided


def _exchange(status: int, body: Any = None) -> Exchange:
    content = b"" if body is None else json.dumps(body).encode()
    return Exchange(1, Request("POST", "http://127.0.0.1/imodels"), Answer(status, {}, content), load())


TAKEN = {"error": {"code": "iModelExists", "message": "…"}}
INVALID = {
    "error": {
        "code": "InvalidiModelsRequest",
        "message": "…",
        "details": [
            {"code": "InvalidValue", "message": "…", "target": "Name"},
            {"code": "MissingRequiredProperty", "message": "…"},
        ],
    }
}


def test_status_and_code_are_read() -> None:
    assert refused(_exchange(409, TAKEN), 409, "iModelExists")["code"] == "iModelExists"
    assert refused(_exchange(404), (403, 404)) == {}


@pytest.mark.parametrize(("status", "code"), [(404, "iModelExists"), (409, "DataConflict")])
def test_another_answer_fails(status: int, code: str) -> None:
    with pytest.raises(AssertionError):
        refused(_exchange(409, TAKEN), status, code)


def test_a_code_that_the_answer_does_not_tell_is_undecided() -> None:
    with pytest.raises(Undecided):
        refused(_exchange(409), 409, "iModelExists")
    with pytest.raises(Undecided):
        refused(_of("create-imodel-changeset", 409), 409, "ChangesetExists")


def test_a_status_with_one_documented_code_tells_it() -> None:
    assert refused(_of("delete-imodel", 403), 403, "InsufficientPermissions") == {}


def _of(operation: str, status: int) -> Exchange:
    return replace(_exchange(status), operation=load().operations[operation])


def _expected(**changes: Any) -> Expected:
    told: dict[str, Any] = {
        "code": "InvalidiModelsRequest",
        "detail": "InvalidValue",
        "detail_target": "name",
    }
    return Expected("requests/invalid-value", (422,), **(told | changes))


@pytest.mark.parametrize(
    "expected",
    [
        _expected(),
        _expected(detail="MissingRequiredProperty", detail_target=None),
        _expected(detail_target="other", any_target=True),
        _expected(detail=""),
        _expected(code="", detail=""),
    ],
)
def test_an_expected_refusal_deviates_in_nothing(expected: Expected) -> None:
    assert as_expected(_exchange(422, INVALID), expected) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, _expected()),
        (400, _expected()),
        (422, _expected(code="MissingRequestBody")),
        (422, _expected(detail="InvalidRequestBody")),
        (422, _expected(detail_target="description")),
        (422, _expected(detail="MissingRequiredProperty", detail_target="name")),
    ],
)
def test_an_unexpected_one_deviates(status: int, expected: Expected) -> None:
    assert as_expected(_exchange(status, INVALID), expected) is not None
