"""What drift tells, in each of its forms."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.drift.allure import write_results
from conformance.drift.output import FORMATS, junit, sarif, table
from conformance.drift.rows import Row, ordered, row_of
from conformance.drift.rules import RULES, Difference
from conformance.drift.touching import TOUCHES, touched
from conformance.requirements import register

PLACE = "200 application/json /iModel/name"
ROW = row_of(Difference("response-became-nullable", "GET /{}", PLACE), side="document")
ODD = replace(ROW, place="200 /a\x1b[31m\x00b", new="one\ntwo\x07")


def test_both_levels_and_the_requirement_are_in_every_form(tmp_path: Path) -> None:
    write_results([ROW], tmp_path, "any")
    (allure,) = [file.read_text("utf-8") for file in tmp_path.glob("*-result.json")]
    for told in (*(form([ROW]) for form in FORMATS.values()), allure):
        assert re.search("breaking|error", told)
        assert re.search(r'(providers: |\| |provider_level": "|providerLevel": ")info', told)
        assert "answers/body-matches-schema" in told
        assert "document" in told


@pytest.mark.parametrize("form", FORMATS)
def test_what_a_service_sends_bends_no_form(form: str) -> None:
    told = FORMATS[form]([ODD])

    assert not re.search(r"[\x00-\x09\x0b-\x1f]", told)
    if form == "junit":
        ElementTree.fromstring(told)
    if form == "table":
        assert len(told.splitlines()) == 3


def test_sarif_is_as_code_scanning_needs_it() -> None:
    rows = [ROW, replace(ROW, waived="planned", known=True), replace(ROW, level="warning")]
    (run,) = json.loads(sarif(rows, Path("spec/my api.yaml")))["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}

    for one in run["results"]:
        (place,) = one["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == "spec/my%20api.yaml"
        assert place["physicalLocation"]["region"]["startLine"] == 1
        assert one["ruleId"] in rules
        assert one["message"]["text"]
    assert [one["level"] for one in run["results"]] == ["error", "error", "warning"]
    assert [one["baselineState"] for one in run["results"]] == ["new", "unchanged", "new"]
    assert run["results"][1]["suppressions"] == [{"kind": "external", "justification": "planned"}]
    assert json.loads(sarif([ROW], Path("/a b")))["runs"][0]["results"][0]["locations"][0][
        "physicalLocation"
    ]["artifactLocation"] == {"uri": "file:///a%20b"}


def test_junit_counts_what_it_has() -> None:
    rows = [ROW, replace(ROW, waived="planned"), replace(ROW, level="info")]
    suite = ElementTree.fromstring(junit(rows))
    cases = list(suite)

    assert [suite.get(name) for name in ("tests", "failures", "skipped", "errors")] == ["3", "1", "1", "0"]
    assert [[child.tag for child in case] for case in cases] == [
        ["failure", "system-out"],
        ["skipped", "system-out"],
        ["system-out"],
    ]


def test_what_touches_a_requirement_names_one() -> None:
    assert {name for _, _, name in TOUCHES if name} <= set(register())
    assert all(any(re.fullmatch(rules, name) for name in RULES) for rules, _, _ in TOUCHES)


@pytest.mark.parametrize(
    ("rule", "operation", "place", "name"),
    [
        ("response-success-status-removed", "GET /", "200", "answers/documented-success"),
        ("status-appeared", "GET /", "200", "answers/documented-success"),
        ("response-status-unseen", "GET /", "4XX", "answers/documented-refusal"),
        ("response-code-undocumented", "GET /", "404", "errors/documented-code"),
        (
            "response-required-header-removed",
            "POST /{}/clone",
            "202 header location",
            "answers/documented-headers",
        ),
        ("response-header-removed", "GET /", "200 header x", ""),
        ("response-null-undocumented", "GET /", PLACE, "answers/body-matches-schema"),
        ("response-type-changed", "GET /", "404 application/json /error", "errors/envelope"),
        ("response-type-changed", "GET /nothing", PLACE, ""),
        ("response-link-removed", "GET /", "200 link x", ""),
        ("response-property-deprecated", "GET /", PLACE, ""),
        (
            "request-required-property-added",
            "POST /",
            "body application/json /x",
            "requests/missing-property",
        ),
        ("request-required-body-added", "POST /", "body", "requests/missing-body"),
        ("request-requirement-waived", "POST /", "body", "requests/missing-body"),
        ("request-maximum-narrowed", "GET /", "query $top", "requests/invalid-parameter"),
        ("request-parameter-added", "GET /", "query x", ""),
        ("request-property-added", "POST /", "body application/json /x", ""),
        ("request-max-length-narrowed", "POST /", "body application/json /name", "requests/invalid-value"),
        ("security-added", "GET /", "security", "access/no-token"),
        ("operation-removed", "GET /", "", ""),
    ],
)
def test_the_requirement_that_a_difference_touches(rule: str, operation: str, place: str, name: str) -> None:
    assert touched(rule, operation, place) == name


def test_the_order_is_the_same_whatever_was_met_first() -> None:
    rows = [Row("header-appeared", "GET /", "200", new=name) for name in "abc"]

    assert table(ordered(rows)) == table(ordered(reversed(rows)))


def test_how_long_it_took_today_makes_no_new_difference() -> None:
    one, other = (Row("answer-slower", "GET /", "200", "median 1 ms", f"median {n} ms") for n in (5, 6))

    assert one.fingerprint == other.fingerprint
    assert replace(one, rule="code-appeared").fingerprint != replace(other, rule="code-appeared").fingerprint
