"""What decisions add up to: which wins over which, and what the line says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from conformance.contract import load
from conformance.exchange import Deviation, Expected, Finding
from conformance.report.verdict import Exit, RowVerdict, State, Use, Verdict, WorkflowVerdict, decide
from conformance.requirements import Requirement, register
from conformance.runner.ledger import Ledger
from conformance.runner.plan import Plan, Selection
from conformance.waivers import Waiver
from tests.report.conftest import MakeExchange

CONFORMANT, BROKEN, USAGE, INCONCLUSIVE = Exit
NAME = "changesets/parent-exists"
OPERATION = "create-imodel-changeset"


def row(state: State, level: str = "MUST", label: str = "D") -> RowVerdict:
    """A row that ended in a state."""
    return RowVerdict(Requirement("a/b", "says", label, level, "a#b"), state)


HELD, OPEN = row(State.HELD), row(State.UNDECIDED)
MUST, SHOULD, INFO = row(State.BROKEN), row(State.BROKEN, "SHOULD", "C"), row(State.BROKEN, "INFO", "I")
OBSERVED = row(State.BROKEN, "SHOULD", "O")
FLAKY = row(State.FLAKY)
WAIVED = row(State.WAIVED)
WAIVER = Waiver("a/b", "why", date(2999, 1, 31))
TOLD, FAILED, UNTOLD = (
    WorkflowVerdict("push", "push.yaml", state, "why")
    for state in (State.HELD, State.BROKEN, State.UNDECIDED)
)
STALE, USED = Use(WAIVER, held=True), Use(WAIVER, ("0123456789ab",))


@pytest.mark.parametrize(
    ("rows", "facts", "expected"),
    [
        ([HELD], {}, CONFORMANT),
        ([HELD, MUST], {}, BROKEN),
        ([HELD, SHOULD, INFO], {}, CONFORMANT),
        ([HELD, OBSERVED], {}, CONFORMANT),
        ([HELD, OBSERVED], {"strict": True}, BROKEN),
        ([HELD, SHOULD], {"strict": True}, CONFORMANT),
        ([HELD, OPEN], {}, INCONCLUSIVE),
        ([HELD, FLAKY], {}, INCONCLUSIVE),
        ([HELD, row(State.UNDECIDED, "SHOULD")], {}, CONFORMANT),
        ([HELD, row(State.FLAKY, "SHOULD")], {}, CONFORMANT),
        ([HELD], {"trouble": ["no set-up"]}, INCONCLUSIVE),
        ([HELD], {"stopped": "interrupted"}, INCONCLUSIVE),
        ([HELD, WAIVED], {"waivers": [USED]}, CONFORMANT),
        ([WAIVED], {"waivers": [USED]}, CONFORMANT),
        ([HELD, MUST, WAIVED], {"waivers": [USED]}, BROKEN),
        ([HELD], {"waivers": [STALE]}, USAGE),
        ([HELD, OPEN], {"waivers": [STALE]}, USAGE),
        ([HELD, MUST], {"waivers": [STALE]}, BROKEN),
        ([HELD], {"waivers": [STALE], "scope": "smoke only"}, CONFORMANT),
        ([HELD], {"waivers": [STALE], "stopped": "interrupted"}, INCONCLUSIVE),
        ([HELD], {"waivers": [STALE], "trouble": ["no set-up"]}, INCONCLUSIVE),
        ([HELD], {"left_behind": ["a (b)"]}, CONFORMANT),
        ([HELD], {"not_looked_at": {"no reader": 2}}, CONFORMANT),
        ([HELD], {"not_looked_at": {"no reader": 2}, "require_complete": True}, INCONCLUSIVE),
        ([HELD], {"require_complete": True}, CONFORMANT),
        ([MUST, OPEN, FLAKY], {"trouble": ["x"], "stopped": "interrupted", "require_complete": True}, BROKEN),
        ([], {}, INCONCLUSIVE),
        ([row(State.NOT_PLANNED)], {}, INCONCLUSIVE),
        ([row(State.NOT_OFFERED)], {}, INCONCLUSIVE),
        ([HELD, row(State.NOT_OFFERED)], {}, CONFORMANT),
        ([SHOULD], {}, CONFORMANT),
        ([replace(HELD, planned=False)], {}, INCONCLUSIVE),
        ([], {"workflows": [TOLD]}, CONFORMANT),
        ([], {"workflows": [TOLD, UNTOLD]}, INCONCLUSIVE),
        ([], {"workflows": [UNTOLD, FAILED], "stopped": "interrupted"}, BROKEN),
        ([MUST], {"workflows": [TOLD]}, BROKEN),
    ],
)
def test_the_worst_decides(rows: list[RowVerdict], facts: dict[str, Any], expected: Exit) -> None:
    assert Verdict(rows, **facts).exit is expected


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (Verdict([HELD]), "conformant"),
        (Verdict([HELD, MUST]), "not conformant: 1 MUST row broken"),
        (Verdict([MUST, MUST], stopped="interrupted"), "not conformant: 2 MUST rows broken (interrupted)"),
        (Verdict([MUST, OBSERVED], strict=True), "not conformant: 2 rows broken"),
        (Verdict([HELD, OPEN]), "inconclusive: 1 MUST row could not be decided"),
        (Verdict([HELD, OPEN], stopped="target down: x"), "inconclusive: target down: x"),
        (Verdict([HELD], trouble=["set-up failed", "more"]), "inconclusive: set-up failed"),
        (Verdict([]), "inconclusive: nothing was decided"),
        (
            Verdict([HELD], not_looked_at={"no reader": 2, "no second, no reader": 1}),
            "conformant (partial: 3 MUST rows not looked at: no reader, no second)",
        ),
        (
            Verdict([HELD], not_looked_at={"no reader": 1}, require_complete=True),
            "inconclusive: partial: 1 MUST row not looked at: no reader",
        ),
        (
            Verdict([HELD, WAIVED], not_looked_at={"no reader": 1}),
            "conformant (1 MUST row waived; partial: 1 MUST row not looked at: no reader)",
        ),
        (
            Verdict([HELD], waivers=[STALE, STALE]),
            "stale waivers: nothing is wrong any more with a/b; take them out of the file",
        ),
        (Verdict([], workflows=[TOLD], scope="workflows only"), "conformant (workflows only)"),
        (Verdict([], workflows=[FAILED, TOLD]), "not conformant: 1 workflow failed"),
        (
            Verdict([MUST], workflows=[FAILED, FAILED], stopped="interrupted"),
            "not conformant: 1 MUST row broken and 2 workflows failed (interrupted)",
        ),
        (Verdict([], workflows=[UNTOLD]), "inconclusive: 1 workflow could not be told: push: why"),
        (Verdict([HELD], scope="smoke only: 3 of 9 MUST rows"), "conformant (smoke only: 3 of 9 MUST rows)"),
    ],
)
def test_one_line_says_it(verdict: Verdict, line: str) -> None:
    assert verdict.line == line


@pytest.fixture
def plan() -> Plan:
    """A plan of one row on one operation."""
    return Plan(Selection(), (OPERATION,), {NAME: (OPERATION,)})


def state_of(plan: Plan, ledger: Ledger, name: str = NAME) -> RowVerdict:
    """What becomes of a row."""
    return next(row for row in decide(plan, ledger, load()).rows if row.row.name == name)


def found(requirement: str = NAME) -> Finding:
    """A finding."""
    return Finding(requirement, OPERATION, Deviation("kind", "409", "201"), ())


def test_what_nobody_decided_is_undecided(plan: Plan) -> None:
    assert state_of(plan, Ledger()).state is State.UNDECIDED


def test_a_reason_is_kept(plan: Plan) -> None:
    ledger = Ledger()
    ledger.undecided(NAME, "no error body")
    assert state_of(plan, ledger).reason == "no error body"


def test_broken_wins_over_held(plan: Plan) -> None:
    ledger = Ledger()
    ledger.held(NAME, [OPERATION])
    ledger.broken(found())
    assert state_of(plan, ledger).state is State.BROKEN


def test_what_did_not_repeat_is_flaky(plan: Plan) -> None:
    ledger = Ledger()
    ledger.held(NAME, [OPERATION])
    ledger.broken(found())
    ledger.forgive({found().fingerprint})
    assert state_of(plan, ledger).state is State.FLAKY


def test_a_row_about_each_operation_needs_them_all() -> None:
    name = "answers/no-server-error"
    plan = Plan(Selection(), (OPERATION, "get-imodel-details"), {name: (OPERATION, "get-imodel-details")})
    ledger = Ledger()
    ledger.held(name, [OPERATION])
    left = state_of(plan, ledger, name)
    assert (left.state, left.reason) == (State.UNDECIDED, "not looked at on get-imodel-details")


FORK, FORKED = "fork-imodel", "copies/fork-squashes-history"
CLONED = "copies/name-taken"


def forks(*statuses: int) -> Ledger:
    """A ledger of a target that answered forks so."""
    ledger = Ledger()
    for status in statuses:
        ledger.saw(FORK, status, "", "a test")
    return ledger


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        ((403,), State.NOT_OFFERED),
        ((401, 422, 404), State.NOT_OFFERED),
        ((422,), State.UNDECIDED),
        ((403, 202), State.UNDECIDED),
        ((403, 409), State.UNDECIDED),
        ((403, 500), State.UNDECIDED),
        ((403, 400, 401, 413, 415, 422, 429), State.NOT_OFFERED),
        ((), State.UNDECIDED),
    ],
)
def test_what_is_refused_throughout_is_not_offered(statuses: tuple[int, ...], state: State) -> None:
    plan = Plan(Selection(), (FORK,), {FORKED: (FORK,)})
    assert state_of(plan, forks(*statuses), FORKED).state is state


def test_what_is_not_offered_leaves_a_row_to_the_other_operations() -> None:
    plan = Plan(Selection(), (FORK, "clone-imodel"), {CLONED: ("clone-imodel", FORK)})
    ledger = forks(403)
    ledger.broken(Finding(CLONED, FORK, Deviation("kind", "409", "403"), ()))
    assert state_of(plan, ledger, CLONED).reason == "not looked at on clone-imodel"
    ledger.held(CLONED, ["clone-imodel"])
    assert state_of(plan, ledger, CLONED).state is State.HELD


def test_what_takes_an_operation_that_is_not_offered_is_not_offered_either() -> None:
    name, read = "access/imodel-level-widens", "update-imodel"
    plan = Plan(Selection(), (read,), {name: (read,)})
    ledger = forks(403)
    ledger.lacks(name, FORK, [read])
    assert state_of(plan, ledger, name).state is State.NOT_OFFERED
    ledger.saw(FORK, 202, "", "a test")
    assert state_of(plan, ledger, name).state is State.UNDECIDED


def test_nor_is_an_operation_on_what_could_not_be_made() -> None:
    made, read, name = "create-imodel-share", "get-imodel-share", "shares/display-name-is-name"
    plan = Plan(Selection(), (read,), {name: (read,)})
    ledger = Ledger()
    ledger.saw(made, 404, "", "a test")
    assert state_of(plan, ledger, name).state is State.UNDECIDED
    ledger.lacking[read] = made
    assert state_of(plan, ledger, name).state is State.NOT_OFFERED
    ledger.saw(made, 201, "", "a test")
    assert state_of(plan, ledger, name).state is State.UNDECIDED


def test_a_refusal_keeps_to_what_binds_every_operation() -> None:
    ledger = forks(403)
    ledger.broken(Finding("errors/envelope", FORK, Deviation("kind", "code", "none"), ()))
    plan = Plan(Selection(), (FORK,), {"errors/envelope": (FORK,)})
    assert state_of(plan, ledger, "errors/envelope").state is State.BROKEN


@pytest.mark.parametrize(("status", "state"), [(404, State.UNDECIDED), (422, State.BROKEN)])
def test_no_path_is_told_before_anybody_asks_who_calls(
    exchange: MakeExchange, status: int, state: State
) -> None:
    name, clone = "access/no-token", "clone-imodel"
    seen = replace(exchange(FORK, status), expected=Expected(name, (401,)))
    ledger = forks(404)
    ledger.broken(Finding(name, FORK, Deviation("kind", "401", str(status)), (seen,)))
    plan = Plan(Selection(), (FORK, clone), {name: (FORK, clone)})
    assert state_of(plan, ledger, name).state is state


def test_what_is_broken_outside_the_plan_counts(plan: Plan) -> None:
    ledger = Ledger()
    ledger.broken(found("answers/no-server-error"))
    assert decide(plan, ledger, load()).exit is Exit.NOT_CONFORMANT


def test_only_missing_means_make_a_verdict_partial(plan: Plan) -> None:
    names = [name for name, row in register().items() if row.level == "MUST"]
    plan.left_out = {names[0]: "no reader", names[1]: "profile full", names[2]: "nothing decides it"}
    assert decide(plan, Ledger(), load()).not_looked_at == {"no reader": 1}


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (Selection(), ""),
        (Selection("full"), ""),
        (Selection("smoke"), "smoke only: 1 of"),
        (Selection(requirements=frozenset({NAME})), "selection only: 1 of"),
    ],
)
def test_a_part_is_called_a_part(plan: Plan, selection: Selection, said: str) -> None:
    scope = decide(replace(plan, selection=selection), Ledger(), load()).scope
    assert scope.startswith(said)
    assert bool(scope) == bool(said)


def waiver(operation: str = "", code: str = "") -> Waiver:
    """A waiver of the row."""
    return replace(WAIVER, name=NAME, operation=operation, code=code)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (waiver(), State.WAIVED),
        (waiver(OPERATION), State.WAIVED),
        (waiver(OPERATION, "Unknown"), State.WAIVED),
        (waiver("update-imodel"), State.BROKEN),
        (waiver(OPERATION, "Other"), State.BROKEN),
        (replace(WAIVER, name="imodels/name-unique"), State.BROKEN),
    ],
)
def test_a_waiver_covers_what_it_names(
    plan: Plan, exchange: MakeExchange, given: Waiver, state: State
) -> None:
    ledger = Ledger([given])
    shown = replace(found(), exchanges=(exchange(OPERATION),))
    assert ledger.broken(shown) is (state is State.BROKEN)
    assert state_of(plan, ledger).state is state


def test_a_row_is_broken_by_what_no_waiver_covers(plan: Plan) -> None:
    ledger = Ledger([waiver(OPERATION)])
    ledger.broken(found())
    ledger.broken(replace(found(), operation="update-imodel"))
    judged = state_of(plan, ledger)
    assert judged.state is State.BROKEN
    assert [judged.state_of(each) for each in judged.findings] == [State.WAIVED, State.BROKEN]


@pytest.mark.parametrize(
    ("given", "stale"), [(waiver(), True), (waiver(OPERATION), True), (waiver("x"), False)]
)
def test_a_waiver_of_what_holds_is_stale(plan: Plan, given: Waiver, stale: bool) -> None:
    ledger = Ledger([given])
    ledger.held(NAME, [OPERATION])
    assert bool(decide(plan, ledger, load()).stale) is stale


def test_a_waiver_of_what_is_broken_otherwise_is_not_stale(plan: Plan) -> None:
    ledger = Ledger([waiver(OPERATION, "Other")])
    ledger.held(NAME, [OPERATION])
    ledger.broken(found())
    assert decide(plan, ledger, load()).stale == []
