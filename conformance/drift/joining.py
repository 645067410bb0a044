"""Two parts of an `allOf` as one schema: what both say, keyword by keyword."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ANY: Mapping[str, Any] = {}
CLOSED: tuple[Any, ...] = (False, {"not": {}})
OPEN: tuple[Any, ...] = (True, {})
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
FLAGS = ("uniqueItems", "readOnly", "writeOnly", "deprecated")
NESTED = ("items", "additionalProperties", "unevaluatedProperties")
HARD = (
    *("format", "multipleOf", "const", "not", "if", "then", "else", "contains", "minContains", "maxContains"),
    *("propertyNames", "dependentRequired", "dependentSchemas", "patternProperties", "prefixItems"),
    "unevaluatedItems",
)
"""Keywords of which two cannot be told as one: the second stays in an `allOf`."""


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """One schema that says what both say."""
    joined = dict(one)
    for key, value in other.items():
        if key not in joined:
            joined[key] = value
        elif key in HARD and joined[key] != value:
            joined["allOf"] = [*joined.get("allOf", ()), {key: value}]
        elif key == "allOf":
            joined[key] = [*joined[key], *value]
        else:
            joined[key] = _both(key, joined[key], value)
    return joined


def _both(key: str, one: Any, other: Any) -> Any:
    """What a keyword says when two parts say it."""
    if one == other or key not in JOINED:
        return other
    return JOINED[key](one, other)


def _properties(one: Any, other: Any) -> Any:
    shared = {n: {"allOf": [one[n], other[n]]} for n in one if n in other and one[n] != other[n]}
    return {**one, **other, **shared}


def _required(one: Any, other: Any) -> Any:
    return list(dict.fromkeys([*one, *other]))


def _type(one: Any, other: Any) -> Any:
    common = _wide(one) & _wide(other)
    return sorted(common - {"integer"} if "number" in common else common) or other


def _enum(one: Any, other: Any) -> Any:
    return [value for value in one if value in other]


def _choice(one: Any, other: Any) -> Any:
    return [{"allOf": [left, right]} for left in one for right in other]


def _pattern(one: Any, other: Any) -> Any:
    """A pattern may match anywhere, so that each looks from the beginning."""
    return f"^(?=[\\s\\S]*?(?:{one}))(?=[\\s\\S]*?(?:{other}))"


def _nested(one: Any, other: Any) -> Any:
    if one in CLOSED or other in OPEN:
        return one
    return other if other in CLOSED or one in OPEN else {"allOf": [one, other]}


def _flag(one: Any, other: Any) -> Any:
    return bool(one) or bool(other)


JOINED: Mapping[str, Any] = {
    "properties": _properties,
    "required": _required,
    "type": _type,
    "enum": _enum,
    "pattern": _pattern,
    **TIGHTEST,
    **dict.fromkeys(CHOICES, _choice),
    **dict.fromkeys(NESTED, _nested),
    **dict.fromkeys(FLAGS, _flag),
}


def kinds(value: Any) -> set[str]:
    """The types that a keyword names, whether it is one or a list."""
    return {value} if isinstance(value, str) else set(value)


def _wide(value: Any) -> set[str]:
    """The types, every integer being a number."""
    return kinds(value) | ({"integer"} if "number" in kinds(value) else set())
