"""The plan: what is decided by whom, and what is left out for which reason."""

from __future__ import annotations

import pytest

from conformance.contract import load
from conformance.credentials import Tokens
from conformance.live import live_target
from conformance.requirements import register
from conformance.runner.plan import CHECKS, Plan, Selection, deciders, make_plan
from conformance.target import DEDICATED, Target
from conformance.targetfile import read

ROW = "changesets/parent-exists"
ALL = ("second", "writer", "reader", "viewer", "manager", "outsider", "expired")


def _target(*identities: str, itwins: int = 2, embedded: bool = True, dedicated: bool = True) -> Target:
    tokens = dict.fromkeys(("main", *identities), "token")
    roles = dict.fromkeys(tokens, "role") if embedded else {}
    places = ("a", "b")[:itwins]
    return Target(
        "http://127.0.0.1:1/imodels", places, Tokens.fixed(tokens), embedded, dedicated, roles=roles
    )


def _plan(target: Target, **chosen: object) -> Plan:
    return make_plan(load(), target, Selection(**chosen))  # type: ignore[arg-type]


def test_every_row_is_decided_by_something() -> None:
    decided = frozenset().union(*deciders().values())
    assert {name for name, row in register().items() if not row.when_seen} - decided == set()


def test_every_decided_row_is_in_the_register() -> None:
    assert frozenset().union(*deciders().values()) <= register().keys()


def test_with_everything_at_hand_only_the_profile_leaves_rows_out() -> None:
    reasons = set(_plan(_target(*ALL)).left_out.values())
    assert reasons <= {"judged when it occurs", "profile full"}


def test_missing_identities_take_rows_out_and_are_named() -> None:
    plan = _plan(_target("second", itwins=1, embedded=False), profile="full")
    assert plan.left_out["copies/name-default"] == "no second-itwin"
    assert plan.left_out["briefcases/release-of-anothers"] == "no writer"
    assert plan.left_out["baseline-files/bytes-identical"] == "no real-baseline"
    assert "changesets/one-push-at-a-time" in plan.rows


def test_only_an_identity_nobody_else_uses_has_its_recents_changed() -> None:
    plan = _plan(_target(*ALL, dedicated=False))
    assert plan.left_out["recents/add-is-listed"] == "no dedicated"
    changing = {"add-imodel-to-my-recents", "remove-imodel-from-my-recents"}
    assert set(load().operations) - set(plan.operations) == changing
    assert "get-my-recently-used-imodels" in plan.rows["lists/envelope"]


@pytest.mark.parametrize("dedicated", [True, False])
def test_a_user_says_whether_an_identity_is_the_suites_own(
    monkeypatch: pytest.MonkeyPatch, dedicated: bool
) -> None:
    monkeypatch.setenv("IMODELS_TOKEN", "token")
    itwin = "4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012"
    target = live_target("https://api.example.com/imodels", (itwin,), read(""), dedicated=dedicated)
    assert (DEDICATED in target.abilities) is dedicated


def test_a_selected_requirement_is_the_whole_plan() -> None:
    plan = _plan(_target(*ALL), requirements=frozenset({ROW}))
    assert set(plan.rows) == {ROW}
    own = frozenset({ROW, "changesets/id-unique"})
    assert plan.includes_test(own, "gate", None)
    assert not plan.includes_test(frozenset({"changesets/id-unique"}), "gate", None)
    assert not plan.includes_test(frozenset(), "gate", "create-imodel")


def test_a_requirement_of_a_check_needs_the_generated_tests_of_its_operations() -> None:
    plan = _plan(_target(*ALL), requirements=frozenset({"copies/no-body"}))
    assert "copies/no-body" in deciders()[CHECKS]
    assert plan.includes_test(frozenset(), "gate", "clone-imodel")
    assert not plan.includes_test(frozenset(), "gate", "get-imodel-users")


def test_a_story_that_lacks_an_identity_is_left_out_and_a_generated_test_is_not() -> None:
    names = frozenset({"briefcases/release-of-anothers", "briefcases/unknown"})
    lonely, crowded = _plan(_target("second")), _plan(_target("second", "writer"))
    assert not lonely.includes_test(names, "gate", None)
    assert lonely.includes_test(names, "gate", "release-imodel-briefcase")
    assert crowded.includes_test(names, "gate", None)


def test_a_requirement_asked_for_by_name_is_planned_in_every_profile() -> None:
    name = next(name for name, row in register().items() if row.profile == "full")
    plan = _plan(_target(*ALL), profile="smoke", requirements=frozenset({name}))
    assert set(plan.rows) == {name}
    assert plan.includes_test(frozenset({name}), "full", None)
    assert not plan.includes_test(frozenset({ROW}), "full", None)


@pytest.mark.parametrize(
    ("embedded", "chosen", "included"),
    [
        (True, {}, True),
        (True, {"profile": "smoke"}, False),
        (False, {}, False),
        (False, {"profile": "full"}, True),
        (False, {"operations": frozenset({"create-imodel"})}, True),
    ],
)
def test_what_is_costly_is_left_out_where_imodels_are_counted(
    embedded: bool, chosen: dict[str, object], included: bool
) -> None:
    plan = _plan(_target(*ALL, embedded=embedded), **chosen)
    assert plan.includes_test(frozenset(), "smoke", "create-imodel", costly=True) is included


def test_a_frugal_run_looks_at_one_operation_of_each_resource_where_all_are_guarded_alike() -> None:
    name, others = "access/bad-token", frozenset({"access/bad-token", "access/no-token"})
    plan, whole = _plan(_target(*ALL, embedded=False)), _plan(_target(*ALL))
    tags = [load().operations[operation].tag for operation in plan.rows[name]]
    assert sorted(tags) == sorted(set(tags))
    assert set(tags) == {load().operations[operation].tag for operation in whole.rows[name]}
    left = (set(whole.rows[name]) - set(plan.rows[name])).pop()
    assert whole.looks_at(name, left)
    assert not plan.looks_at(name, left)
    assert plan.looks_at("access/no-token", left)
    assert not plan.includes_test(frozenset({name}), "gate", left)
    assert plan.includes_test(others, "gate", left)


def test_the_subjects_are_the_operations_of_the_planned_rows() -> None:
    plan = _plan(_target(*ALL), requirements=frozenset({ROW}))
    assert plan.subjects == {"create-imodel-changeset"}
    assert plan.operations == tuple(load().operations)


@pytest.mark.parametrize(("profile", "included"), [("smoke", False), ("gate", True), ("full", True)])
def test_a_profile_holds_the_smaller_ones(profile: str, included: bool) -> None:
    assert _plan(_target(*ALL), profile=profile).includes_test(frozenset(), "gate", None) is included


def test_an_operation_narrows_rows_and_generated_tests() -> None:
    plan = _plan(_target(*ALL), operations=frozenset({"get-imodel-users"}))
    assert plan.operations == ("get-imodel-users",)
    assert plan.rows["access/no-token"] == ("get-imodel-users",)
    assert "copies/no-body" in plan.left_out
