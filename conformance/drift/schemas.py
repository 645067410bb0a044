"""Two schemas: how the values that one allows differ from those of the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.drift.joining import ANY, CLOSED, OPEN
from conformance.drift.keywords import KINDS, extras, limits, may_be, null, texts, types, values
from conformance.drift.matching import matched
from conformance.drift.normal import Form, canonical, form_of, identity

HIDDEN = {"request": "readOnly", "response": "writeOnly"}
Above = tuple[tuple[frozenset[int], frozenset[int]], ...]
"""The pairs of schemas that are being compared, so that one within itself comes to an end."""
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

    def _changes(self, old: Any, new: Any, at: str, above: Above) -> Iterator[Change]:
        pair = identity(self.old, old), identity(self.new, new)
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
        for compare in (types, null):
            yield from ((name, at, before, after) for name, before, after in compare(one, other))
        # What a keyword says of texts says nothing of a value that cannot be one, before or after.
        kinds = [kind for kind in KINDS if may_be(one, kind) and may_be(other, kind)]
        if kinds:
            yield from self._within(one, other, at, above, kinds)

    def _within(self, one: Form, other: Form, at: str, above: Above, kinds: list[str]) -> Iterator[Change]:
        """What changed for the types that the value had before and has still."""
        for compare in (values, extras):
            yield from ((name, at, before, after) for name, before, after in compare(one, other))
        yield from ((name, at, before, after) for name, before, after in limits(one, other, kinds))
        yield from self._conditions(one, other, at)
        yield from self._choices(one, other, at, above)
        if {"string", "integer"} & set(kinds):
            yield from ((name, at, before, after) for name, before, after in texts(one, other))
        if "object" in kinds:
            yield from self._members(one, other, at, above)
        if "array" in kinds and ("items" in one.raw or "items" in other.raw):
            yield from self._changes(one.raw.get("items", ANY), other.raw.get("items", ANY), f"{at}/*", above)

    def _members(self, one: Form, other: Form, at: str, above: Above) -> Iterator[Change]:
        for name in dict.fromkeys([*one.properties, *other.properties]):
            place = f"{at}/{name}"
            if name not in other.properties:
                yield f"{_required(name, one)}property-removed", place, name, ""
            elif name not in one.properties:
                yield f"{_required(name, other)}property-added", place, "", name
            else:
                yield from self._member(one, other, name, place, above)
        yield from self._others(one, other, at, above)

    def _member(self, one: Form, other: Form, name: str, place: str, above: Above) -> Iterator[Change]:
        if (name in one.required) != (name in other.required):
            word = "optional" if name in one.required else "required"
            yield f"property-became-{word}", place, "", ""
        before, after = one.properties[name], other.properties[name]
        forms = form_of(self.old, before), form_of(self.new, after)
        gone = [bool(form.raw.get("deprecated")) for form in forms]
        if gone[0] != gone[1]:
            yield f"property-{'deprecated' if gone[1] else 'undeprecated'}", place, "", ""
        yield from self._changes(before, after, place, above)

    def _others(self, one: Form, other: Form, at: str, above: Above) -> Iterator[Change]:
        """Members that are not named."""
        before, after = _additional(one), _additional(other)
        openness = [2 if s in OPEN else 0 if s in CLOSED else 1 for s in (before, after)]
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
        tells = self._tells(one, other)
        if tells[0] != tells[1]:
            yield "discriminator-changed", at, tells[0], tells[1]

    def _tells(self, one: Form, other: Form) -> list[str]:
        """The members that tell the forms, and which values stand for the forms that are there both times."""
        schemas = [set((d.get("components") or {}).get("schemas") or ()) for d in (self.old, self.new)]
        both = set.intersection(
            *(_names(form) or known for form, known in zip((one, other), schemas, strict=True))
        )
        told = []
        for form in (one, other):
            tells = form.raw.get("discriminator") or {}
            stands = {
                value: str(name).rpartition("/")[2] for value, name in (tells.get("mapping") or {}).items()
            }
            # What stands for the form of its own name need not be told.
            kept = {value: name for value, name in stands.items() if name in both and value != name}
            told.append(json.dumps([tells["propertyName"], kept], sort_keys=True) if tells else "")
        return told

    def _choices(self, one: Form, other: Form, at: str, above: Above) -> Iterator[Change]:
        if bool(one.choices) != bool(other.choices):
            yield f"alternatives-{'narrowed' if other.choices else 'widened'}", at, "", ""
        elif one.choices:
            yield from self._alternatives([*one.choices], [*other.choices], at, above)

    def _alternatives(self, before: list[Any], after: list[Any], at: str, above: Above) -> Iterator[Change]:
        pairs, gone, new = matched(self.old, before, self.new, after)
        for left, right in pairs:
            yield from self._changes(left, right, at, above)
        yield from (("alternative-removed", at, _told(self.old, part), "") for part in gone)
        yield from (("alternative-added", at, "", _told(self.new, part)) for part in new)


def _is_choice(form: Form) -> bool:
    """Whether a schema is a choice and nothing besides."""
    return bool(form.choices) and form.types is None and not form.properties


def _names(form: Form) -> set[str]:
    """The shared schemas that a choice is made of."""
    references = [part.get("$ref") for part in form.choices if isinstance(part, dict)]
    return {reference.rpartition("/")[2] for reference in references if reference}


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
