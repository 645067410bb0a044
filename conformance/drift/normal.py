"""Schemas in one form, so that two ways to say the same are the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.drift.joining import ANY, kinds, merged
from conformance.openapi import deref

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
    "allOf",
)
CHOICES = ("anyOf", "oneOf")
NOTHING: Mapping[str, Any] = {"not": {}}
TEXTS = {"description", "title", "example", "examples", "$comment", "summary", "externalDocs", "xml"}
UNORDERED = ("required", "enum", "type")
"""Lists whose order says nothing."""


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
    raw, single, nullable = _chosen(document, schema)
    types, enum = _types(raw), _enum(raw)
    said = nullable or (types is not None and "null" in types) or (types is None and "null" in (enum or ()))
    silent = types is None and enum is None and not any(keyword in raw for keyword in CHOICES)
    properties = {
        name: inner
        for name, inner in {
            **dict.fromkeys(raw.get("required") or (), ANY),
            **(raw.get("properties") or {}),
        }.items()
        if not (hidden and _chosen(document, inner)[0].get(hidden))
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


def _chosen(document: Mapping[str, Any], schema: Any) -> tuple[Mapping[str, Any], Any, bool]:
    """A schema with a choice only where it is one, what the document has for it without null, and null."""
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
    if all(keyword in raw for keyword in CHOICES):
        rest = {key: value for key, value in raw.items() if key not in CHOICES}
        raw = {**rest, "anyOf": [{"allOf": [a, b]} for a in raw["anyOf"] for b in raw["oneOf"]]}
    return _listed(document, raw), single, nullable


def _listed(document: Mapping[str, Any], raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """A choice among values as a list of them, and one among types as a list of those."""
    keyword = next((name for name in CHOICES if raw.get(name)), "")
    if not keyword or {"enum", "const"} & set(raw):
        return raw
    parts = [
        {key: value for key, value in flattened(document, part).items() if not _explains(key)}
        for part in raw[keyword]
    ]
    rest = {key: value for key, value in raw.items() if key != keyword}
    if all({"const", "enum"} & set(part) and set(part) <= {"const", "enum", "type"} for part in parts):
        return {**rest, "enum": [value for part in parts for value in _values(part) or ()]}
    if "type" not in raw and all(set(part) == {"type"} for part in parts):
        return {**rest, "type": sorted(set().union(*(kinds(part["type"]) for part in parts)))}
    return raw


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
            joined = merged(joined, source)
    return joined


def identity(document: Mapping[str, Any], schema: Any) -> frozenset[int]:
    """What tells a schema from others while it is compared: what was joined of the same parts is the same."""
    known = deref(document, schema)
    if isinstance(known, dict) and set(known) == {"allOf"}:
        return frozenset().union(*(identity(document, part) for part in known["allOf"]))
    return frozenset((id(known),))


def _types(raw: Mapping[str, Any]) -> frozenset[str] | None:
    return frozenset(kinds(raw["type"])) if "type" in raw else None


def _enum(raw: Mapping[str, Any]) -> tuple[str, ...] | None:
    values = _values(raw)
    return (
        None
        if values is None
        else tuple(dict.fromkeys(json.dumps(_whole(v), sort_keys=True) for v in values))
    )


def _values(raw: Mapping[str, Any]) -> list[Any] | None:
    """The values that a schema lists, in one way or the other or both."""
    listed = raw.get("enum")
    if "const" not in raw:
        return listed
    return [raw["const"]] if listed is None or raw["const"] in listed else []


def _whole(value: Any) -> Any:
    """1.0 is 1."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_null(document: Mapping[str, Any], part: Any) -> bool:
    known = deref(document, part)
    return isinstance(known, Mapping) and (
        known.get("type") in ("null", ["null"]) or _values(known) == [None]
    )


def _explains(keyword: str) -> bool:
    """Whether a keyword only explains."""
    return keyword in TEXTS or keyword.startswith("x-")


def canonical(document: Mapping[str, Any], schema: Any, seen: tuple[str, ...] = ()) -> str:
    """A schema as text, references drawn in, without what only explains or says how it is served."""

    def plain(node: Any, seen: tuple[str, ...]) -> Any:
        if isinstance(node, list):
            return [plain(item, seen) for item in node]
        if not isinstance(node, dict):
            return _whole(node)
        reference = node.get("$ref")
        if isinstance(reference, str):
            if reference in seen:
                return {"again": True}
            return plain(deref(document, node), (*seen, reference))
        told = {
            # What is called like a text below `properties` is a member.
            key: {name: plain(inner, seen) for name, inner in value.items()}
            if key == "properties" and isinstance(value, dict)
            else plain(value, seen)
            for key, value in node.items()
            if not _explains(key)
        }
        unordered = {key for key in UNORDERED if isinstance(told.get(key), list)}
        return {
            key: sorted(value, key=json.dumps) if key in unordered else value for key, value in told.items()
        }

    return json.dumps(plain(schema, seen), sort_keys=True)
