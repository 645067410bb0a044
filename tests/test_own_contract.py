"""The suite's own contract as an OpenAPI document: valid, and without what a linter would complain of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from conformance.contract import Contract, load
from conformance.document import references

IDS = sorted(load().operations)


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The suite's own contract."""
    return load()


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in a part of a document."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(inner)


def test_it_is_valid_openapi(contract: Contract) -> None:
    validate(contract.document)


def test_it_has_57_operations_and_6_of_them_are_previews(contract: Contract) -> None:
    maturities = Counter(operation.maturity for operation in contract.operations.values())
    assert maturities == {"public": 51, "preview": 6}


@pytest.mark.parametrize("operation", IDS)
def test_an_operation_is_told_whole(contract: Contract, operation: str) -> None:
    raw = contract.operations[operation].raw
    assert raw["operationId"] == operation
    assert raw["summary"]
    tags = {tag["name"] for tag in contract.document["tags"]}
    assert len(raw["tags"]) == 1
    assert set(raw["tags"]) <= tags
    refusals = {status for status in raw["responses"] if status.startswith("4")}
    assert {"401", "429"} <= refusals
    named = [part[1:-1] for part in contract.operations[operation].path.split("/") if part.startswith("{")]
    declared = [p.name for p in contract.operations[operation].parameters if p.location == "path"]
    assert sorted(declared) == sorted(named)


def test_nothing_stands_there_unused(contract: Contract) -> None:
    used = {*references(contract.document)}
    unused = [
        f"#/components/{kind}/{name}"
        for kind, parts in contract.document["components"].items()
        for name in parts
        if kind != "securitySchemes" and f"#/components/{kind}/{name}" not in used
    ]
    assert unused == []


def test_every_example_is_what_its_schema_asks_for(contract: Contract) -> None:
    held = [node for node in nodes(contract.document["paths"]) if {"schema", "example"} <= node.keys()]
    assert len(held) > 80
    wrong = [
        f"{error.instance_path} {error.message}"
        for node in held
        for error in contract.validator(node["schema"]).iter_errors(node["example"])
    ]
    assert wrong == []


def test_links_lead_to_operations_and_their_parameters(contract: Contract) -> None:
    links = [link for node in nodes(contract.document["paths"]) for link in node.get("links", {}).values()]
    assert len(links) > 50
    for link in links:
        known = {parameter.name for parameter in contract.operations[link["operationId"]].parameters}
        assert set(link["parameters"]) <= known
