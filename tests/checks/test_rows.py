"""Each check passes what is right, and reports what is wrong under its own name and no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance import checks
from conformance.exchange import Exchange
from tests.checks.tables import answers, errors, links, lists, resources
from tests.checks.tables.case import Case

checks.load()

CASES = [
    *answers.ANSWERS,
    *answers.NO_LEAK,
    *errors.ERRORS,
    *errors.EXPECTED,
    *lists.LISTS,
    *links.LINKS,
    *resources.RESOURCES,
]
BY_MAKERS = {known.requirement for known in checks.CHECKS if known.judge.__module__.endswith("expected")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_right_passes(
    case: Case,
    order: Callable[..., Exchange],
    judged: Callable[..., set[str]],
    broken: Callable[..., set[str]],
) -> None:
    exchange = order(case.operation, **case.right)
    assert case.row in judged(exchange)
    assert broken(exchange) == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_wrong_breaks_this_row_alone(
    case: Case, order: Callable[..., Exchange], broken: Callable[..., set[str]]
) -> None:
    assert broken(order(case.operation, **case.wrong)) == {case.row}


def test_every_check_is_in_the_table() -> None:
    registered = {known.requirement for known in checks.CHECKS}
    assert registered - {case.row for case in CASES} - BY_MAKERS == set()


def test_no_row_has_two_checks() -> None:
    names = [known.requirement for known in checks.CHECKS]
    assert len(names) == len(set(names))
