"""Requests made wrong: every kind of constraint, every promise of the register, nothing that is right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.api import ABSENT
from conformance.cases.faulty import limits, wrong
from conformance.cases.tolerated import TOLERANCES, tolerated
from conformance.cases.values import plain
from conformance.cases.violations import UNDOCUMENTED, Violation, violations
from conformance.contract import Operation, load
from conformance.exchange import NOT_JSON, Request
from conformance.relations.kinds import REFUSED
from conformance.requirements import register
from conformance.transport.wire import encode

CONTRACT = load()
OPERATIONS = list(CONTRACT.operations.values())
WITHOUT_GENERATED_FAULT = {"requests/content-type-ignored-on-reads", UNDOCUMENTED, REFUSED}
OWED = [
    (name, operation)
    for name, row in register().items()
    if name.startswith("requests/") and name not in WITHOUT_GENERATED_FAULT
    for operation in row.operations
]


def _of(operation: str) -> list[Violation]:
    return violations(CONTRACT, CONTRACT.operations[operation])


@pytest.mark.parametrize(("name", "operation"), OWED)
def test_each_promise_is_put_to_the_test(name: str, operation: str) -> None:
    assert name in {violation.expected.requirement for violation in _of(operation)}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_a_violation_changes_the_request(operation: Operation) -> None:
    base = plain(CONTRACT, operation)
    for violation in violations(CONTRACT, operation):
        assert violation.change(base) != base, violation.what


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_a_wrong_body_is_wrong_by_the_contract(operation: Operation) -> None:
    if operation.body is None or operation.body.schema is None:
        return
    validator, base = CONTRACT.validator(operation.body.schema), plain(CONTRACT, operation)
    assert validator.is_valid(base.body)
    for violation in violations(CONTRACT, operation):
        changed = violation.change(base)
        if replace(changed, body=base.body) != base or changed.body is ABSENT or "format" in violation.what:
            continue
        sent = Request("POST", "", {}, encode(changed.body)).json
        assert sent is NOT_JSON or not validator.is_valid(sent), violation.what


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_names_tell_violations_apart(operation: Operation) -> None:
    names = [violation.what for violation in violations(CONTRACT, operation)]
    assert len(names) == len(set(names))


def test_every_kind_of_constraint_is_broken() -> None:
    kinds = {
        violation.what.rpartition(": ")[2] for operation in OPERATIONS for violation in _of(operation.id)
    }
    assert kinds >= {
        "type", "null", "missing", "blank", "empty", "maxLength", "minimum", "maximum", "enum", "format",
        "pattern", "fraction", "minItems", "exclusive", "none-of-them", "broken", "no-object", "media-type",
        "no body",
    }  # fmt: skip


VALUE, PROPERTY = "InvalidValue", "MissingRequiredProperty"


@pytest.mark.parametrize(
    ("operation", "what", "requirement", "detail", "target"),
    [
        ("create-imodel", "extent.southWest.latitude: maximum", "requests/invalid-value", VALUE, "extent"),
        ("create-imodel", "name: missing", "requests/missing-property", PROPERTY, "name"),
        ("create-imodel", "description: maxLength", "requests/too-long-description", VALUE, "description"),
        ("create-imodel", "name: blank", UNDOCUMENTED, "", None),
        ("create-imodel", "extent.southWest: missing", UNDOCUMENTED, "", None),
        ("update-imodel", "body: none-of-them", "requests/at-least-one", PROPERTY, None),
        ("update-imodel", "description: maxLength", UNDOCUMENTED, "", None),
        ("create-imodel-named-version", "name: blank", UNDOCUMENTED, "", None),
        ("update-imodel-named-version", "name: maxLength", UNDOCUMENTED, "", None),
        ("update-imodel-changeset", "state: enum", "requests/invalid-value", VALUE, "state"),
        ("update-imodel-locks", "briefcaseId: missing", "requests/missing-property", PROPERTY, "briefcaseId"),
        ("get-itwin-imodels", "$skip: minimum", UNDOCUMENTED, "", None),
        ("get-imodel-users", "$skip: minimum", "requests/invalid-parameter", VALUE, "$skip"),
        ("get-imodel-users", "$top: minimum", UNDOCUMENTED, "", None),
    ],
)
def test_what_is_expected_rests_on_the_weakest_link(
    operation: str, what: str, requirement: str, detail: str, target: str | None
) -> None:
    expected = next(violation.expected for violation in _of(operation) if violation.what == what)
    assert (expected.requirement, expected.detail, expected.detail_target) == (requirement, detail, target)
    assert expected.statuses == (422,) or requirement == UNDOCUMENTED


def test_each_tolerance_has_a_use_and_a_reason() -> None:
    used = set()
    for operation in OPERATIONS:
        for violation in _of(operation.id):
            member, _, kind = violation.what.rpartition(": ")
            if (statuses := tolerated(operation.id, member, kind)) is not None:
                used.add(statuses)
                assert violation.expected.statuses == statuses
                assert violation.expected.requirement == UNDOCUMENTED
    assert used == {known.statuses for known in TOLERANCES}
    assert all(known.reason for known in TOLERANCES)


def test_wrong_values_of_a_nested_object() -> None:
    extent = CONTRACT.document["components"]["schemas"]["Extent"]
    faults = {(".".join(fault.trail), fault.kind) for fault in wrong(CONTRACT, extent)}
    assert ("southWest.latitude", "minimum") in faults
    assert ("northEast", "missing") in faults
    assert ("", "type") in faults


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "maxLength": 3}, ["xxx"]),
        ({"type": "integer", "minimum": 1, "maximum": 9}, [1, 9]),
        ({"type": "integer", "minimum": 1, "x-labels": {"minimum": "inferred"}}, []),
        ({"type": "string", "maxLength": 3, "x-label": "client"}, []),
        ({"type": ["string", "null"], "maxLength": 2}, ["xx"]),
    ],
)
def test_limits_are_the_documented_ones(schema: dict[str, object], expected: list[object]) -> None:
    assert list(limits(CONTRACT, schema)) == expected
