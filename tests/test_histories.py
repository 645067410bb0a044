"""Histories: what a small model explains, what it does not, and how little of it is shown."""

from __future__ import annotations

import pytest

from conformance.histories import Chain, Claim, Model, Step, anomaly, as_lines, explained

BUSY, LATE = "409 ConflictWithAnotherUser", "409 NewerChangesExist"


def history(*lines: str) -> list[Step]:
    """Steps from `who what about: outcome @ began-ended`; without times one after the other."""
    steps = []
    for place, line in enumerate(lines):
        told, _, when = line.partition(" @ ")
        asked, _, outcome = told.partition(":")
        who, what, about = [*asked.split(" "), ""][:3]
        began, ended = map(float, when.split("-")) if when else (2.0 * place, 2.0 * place + 1)
        steps.append(Step(who, what, about, outcome.strip(), began, ended))
    return steps


EXPLAINED: list[tuple[Model, list[Step]]] = [
    (Claim(), []),
    (Claim(), history("a claims it: ok", "b claims it: 409", "a releases it: ok", "b claims it: ok")),
    (Claim(), history("a claims it: ok", "a claims it: ok")),
    (Claim(), history("b claims it: 409 @ 0-3", "a claims it: ok @ 1-2")),
    (Claim(), history("a claims it:", "b claims it: 409")),
    (Claim(), history("a claims it:", "b claims it: ok")),
    (Claim("a"), history("b claims it: 409")),
    (Chain(), history("a begins: ok", "a completes: ok", "b begins a: ok", "b completes a: ok")),
    (Chain(), history("a begins: ok", f"b begins: {BUSY}", "a completes: ok", f"b begins: {LATE}")),
    (Chain(), history("a begins: ok", "a begins: ok", "a completes: ok")),
    (Chain(), history("a begins: ok", "b begins: 409")),
    # Between its first look and its last the service may find either reason.
    (Chain(), history("a begins: ok", "a completes: ok", f"b begins: {BUSY}")),
    (Chain(), history("a begins: ok @ 0-1", f"b begins: {LATE} @ 0-9", "a completes: ok @ 2-3")),
    (Chain(), history("a begins: ok", "a completes:", "b begins a: ok")),
]


@pytest.mark.parametrize(("model", "steps"), EXPLAINED)
def test_a_right_history_is_explained(model: Model, steps: list[Step]) -> None:
    assert explained(model, steps)
    assert anomaly(model, steps) == []


ODD: list[tuple[Model, list[Step], list[int]]] = [
    (Claim(), history("c claims it: 409 @ 1-9", "a claims it: ok @ 0-5", "b claims it: ok @ 0-5"), [1, 2]),
    (Claim(), history("a claims it: 409", "b claims it: 409"), [0]),
    (Claim(), history("a claims it: ok", "a releases it: ok", "b claims it: 409"), [1, 2]),
    (Claim(), history("a releases it: ok"), [0]),
    (Claim(), history("a claims it: ok", "b releases it: ok"), [1]),
    (
        Chain(),
        history("a begins: ok @ 0-1", "b begins: ok @ 0-1", "a completes: ok", "b completes: ok"),
        [2, 3],
    ),
    (Chain(), history("a begins: ok", "b begins: ok"), [0, 1]),
    (Chain(), history("a begins: ok", "a completes: 404 FileNotFound"), [0, 1]),
    (Chain(), history(f"a begins: {LATE}"), [0]),
    (Chain(), history(f"a begins: {BUSY}"), [0]),
    (Chain(), history("a begins: ok", "a completes: ok", "b begins: ok"), [1, 2]),
]


@pytest.mark.parametrize(("model", "steps", "shown"), ODD)
def test_an_anomaly_is_shown_with_as_few_steps_as_it_takes(
    model: Model, steps: list[Step], shown: list[int]
) -> None:
    assert anomaly(model, steps) == sorted((steps[place] for place in shown), key=lambda step: step.began)


def test_a_history_is_told_from_its_first_step() -> None:
    steps = history("a claims it: ok @ 5-5.25", "b claims it: 409 @ 5.125-6")
    assert as_lines(steps) == "0.0 to 250.0 ms: a claims it: ok\n125.0 to 1000.0 ms: b claims it: 409"
    assert as_lines([]) == ""
