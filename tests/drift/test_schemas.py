"""Two schemas: what says the same in other words is no change, and one edit is told as one thing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.drift.small import changed, small

KNOWN: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("schemas.yaml").read_text("utf-8"))
OLD, NEW = "3.0.3", "3.1.0"
TEXT: dict[str, Any] = {"type": "string"}


def told(old: Any, new: Any, way: str, versions: tuple[str, str] = (NEW, NEW)) -> str:
    """The rules, without their direction."""
    documents = [
        small(schema, way, openapi=version, components={"schemas": KNOWN["shared"]})
        for schema, version in zip((old, new), versions, strict=True)
    ]
    return " ".join(sorted({rule.removeprefix(f"{way}-") for rule, _, _ in changed(*documents)}))


@pytest.mark.parametrize("way", ["request", "response"])
@pytest.mark.parametrize("pair", KNOWN["same"].values(), ids=KNOWN["same"])
def test_the_same_in_other_words(pair: list[Any], way: str) -> None:
    assert told(pair[0], pair[1], way) == ""
    assert told(pair[1], pair[0], way) == ""


@pytest.mark.parametrize("way", ["request", "response"])
@pytest.mark.parametrize("pair", KNOWN["versions"].values(), ids=KNOWN["versions"])
def test_the_same_in_both_versions(pair: list[Any], way: str) -> None:
    assert told(pair[0], pair[1], way, (OLD, NEW)) == ""
    assert told(pair[1], pair[0], way, (NEW, OLD)) == ""


@pytest.mark.parametrize("edit", KNOWN["edits"].values(), ids=KNOWN["edits"])
def test_an_edit_is_one_thing(edit: list[Any]) -> None:
    old, new, rules = edit
    request, response = rules if isinstance(rules, list) else (rules, rules)

    assert (told(old, new, "request"), told(old, new, "response")) == (request, response)


def _having(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def test_a_shared_form_that_is_called_otherwise() -> None:
    def choice(name: str) -> dict[str, Any]:
        forms = {name: _having(k=TEXT, a=TEXT), "B": _having(k=TEXT, b=TEXT)}
        known = {"a": f"#/components/schemas/{name}", "b": "B"}
        either = {
            "oneOf": [{"$ref": f"#/components/schemas/{one}"} for one in forms],
            "discriminator": {"propertyName": "k", "mapping": known},
        }
        return small(either, components={"schemas": forms})

    assert changed(choice("A"), choice("Renamed")) == set()


@pytest.mark.parametrize("keyword", ["anyOf", "allOf"])
def test_a_schema_within_itself_by_ways_of_several_parts(keyword: str) -> None:
    """It comes to an end, and what is added is told as one thing."""

    def tree(**more: Any) -> dict[str, Any]:
        node = {"$ref": "#/components/schemas/Node"}
        choice = {"anyOf": [node, {"type": "null"}]}
        below = choice if keyword == "anyOf" else {"allOf": [node, {"minProperties": 1}]}
        parts = [
            _having(next=below, all={"type": "array", "items": node}),
            _having(next=node, **more),
        ]
        return small(node, components={"schemas": {"Node": {"allOf": parts}}})

    rules = {(rule, place.rpartition("/")[2]) for rule, _, place in changed(tree(), tree(size=TEXT))}
    assert rules == {("response-property-added", "size")}


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("integer", "maximum-narrowed"),
        ("string", "max-length-narrowed"),
        ("array", "max-items-narrowed"),
        ("object", "max-properties-narrowed"),
    ],
)
def test_a_limit_is_told_for_its_own_type_only(kind: str, rule: str) -> None:
    every = {"maximum": 9, "maxLength": 9, "maxItems": 9, "maxProperties": 9}

    assert told({"type": kind}, {"type": kind, **every}, "request") == rule
