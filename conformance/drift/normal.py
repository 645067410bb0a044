"""Schemas in one form, so that two ways to say the same are the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.openapi import deref

ANY: Mapping[str, Any] = {}
NOTHING: Mapping[str, Any] = {"not": {}}
CONDITIONS = (
    "not",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "prefixItems",
    "unevaluatedItems",
)
TIGHTEST = {
    "maximum": min,
    "exclusiveMaximum": min,
    "maxLength": min,
    "maxItems": min,
    "maxProperties": min,
    "minimum": max,
    "exclusiveMinimum": max,
    "minLength": max,
    "minItems": max,
    "minProperties": max,
}
CHOICES = ("anyOf", "oneOf")


@dataclass(frozen=True)
class Form:
    """A schema without references, `allOf`, and the many ways to write null, constants and choices.

    `types` None: of any type; `nullable` None: nothing is said of null. `single`: the schema as the
    document has it, or what is left of a choice without null.
    """

    raw: Mapping[str, Any]
    types: frozenset[str] | None
    nullable: bool | None
    enum: tuple[str, ...] | None
    required: frozenset[str]
    properties: Mapping[str, Any]
    single: Any = None
    choices: tuple[Any, ...] = ()
    conditions: Mapping[str, str] = field(default_factory=dict)


def form_of(document: Mapping[str, Any], schema: Any, hidden: str = "") -> Form:
    """The form of a schema; members with the flag `hidden` (readOnly, writeOnly) are left out."""
    raw, single = flattened(document, schema), schema
    nullable = False
    for keyword in CHOICES:
        if keyword not in raw:
            continue
        parts = [part for part in raw[keyword] if not _is_null(document, part)]
        nullable = nullable or len(parts) < len(raw[keyword])
        rest = {key: value for key, value in raw.items() if key != keyword}
        single = parts[0] if len(parts) == 1 and not {"type", "properties"} & set(rest) else raw
        raw = _joined(document, [rest, parts[0]]) if len(parts) == 1 else {**rest, keyword: parts}
    types, enum = _types(raw), _enum(raw)
    said = nullable or (types is not None and "null" in types) or (types is None and "null" in (enum or ()))
    silent = types is None and enum is None and not any(keyword in raw for keyword in CHOICES)
    properties = {
        name: inner
        for name, inner in {
            **dict.fromkeys(raw.get("required") or (), ANY),
            **(raw.get("properties") or {}),
        }.items()
        if not (hidden and flattened(document, inner).get(hidden))
    }
    return Form(
        raw=raw,
        types=types - {"null"} if types is not None else None,
        nullable=None if silent and not said else said,
        enum=tuple(value for value in enum if value != "null") if enum is not None else None,
        required=frozenset(raw.get("required") or ()) & set(properties),
        properties=properties,
        single=single,
        choices=tuple(part for keyword in CHOICES for part in raw.get(keyword) or ()),
        conditions={name: canonical(document, raw[name]) for name in CONDITIONS if name in raw},
    )


def flattened(document: Mapping[str, Any], schema: Any) -> Mapping[str, Any]:
    """The schema with its reference and its `allOf` drawn in, on its own level."""
    return _joined(document, [schema])


def _joined(document: Mapping[str, Any], parts: Iterable[Any], seen: tuple[str, ...] = ()) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for part in parts:
        if isinstance(part, bool):
            part = ANY if part else NOTHING
        reference = part.get("$ref")
        if reference in seen:
            continue
        own = {key: value for key, value in part.items() if key not in ("$ref", "allOf")}
        inner = [deref(document, {"$ref": reference})] if reference else []
        below = _joined(
            document, [*inner, *(part.get("allOf") or ())], (*seen, reference) if reference else seen
        )
        for source in (below, own):
            for key, value in source.items():
                joined[key] = _both(key, joined[key], value) if key in joined else value
    return joined


def _both(key: str, one: Any, other: Any) -> Any:
    """What a keyword says when two parts of an `allOf` say it."""
    if key == "properties":
        shared = {n: {"allOf": [one[n], other[n]]} for n in one if n in other and one[n] != other[n]}
        return {**one, **other, **shared}
    if key == "required":
        return list(dict.fromkeys([*one, *other]))
    if key in TIGHTEST:
        return TIGHTEST[key](one, other)
    if key == "type":
        return sorted(_kinds(one) & _kinds(other)) if _kinds(one) & _kinds(other) else other
    if key == "enum":
        return [value for value in one if value in other]
    if key in CHOICES and one != other:
        return [{"allOf": [left, right]} for left in one for right in other]
    return other


def _kinds(value: Any) -> set[str]:
    return {value} if isinstance(value, str) else set(value)


def _types(raw: Mapping[str, Any]) -> frozenset[str] | None:
    return frozenset(_kinds(raw["type"])) if "type" in raw else None


def _enum(raw: Mapping[str, Any]) -> tuple[str, ...] | None:
    values = [raw["const"]] if "const" in raw else raw.get("enum")
    return None if values is None else tuple(json.dumps(value, sort_keys=True) for value in values)


def _is_null(document: Mapping[str, Any], part: Any) -> bool:
    known = deref(document, part)
    return isinstance(known, Mapping) and (known.get("type") == "null" or known.get("enum") == [None])


TEXTS = {"description", "title", "example", "examples", "$comment", "x-label", "x-labels", "summary"}


def canonical(document: Mapping[str, Any], schema: Any, seen: tuple[str, ...] = ()) -> str:
    """A schema as text, references drawn in, without what only explains."""

    def plain(node: Any, seen: tuple[str, ...]) -> Any:
        if isinstance(node, list):
            return [plain(item, seen) for item in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            if reference in seen:
                return "again"
            return plain(deref(document, node), (*seen, reference))
        return {
            # What is called like a text below `properties` is a member.
            key: {name: plain(inner, seen) for name, inner in value.items()}
            if key == "properties" and isinstance(value, dict)
            else plain(value, seen)
            for key, value in node.items()
            if key not in TEXTS
        }

    return json.dumps(plain(schema, seen), sort_keys=True)
