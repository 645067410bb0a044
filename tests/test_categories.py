"""Fault categories of Web Fuzzing Commons: known codes, rows that exist, and the one that a finding is of."""

from __future__ import annotations

import pytest
from schemathesis.cli.wfc_report import FAULT_CATEGORY_IDS

from conformance.categories import Category, categories, of_finding, of_row
from conformance.contract import load
from conformance.exchange import Answer, Deviation, Exchange, Finding, Request
from conformance.requirements import register

OF_ITS_OWN = 904
"""From here on the codes are the tool's, not those of the commons."""


@pytest.mark.parametrize("category", categories(), ids=str)
def test_a_category_is_known_and_so_are_its_rows(category: Category) -> None:
    assert category.code < OF_ITS_OWN
    assert FAULT_CATEGORY_IDS[category.code] == category.id
    assert category.rows
    assert category.rows <= register().keys()


def found(row: str, status: int, method: str = "GET", number: int = 1) -> Finding:
    operation = "delete-imodel" if method == "DELETE" else "get-imodel-details"
    described = load().operations[operation]
    exchange = Exchange(
        number, Request(method, "http://127.0.0.1/imodels/x"), Answer(status), load(), described
    )
    return Finding(row, operation, Deviation("x", "x", "x"), (exchange,))


@pytest.mark.parametrize(
    ("row", "status", "method", "code"),
    [
        ("answers/no-server-error", 500, "GET", 100),
        ("answers/no-server-error", 501, "GET", 205),
        ("answers/no-server-error", 503, "GET", 121),
        ("imodels/delete-removes", 200, "GET", 113),
        ("imodels/create-is-readable", 404, "GET", 122),
        ("imodels/create-is-readable", 200, "GET", None),
        ("answers/body-matches-schema", 200, "GET", 200),
        ("requests/invalid-value", 200, "GET", 206),
        ("requests/invalid-value", 409, "GET", None),
        ("requests/plainest-accepted", 422, "GET", 207),
        ("access/no-token", 204, "DELETE", 308),
        ("access/no-token", 200, "GET", 311),
        ("access/bad-token", 204, "DELETE", 311),
        ("access/bad-token", 403, "DELETE", None),
        ("changesets/parent-exists", 201, "GET", None),
    ],
)
def test_what_was_answered_tells_the_category(row: str, status: int, method: str, code: int | None) -> None:
    category = of_finding(found(row, status, method))
    assert (category and category.code) == code


def test_a_finding_without_an_exchange_has_none() -> None:
    assert of_finding(Finding("answers/no-server-error", "storage", Deviation("x", "x", "x"), ())) is None


def test_a_row_may_be_of_several() -> None:
    assert [category.code for category in of_row("answers/no-server-error")] == [100, 205, 121]
    assert of_row("changesets/parent-exists") == []
