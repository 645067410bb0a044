"""Two schemas keyword by keyword: types, null, listed values, texts, limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Any

from conformance.drift.normal import Form

UPPER = {"maximum": "exclusiveMaximum", "maxLength": "", "maxItems": "", "maxProperties": ""}
LOWER = {"minimum": "exclusiveMinimum", "minLength": "", "minItems": "", "minProperties": ""}
LIMITED = {
    "maximum": "integer", "minimum": "integer", "maxLength": "string", "minLength": "string",
    "maxItems": "array", "minItems": "array", "maxProperties": "object", "minProperties": "object",
}  # fmt: skip
"""Limit → the type it is about; every number may be an integer."""
KEBAB = {
    "maxLength": "max-length", "minLength": "min-length", "maxItems": "max-items", "minItems": "min-items",
    "maxProperties": "max-properties", "minProperties": "min-properties",
}  # fmt: skip
KINDS = ("string", "integer", "number", "boolean", "object", "array")
HINTS = ("float", "double", "password", "binary", "byte")
"""Formats that say how to hold, show or write a value, and not which values there are."""
WIDER = {("int32", "int64"), ("uri", "uri-reference")}
"""Formats of which the second allows all that the first does."""
ENCODING = ("contentEncoding", "contentMediaType")
OF_PYTHON = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}
Compared = Iterator[tuple[str, str, str]]


def types(one: Form, other: Form) -> Compared:
    """The types of the value."""
    before, after = _wide(one), _wide(other)
    if before == after:
        return
    told = _named(one), _named(other)
    if before and after and not before & after:
        yield "type-changed", *told
    elif _values_tell(one, other):
        return
    elif before is None or (after is not None and after < before):
        yield "type-narrowed", *told
    elif after is None or before < after:
        yield "type-widened", *told
    else:
        yield "type-changed", *told


def _values_tell(one: Form, other: Form) -> bool:
    """Whether listed values tell the type, so that not to name it as well makes no difference."""
    listed = [form.enum is not None for form in (one, other)]
    return all(listed) or any(form.types is None and form.enum is not None for form in (one, other))


def _wide(form: Form) -> frozenset[str] | None:
    """The types, every integer being a number."""
    kinds = form.types
    if kinds is None and form.enum is not None:
        kinds = frozenset(OF_PYTHON[type(json.loads(value))] for value in form.enum)
    return None if kinds is None else kinds | ({"integer"} if "number" in kinds else set())


def may_be(form: Form, kind: str) -> bool:
    """Whether the value may be of a type."""
    kinds = _wide(form)
    return kinds is None or kind in kinds


def _named(form: Form) -> str:
    kinds = _wide(form) if form.types is None else form.types
    return "any" if kinds is None else ", ".join(sorted(kinds))


def null(one: Form, other: Form) -> Compared:
    """Whether the value may be null."""
    if one.nullable is None or other.nullable is None or one.nullable == other.nullable:
        return
    yield ("became-nullable" if other.nullable else "became-not-nullable"), "", ""


def values(one: Form, other: Form) -> Compared:
    """The listed values."""
    if one.enum is None and other.enum is None:
        return
    if one.enum is None:
        yield "enum-added", "", ", ".join(other.enum or ())
    elif other.enum is None:
        yield "enum-removed", ", ".join(one.enum), ""
    else:
        yield from (("enum-value-removed", value, "") for value in one.enum if value not in other.enum)
        yield from (("enum-value-added", "", value) for value in other.enum if value not in one.enum)


def texts(one: Form, other: Form) -> Compared:
    """Format, pattern, and the encoding of bytes."""
    formats = [None if form.raw.get("format") in HINTS else form.raw.get("format") for form in (one, other)]
    for keyword, (before, after) in (
        ("format", formats),
        ("pattern", [form.raw.get("pattern") for form in (one, other)]),
    ):
        if before != after:
            yield f"{keyword}-{_word(before, after)}", str(before or ""), str(after or "")
    for keyword in ENCODING:
        written = [_encoding(form, keyword) for form in (one, other)]
        if written[0] != written[1]:
            yield "encoding-changed", written[0], written[1]


def _word(before: Any, after: Any) -> str:
    if before is None or after is None:
        return "added" if before is None else "removed"
    return "widened" if (before, after) in WIDER else "narrowed" if (after, before) in WIDER else "changed"


def _encoding(form: Form, keyword: str) -> str:
    """How bytes are written; OpenAPI 3.0 has a format for it, and any bytes are any bytes."""
    if keyword == "contentEncoding" and form.raw.get("format") == "byte":
        return "base64"
    told = str(form.raw.get(keyword, ""))
    return "" if told == "application/octet-stream" else told


def limits(one: Form, other: Form, kinds: list[str]) -> Compared:
    """The largest and smallest that is allowed, of values of these types."""
    for table, tighter in ((UPPER, min), (LOWER, max)):
        for keyword, exclusive in table.items():
            if LIMITED[keyword] in kinds:
                yield from _limit(one, other, keyword, exclusive, tighter)


def _limit(one: Form, other: Form, keyword: str, exclusive: str, tighter: Callable[..., Any]) -> Compared:
    before, after = _bound(one, keyword, exclusive, tighter), _bound(other, keyword, exclusive, tighter)
    if before == after:
        return
    narrowed = before is None or (after is not None and tighter(before, after) == after)
    told = ["" if bound is None else str(bound[0]) for bound in (before, after)]
    yield f"{KEBAB.get(keyword, keyword)}-{'narrowed' if narrowed else 'widened'}", told[0], told[1]


def _bound(
    form: Form, keyword: str, exclusive: str, tighter: Callable[..., Any]
) -> tuple[float, float] | None:
    """The bound, and whether it is itself out of bounds, so that the tighter one of two compares as such."""
    outside = -1.0 if tighter is min else 1.0
    found = [(form.raw[keyword], 0.0)] if keyword in form.raw else []
    if exclusive and exclusive in form.raw:
        found.append((form.raw[exclusive], outside))
    if exclusive and form.types == frozenset({"integer"}):
        found = [_whole(limit, out, tighter) for limit, out in found]
    # Smallest sizes of nothing limit nothing.
    found = [
        bound for bound in found if not (keyword.startswith("min") and keyword != "minimum" and not bound[0])
    ]
    return tighter(found) if found else None


def _whole(limit: float, outside: float, tighter: Callable[..., Any]) -> tuple[float, float]:
    """The bound of whole numbers: above 0 is from 1 on."""
    if tighter is min:
        return (ceil(limit) - 1 if outside else floor(limit)), 0.0
    return (floor(limit) + 1 if outside else ceil(limit)), 0.0


def extras(one: Form, other: Form) -> Compared:
    """Multiples, repeated items, defaults."""
    before, after = one.raw.get("multipleOf"), other.raw.get("multipleOf")
    if before != after:
        if before is None or (after is not None and _divides(before, after)):
            yield "multiple-of-narrowed", str(before or ""), str(after)
        elif after is None or _divides(after, before):
            yield "multiple-of-widened", str(before), str(after or "")
        else:
            yield "multiple-of-changed", str(before), str(after)
    unique = bool(one.raw.get("uniqueItems")), bool(other.raw.get("uniqueItems"))
    if unique[0] != unique[1]:
        yield f"items-became-{'unique' if unique[1] else 'repeatable'}", "", ""
    defaults = [
        json.dumps(f.raw["default"], sort_keys=True) if "default" in f.raw else "" for f in (one, other)
    ]
    if defaults[0] != defaults[1]:
        yield "default-changed", defaults[0], defaults[1]


def _divides(step: float, number: float) -> bool:
    """Whether a number is a multiple of a step; 0.3 is one of 0.1."""
    return not Fraction(str(number)) % Fraction(str(step))
