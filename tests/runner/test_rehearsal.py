"""The rehearsal: how long the requests of a run take at a pace."""

from __future__ import annotations

import pytest

from conformance.runner.rehearsal import Cost
from conformance.transport.pace import NONE, SLACK, TRIAL


def test_answers_and_own_work_take_their_time() -> None:
    cost = Cost(order=[""] * 10, seconds=5.0)
    assert cost.last(0, NONE, 0.1) == pytest.approx(6.0)


def test_a_rate_and_a_tier_take_theirs() -> None:
    assert Cost(order=[""] * 10).last(2, NONE, 0.0) == pytest.approx(4.5)
    made = Cost(order=["create-imodel"] * 11)
    assert made.last(0, TRIAL, 0.0) == pytest.approx(2 * (60 + SLACK))


def test_work_while_one_waits_costs_nothing_more() -> None:
    busy = Cost(order=["create-imodel"] * 6, seconds=6.0)
    assert busy.last(0, TRIAL, 0.0) == pytest.approx(60 + SLACK + 1.0)
