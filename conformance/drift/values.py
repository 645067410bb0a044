"""One value against one schema: where it is not what the schema says, and which of its members were met."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from conformance.drift.normal import Form, form_of
from conformance.drift.schemas import HIDDEN

OWN_WAY = {
    "properties",
    "required",
    "items",
    "anyOf",
    "oneOf",
    "additionalProperties",
    "unevaluatedProperties",
}
KINDS = {"type": "type-wrong", "enum": "value-undocumented", "const": "value-undocumented"} | dict.fromkeys(
    ("format", "pattern", "contentEncoding", "contentMediaType"), "form-wrong"
)
LIMIT, CONDITION = "limit-wrong", "condition-wrong"
LIMITS = ("max", "min", "exclusive", "multipleOf", "uniqueItems")


@dataclass(frozen=True)
class Deviation:
    """One place in a value that is not as described; `keyword`: what of the schema does not hold."""

    kind: str
    place: str
    keyword: str = ""
    value: Any = None


@dataclass
class Reader:
    """Holds values against the schemas of a document, as seen in one direction."""

    document: Mapping[str, Any]
    direction: str
    _forms: dict[int, tuple[Any, Form]] = field(default_factory=dict)
    _leaves: dict[int, tuple[Form, Any]] = field(default_factory=dict)

    def read(self, schema: Any, value: Any, at: str = "") -> tuple[list[Deviation], list[tuple[str, str]]]:
        """The deviations of a value, and what was met: each place, with the value where values are listed."""
        met: list[tuple[str, str]] = []
        return list(self._read(schema, value, at, met)), met

    def form(self, schema: Any) -> Form:
        """The form of a schema, made once."""
        kept = self._forms.get(id(schema))
        if kept is None or kept[0] is not schema:
            kept = self._forms[id(schema)] = (
                schema,
                form_of(self.document, schema, HIDDEN[self.direction]),
            )
        return kept[1]

    def _read(self, schema: Any, value: Any, at: str, met: list[tuple[str, str]]) -> Iterator[Deviation]:
        form = self.form(schema)
        if value is None:
            met.append((at, "null"))
            if form.nullable is False:
                yield Deviation("null-undocumented", at, "type")
            return
        met.append((at, json.dumps(value) if form.enum is not None else ""))
        yield from self._leaf(form, value, at)
        if form.choices:
            yield from self._choice(form, value, at, met)
        if isinstance(value, dict):
            yield from self._object(form, value, at, met)
        elif isinstance(value, list) and "items" in form.raw:
            for item in value:
                yield from self._read(form.raw["items"], item, f"{at}/*", met)

    def _leaf(self, form: Form, value: Any, at: str) -> Iterator[Deviation]:
        for error in self._validator(form).iter_errors(value):
            keyword = str(error.schema_path[0]) if error.schema_path else "not"
            kind = KINDS.get(keyword) or (LIMIT if keyword.startswith(LIMITS) else CONDITION)
            yield Deviation(kind, at, keyword, value)

    def _validator(self, form: Form) -> Any:
        kept = self._leaves.get(id(form))
        if kept is None or kept[0] is not form:
            own = {key: inner for key, inner in form.raw.items() if key not in OWN_WAY}
            own |= {key: json.loads(text) for key, text in form.conditions.items()}
            compiled = jsonschema_rs.Draft202012Validator(own, validate_formats=True)
            kept = self._leaves[id(form)] = form, compiled
        return kept[1]

    def _choice(self, form: Form, value: Any, at: str, met: list[tuple[str, str]]) -> Iterator[Deviation]:
        """By the alternative that the value is most like."""
        tries = []
        for part in form.choices:
            deviations, also = self.read(part, value, at)
            tries.append((len(deviations), -len(also), deviations, also))
        best = min(tries, key=lambda one: one[:2])
        met += best[3]
        shared = set(form.properties)
        yield from (
            one
            for one in best[2]
            if not (one.kind == "member-undocumented" and one.place[len(at) + 1 :] in shared)
        )

    def _object(
        self, form: Form, value: Mapping[str, Any], at: str, met: list[tuple[str, str]]
    ) -> Iterator[Deviation]:
        for name in form.required - value.keys():
            yield Deviation("member-absent", f"{at}/{name}", "required")
        others = form.raw.get("additionalProperties", True)
        told = {name for part in form.choices for name in self.form(part).properties}
        for name, inner in value.items():
            place = f"{at}/{name}"
            if name in form.properties:
                yield from self._read(form.properties[name], inner, place, met)
            elif isinstance(others, dict) and others:
                yield from self._read(others, inner, f"{at}/+", met)
            elif others is False or (form.properties and name not in told and not form.choices):
                yield Deviation("member-undocumented", place, "properties", inner)


def learned(values: list[Any]) -> dict[str, Any]:
    """The narrowest plain schema that all the values meet: types, members, items."""
    present = [value for value in values if value is not None]
    kinds = {_kind(value) for value in present}
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    names = sorted(kinds) + (["null"] if len(present) < len(values) else [])
    schema: dict[str, Any] = {"type": names[0] if len(names) == 1 else names} if names else {}
    objects = [value for value in present if isinstance(value, dict)]
    if objects:
        members = dict.fromkeys(name for one in objects for name in one)
        schema["properties"] = {n: learned([one[n] for one in objects if n in one]) for n in members}
    lists = [value for value in present if isinstance(value, list)]
    if lists:
        schema["items"] = learned([item for one in lists for item in one])
    return schema


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    for kind, type_ in (("integer", int), ("number", float), ("string", str), ("array", list)):
        if isinstance(value, type_):
            return kind
    return "object"
