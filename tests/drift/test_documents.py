"""Documents against each other: every operator is told as what it is, and nothing besides."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest

from conformance.document import document
from conformance.drift.rules import RULES
from tests.drift.measure import tell
from tests.drift.operators.frozen import FROZEN
from tests.drift.operators.kit import Operator
from tests.drift.operators.later import LATER
from tests.drift.small import changed, small

OPERATORS = FROZEN | LATER


@pytest.fixture(scope="module")
def published(root: Path) -> dict[str, Any]:
    """The published document."""
    return dict(document(root / "spec/published.openapi.yaml"))


@pytest.fixture(scope="module")
def own(root: Path) -> dict[str, Any]:
    """The suite's own contract."""
    return dict(document(root / "spec/imodels.openapi.yaml"))


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=lambda operator: operator.name)
def test_an_edit_is_told_as_what_it_is(
    operator: Operator, published: dict[str, Any], own: dict[str, Any]
) -> None:
    chance = random.Random(operator.name)
    subject = published if operator.apply(published, random.Random(1)) else own
    edit = operator.apply(subject, chance)

    assert edit is not None
    assert tell(subject, edit.document) == edit.expected


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=lambda operator: operator.name)
def test_an_edit_is_as_bad_as_it_is(
    operator: Operator, published: dict[str, Any], own: dict[str, Any]
) -> None:
    edits = [operator.apply(d, random.Random(seed)) for d in (published, own) for seed in range(12)]
    told = {rule for edit in edits if edit for rule, _ in edit.expected}

    assert {rule for rule in told if RULES[rule].level == "breaking"} == told & operator.breaking


def test_a_document_is_like_itself(own: dict[str, Any]) -> None:
    assert tell(own, own) == set()


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ({"type": "string", "nullable": True}, {"type": "string"}, {"response-became-not-nullable"}),
        (
            {"type": "integer", "maximum": 9, "exclusiveMaximum": True},
            {"type": "integer", "maximum": 9},
            {"response-maximum-widened"},
        ),
    ],
)
def test_documents_of_3_0(old: Any, new: Any, rules: set[str]) -> None:
    told = changed(small(old, openapi="3.0.3"), small(new, openapi="3.0.3"))

    assert {rule for rule, _, _ in told} == rules


def test_3_0_and_3_1_say_the_same() -> None:
    old = {"type": "integer", "nullable": True, "minimum": 0, "exclusiveMinimum": True}
    new = {"type": ["integer", "null"], "exclusiveMinimum": 0}

    assert changed(small(old, openapi="3.0.3"), small(new)) == set()


def test_a_schema_within_itself() -> None:
    def tree(**more: Any) -> dict[str, Any]:
        node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, **more}}
        return small({"$ref": "#/components/schemas/Node"}, components={"schemas": {"Node": node}})

    told = changed(tree(), tree(size={"type": "integer"}))

    assert told == {("response-property-added", "POST /a", "200 application/json /size")}


def test_members_of_one_direction() -> None:
    """A member that only answers have is none of a request."""
    before = {"type": "object", "properties": {"id": {"type": "string", "readOnly": True}}}

    assert changed(small(before, "request"), small({"type": "object"}, "request")) == set()
    assert changed(small(before), small({"type": "object"})) == {
        ("response-property-removed", "POST /a", "200 application/json /id")
    }


def test_all_of_is_drawn_in() -> None:
    parts = {"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": {"type": "string"}}}]}
    whole = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}

    assert changed(small(parts), small(whole)) == set()


def test_a_required_parameter_that_is_gone() -> None:
    old = small({"type": "object"})
    old["paths"]["/a"]["post"]["parameters"] = [{"name": "q", "in": "query", "required": True, "schema": {}}]

    assert changed(old, small({"type": "object"})) == {
        ("request-required-parameter-removed", "POST /a", "query q")
    }


def test_a_link_to_an_operation_that_is_gone_is_the_same_link() -> None:
    old = small({"type": "object"})
    old["paths"]["/a"]["get"] = {"operationId": "read", "responses": {"200": {"description": "Yes"}}}
    old["paths"]["/a"]["post"]["responses"]["200"]["links"] = {"read": {"operationId": "read"}}
    new = copy.deepcopy(old)
    del new["paths"]["/a"]["get"]

    assert changed(old, new) == {("operation-removed", "GET /a", "")}


def test_forms_of_one_name_belong_together() -> None:
    """Though what is left of one is more like the other."""

    def forms(**schemas: Any) -> dict[str, Any]:
        choice = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in schemas]}
        return small(choice, components={"schemas": schemas})

    def members(*names: str) -> dict[str, Any]:
        return {"type": "object", "properties": {name: {"type": "string"} for name in names}}

    told = changed(
        forms(A=members("a", "b"), B=members("c", "d")),
        forms(B=members("a", "b", "x"), A=members("c", "d", "y")),
    )

    assert {(rule, place.rpartition(" ")[2]) for rule, _, place in told} == {
        *(("response-property-removed", f"/{name}") for name in "abcd"),
        *(("response-property-added", f"/{name}") for name in "abcdxy"),
    }


def test_a_format_that_names_no_values_is_no_limit() -> None:
    assert changed(small({"type": "number"}), small({"type": "number", "format": "double"})) == set()
    assert changed(small({"type": "string"}), small({"type": "string", "format": "uuid"})) != set()
