"""Two schemas: how the values that one allows differ from those of the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.drift.matching import matched
from conformance.drift.normal import ANY, Form, canonical, form_of
from conformance.openapi import deref

HIDDEN = {"request": "readOnly", "response": "writeOnly"}
UPPER = {"maximum": "exclusiveMaximum", "maxLength": "", "maxItems": "", "maxProperties": ""}
LOWER = {"minimum": "exclusiveMinimum", "minLength": "", "minItems": "", "minProperties": ""}
KEBAB = {
    "maxLength": "max-length", "minLength": "min-length", "maxItems": "max-items", "minItems": "min-items",
    "maxProperties": "max-properties", "minProperties": "min-properties",
}  # fmt: skip
HINTS = ("float", "double", "password", "binary")
"""Formats that say how to hold or show a value, and not which values there are."""
ENCODING = ("contentEncoding", "contentMediaType")
Change = tuple[str, str, str, str]
"""The change without its direction, the place as a pointer, what stood there before and after."""


@dataclass(frozen=True)
class Schemas:
    """Compares schemas of two documents as seen in one direction."""

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    direction: str

    def changes(self, old: Any, new: Any, at: str = "") -> Iterator[Change]:
        """What changed between two schemas."""
        yield from self._changes(old, new, at, ())

    def _changes(self, old: Any, new: Any, at: str, above: tuple[tuple[int, int], ...]) -> Iterator[Change]:
        known = deref(self.old, old), deref(self.new, new)
        pair = id(known[0]), id(known[1])
        if pair in above:
            return
        above = (*above, pair)
        hidden = HIDDEN[self.direction]
        one, other = form_of(self.old, old, hidden), form_of(self.new, new, hidden)
        if _is_choice(one) != _is_choice(other) and not (_is_any(one) or _is_any(other)):
            # A single form is a choice of one.
            yield from ((name, at, before, after) for name, before, after in null(one, other))
            yield from self._alternatives(_parts(one), _parts(other), at, above)
            return
        for compare in (types, null, values, texts, limits, extras):
            yield from ((name, at, before, after) for name, before, after in compare(one, other))
        yield from self._conditions(one, other, at)
        yield from self._members(one, other, at, above)
        yield from self._choices(one, other, at, above)
        if "items" in one.raw or "items" in other.raw:
            yield from self._changes(one.raw.get("items", ANY), other.raw.get("items", ANY), f"{at}/*", above)

    def _members(
        self, one: Form, other: Form, at: str, above: tuple[tuple[int, int], ...]
    ) -> Iterator[Change]:
        for name in dict.fromkeys([*one.properties, *other.properties]):
            place = f"{at}/{name}"
            if name not in other.properties:
                yield f"{_required(name, one)}property-removed", place, name, ""
            elif name not in one.properties:
                yield f"{_required(name, other)}property-added", place, "", name
            else:
                yield from self._member(one, other, name, place, above)
        yield from self._others(one, other, at, above)

    def _member(
        self, one: Form, other: Form, name: str, place: str, above: tuple[tuple[int, int], ...]
    ) -> Iterator[Change]:
        if (name in one.required) != (name in other.required):
            word = "optional" if name in one.required else "required"
            yield f"property-became-{word}", place, "", ""
        before, after = one.properties[name], other.properties[name]
        forms = form_of(self.old, before), form_of(self.new, after)
        gone = [bool(form.raw.get("deprecated")) for form in forms]
        if gone[0] != gone[1]:
            yield f"property-{'deprecated' if gone[1] else 'undeprecated'}", place, "", ""
        yield from self._changes(before, after, place, above)

    def _others(
        self, one: Form, other: Form, at: str, above: tuple[tuple[int, int], ...]
    ) -> Iterator[Change]:
        """Members that are not named."""
        before, after = _additional(one), _additional(other)
        openness = [2 if s in (True, {}) else 0 if s in (False, {"not": {}}) else 1 for s in (before, after)]
        if openness[0] == openness[1] == 1:
            yield from self._changes(before, after, f"{at}/+", above)
        elif openness[0] != openness[1]:
            word = "narrowed" if openness[1] < openness[0] else "widened"
            yield f"additional-properties-{word}", at, json.dumps(before), json.dumps(after)

    def _conditions(self, one: Form, other: Form, at: str) -> Iterator[Change]:
        for keyword in dict.fromkeys([*one.conditions, *other.conditions]):
            before, after = one.conditions.get(keyword), other.conditions.get(keyword)
            if before != after:
                word = "added" if before is None else "removed" if after is None else "changed"
                yield f"condition-{word}", at, before or "", after or ""
        tells = [canonical(self.old, f.raw.get("discriminator")) for f in (one, other)]
        if tells[0] != tells[1]:
            yield "discriminator-changed", at, tells[0], tells[1]

    def _choices(
        self, one: Form, other: Form, at: str, above: tuple[tuple[int, int], ...]
    ) -> Iterator[Change]:
        if bool(one.choices) != bool(other.choices):
            yield f"alternatives-{'narrowed' if other.choices else 'widened'}", at, "", ""
        elif one.choices:
            yield from self._alternatives([*one.choices], [*other.choices], at, above)

    def _alternatives(
        self, before: list[Any], after: list[Any], at: str, above: tuple[tuple[int, int], ...]
    ) -> Iterator[Change]:
        pairs, gone, new = matched(self.old, before, self.new, after)
        for left, right in pairs:
            yield from self._changes(left, right, at, above)
        yield from (("alternative-removed", at, _told(self.old, part), "") for part in gone)
        yield from (("alternative-added", at, "", _told(self.new, part)) for part in new)


def _is_choice(form: Form) -> bool:
    """Whether a schema is a choice and nothing besides."""
    return bool(form.choices) and form.types is None and not form.properties


def _is_any(form: Form) -> bool:
    return not form.choices and form.types is None and not form.properties and form.enum is None


def _parts(form: Form) -> list[Any]:
    if _is_choice(form):
        return [*form.choices]
    kinds = form.raw.get("type")
    return [{**form.raw, "type": sorted(form.types or ())}] if isinstance(kinds, list) else [form.single]


def _required(name: str, form: Form) -> str:
    return "required-" if name in form.required else ""


def _additional(form: Form) -> Any:
    return form.raw.get("additionalProperties", form.raw.get("unevaluatedProperties", True))


def _told(document: Mapping[str, Any], part: Any) -> str:
    if isinstance(part, dict) and "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    return canonical(document, part)


Compared = Iterator[tuple[str, str, str]]


def types(one: Form, other: Form) -> Compared:
    """The types of the value."""
    before, after = _wide(one), _wide(other)
    if before == after:
        return
    told = _named(one), _named(other)
    if before is None or (after is not None and after < before):
        yield "type-narrowed", *told
    elif after is None or before < after:
        yield "type-widened", *told
    else:
        yield "type-changed", *told


def _wide(form: Form) -> frozenset[str] | None:
    """The types, every integer being a number."""
    if form.types is None:
        return None
    return form.types | ({"integer"} if "number" in form.types else set())


def _named(form: Form) -> str:
    return "any" if form.types is None else ", ".join(sorted(form.types))


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
    for keyword in ("format", "pattern"):
        before, after = (
            None if form.raw.get(keyword) in HINTS else form.raw.get(keyword) for form in (one, other)
        )
        if before != after:
            word = "added" if before is None else "removed" if after is None else "changed"
            yield f"{keyword}-{word}", str(before or ""), str(after or "")
    for keyword in ENCODING:
        if one.raw.get(keyword) != other.raw.get(keyword):
            yield "encoding-changed", str(one.raw.get(keyword, "")), str(other.raw.get(keyword, ""))


def limits(one: Form, other: Form) -> Compared:
    """The largest and smallest that is allowed."""
    for table, tighter in ((UPPER, min), (LOWER, max)):
        for keyword, exclusive in table.items():
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
    # Smallest sizes of nothing limit nothing.
    found = [
        bound for bound in found if not (keyword.startswith("min") and keyword != "minimum" and not bound[0])
    ]
    return tighter(found) if found else None


def extras(one: Form, other: Form) -> Compared:
    """Multiples, repeated items, defaults."""
    before, after = one.raw.get("multipleOf"), other.raw.get("multipleOf")
    if before != after:
        if before is None or (after is not None and after % before == 0):
            yield "multiple-of-narrowed", str(before or ""), str(after)
        elif after is None or before % after == 0:
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
