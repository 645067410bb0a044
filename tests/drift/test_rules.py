"""The catalogue: names that last, and every rule the mirror of another."""

from __future__ import annotations

import re

import pytest

from conformance.drift.rules import LEVELS, RULES, Rule

COMPARED = [rule for rule in RULES.values() if rule.direction != "behaviour"]
"""Rules about two documents. Those about behaviour are no steps from one state to another, so nothing undoes
them: their opposite is what would be told if document and service had each other's part."""

HARMLESS_BOTH_WAYS = {
    # Announcements: nothing stops working either way.
    "request-property-deprecated",
    "response-property-deprecated",
    "request-parameter-deprecated",
    "operation-deprecated",
}
"""Rules that hurt nobody, nor do their opposites."""


@pytest.mark.parametrize("rule", COMPARED, ids=lambda rule: rule.name)
def test_every_rule_is_undone_by_another(rule: Rule) -> None:
    other = RULES[rule.opposite]

    assert other.opposite == rule.name
    assert other.direction == rule.direction


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_every_rule_has_name_level_and_reason(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    assert rule.level in LEVELS
    assert rule.why
    assert not rule.why.endswith(".")


@pytest.mark.parametrize(
    "rule", [r for r in COMPARED if r.name != r.opposite and r.name < r.opposite], ids=lambda r: r.name
)
def test_one_way_or_the_other_hurts(rule: Rule) -> None:
    quiet = {rule.level, RULES[rule.opposite].level} == {"info"}

    assert quiet == ({rule.name, rule.opposite} & HARMLESS_BOTH_WAYS != set())


def test_the_opposite_of_what_was_seen_is_seen_too() -> None:
    seen = {rule.name for rule in RULES.values() if rule.direction == "behaviour"}

    assert {RULES[name].opposite for name in seen} <= seen


def test_what_a_request_may_hold_an_answer_may_hold_too() -> None:
    """Narrowed for requests is widened for answers: what breaks in one direction is harmless in the other."""
    for rule in COMPARED:
        mirror = RULES.get(rule.name.replace("request-", "response-"))
        if rule.direction == "request" and mirror and rule.name.endswith(("-narrowed", "-widened")):
            assert (rule.level == "info") == (mirror.level != "info"), rule.name


ONE_WAY = {
    r"request-((required-)?parameter-|parameter-became-).*": "what an answer has beside its body are headers",
    r"request-empty-value-.*": "headers are never left empty on purpose",
    r"request-(required-body|body-became)-.*": "no document can say that an answer must have its body",
    r"response-(success|error)-status-.*": "requests have no status",
    r"response-error-(code|detail)-.*": "requests are not refusals",
    r"response-((required-)?header-|header-became-).*": "the headers of requests are parameters",
    r"response-link-.*": "requests lead nowhere",
}
"""Rules that have no counterpart in the other direction, and why."""
DIRECTED = [rule for rule in COMPARED if rule.direction in ("request", "response")]


@pytest.mark.parametrize("rule", DIRECTED, ids=lambda rule: rule.name)
def test_a_rule_has_its_counterpart_in_the_other_direction_or_a_reason(rule: Rule) -> None:
    way, _, what = rule.name.partition("-")
    mirror = f"{'response' if way == 'request' else 'request'}-{what}"
    reasons = [reason for names, reason in ONE_WAY.items() if re.fullmatch(names, rule.name)]

    assert (mirror in RULES) != bool(reasons)


def test_no_reason_is_about_nothing() -> None:
    assert all(any(re.fullmatch(names, rule.name) for rule in DIRECTED) for names in ONE_WAY)
