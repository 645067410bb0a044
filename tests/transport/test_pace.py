"""The pace: limits hold in every window, and a 429 is waited out as it asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.exchange import Answer, Unreachable
from conformance.transport.budget import Budget, OverBudget
from conformance.transport.pace import LIMITS, NONE, SLACK, STANDARD, TRIAL, Pace, asked


class Clock:
    """Time that passes as it is told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def _moments(pace: Pace, clock: Clock, operations: list[str]) -> list[tuple[str, float]]:
    found = []
    for operation in operations:
        clock.now += pace.take(operation)
        found.append((operation, clock.now))
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["create-imodel", "clone-imodel", "acquire-imodel-briefcase", ""]), max_size=700)
)
@pytest.mark.parametrize("tier", [TRIAL, STANDARD])
def test_no_window_holds_more_than_its_limit(tier: str, operations: list[str]) -> None:
    clock = Clock()
    moments = _moments(Pace(0, tier, clock), clock, operations)
    for about, limits in LIMITS[tier].items():
        own = [moment for operation, moment in moments if about in ("", operation)]
        for count, span in limits:
            pairs = zip(own, own[count:], strict=False)
            assert all(later - earlier >= span + SLACK - 1e-6 for earlier, later in pairs)


def test_all_requests_together_have_a_limit_too() -> None:
    clock = Clock()
    mixed = ["acquire-imodel-briefcase", "", "", "", "", "", ""] * 72
    assert _moments(Pace(0, TRIAL, clock), clock, mixed)[500][1] == 160 + SLACK


def test_several_keep_to_their_parts_of_a_limit() -> None:
    clock = Clock()
    moments = _moments(Pace(0, TRIAL, clock, sharers=2), clock, ["create-imodel"] * 3)
    assert [moment for _, moment in moments] == [100, 100, 160 + SLACK]


def test_a_rate_keeps_requests_apart() -> None:
    clock = Clock()
    moments = [moment for _, moment in _moments(Pace(4, NONE, clock), clock, [""] * 9)]
    assert moments == [100 + place / 4 for place in range(9)]


def test_without_limits_nobody_waits() -> None:
    clock = Clock()
    assert _moments(Pace(clock=clock), clock, ["create-imodel"] * 50)[-1][1] == 100


MOMENT = datetime(2026, 1, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, 1.0),
        ({}, 1.0),
        ({"itwinplatform-ratelimit-retry-after-seconds": "9"}, 9.0),
        (
            {
                "retry-after": format_datetime(MOMENT + timedelta(seconds=30), usegmt=True),
                "date": format_datetime(MOMENT, usegmt=True),
            },
            30.0,
        ),
        ({"retry-after": format_datetime(MOMENT, usegmt=True)}, 0.0),
    ],
)
def test_what_a_429_asks(headers: dict[str, str], seconds: float) -> None:
    assert asked(Answer(429, headers)) == seconds


def test_an_hour_is_not_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("conformance.transport.pace.time.sleep", slept.append)
    Pace().rest(Answer(429, {"retry-after": "60"}))
    with pytest.raises(Unreachable, match="asks to wait 3600 s"):
        Pace().rest(Answer(429, {"retry-after": "3600"}))
    assert slept == [60.0]


@pytest.mark.parametrize(
    ("budget", "sent", "wait", "said"),
    [
        (Budget(requests=10), 9, 0.0, ""),
        (Budget(requests=10), 10, 0.0, "--max-requests 10 is used up"),
        (Budget(seconds=6e6), 0, 30.0, ""),
        (Budget(seconds=6e6), 0, 7e6, "--max-time 100000 is used up"),
        (Budget(), 10**6, 10**6, ""),
    ],
)
def test_what_is_used_up(budget: Budget, sent: int, wait: float, said: str) -> None:
    assert budget.spent(sent, wait) == said


def test_one_imodel_too_many_stays_here() -> None:
    budget = Budget(imodels=2)
    budget.check(99, makes=True, made=1)
    budget.check(99, makes=False, made=2)
    with pytest.raises(OverBudget, match="--max-imodels 2"):
        budget.check(99, makes=True, made=2)
