"""Wrong values: each constraint of a schema broken in turn, everything around it right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.cases.values import specimen
from conformance.contract import WEAK, Contract, Schema

TYPE_FAULTS: dict[str, Any] = {
    "string": ["a list"],
    "integer": "a text",
    "number": "a text",
    "boolean": "a text",
    "object": "a text",
    "array": "a text",
}
"""Type → a value of another type that nobody turns into it."""
MALFORMED = {"uuid": "not-a-guid", "date-time": "not-a-date", "uri": "not an address"}
WIDTHS = {"int32": 2**31, "int64": 2**63}
JUST_OVER = 0.001
NOT_BLANK = r"\S"


@dataclass(frozen=True)
class Fault:
    """A whole value with one thing wrong in it, at `trail`.

    `weak` when the broken constraint rests on less than documentation.
    """

    kind: str
    value: Any
    weak: bool = False
    trail: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flat:
    """A schema without references and without the null beside it."""

    schema: dict[str, Any]
    nullable: bool
    weak: bool

    def breaks(self, kind: str, value: Any, keyword: str = "") -> Fault:
        """A fault that breaks a keyword of this schema."""
        weak = self.weak or (self.schema.get("x-labels") or {}).get(keyword or kind) in WEAK
        return Fault(kind, value, weak)


def flat(contract: Contract, schema: Schema) -> Flat:
    """Take a schema apart: what it stands for, whether null is right too, whether it is weakly founded."""
    plain = contract.resolve(schema)
    parts = [part for part in (schema, plain) if isinstance(part, dict)]
    weak = any(part.get("x-label") in WEAK for part in parts)
    merged = dict(plain) if isinstance(plain, dict) else {}
    kinds = merged.get("type")
    nullable = isinstance(kinds, list) and "null" in kinds
    if isinstance(kinds, list):
        merged["type"] = next(kind for kind in kinds if kind != "null")
    branches = [contract.resolve(branch) for branch in merged.pop("anyOf", ())]
    for branch in branches:
        if branch == {"type": "null"}:
            nullable = True
        elif isinstance(branch, dict):
            enum = merged.get("enum", []) + branch.get("enum", [])
            merged |= {**branch, "enum": enum} if enum else branch
    return Flat(merged, nullable, weak)


def wrong(contract: Contract, schema: Schema) -> Iterator[Fault]:
    """Every single fault of a value of the schema, nested ones included."""
    known = flat(contract, schema)
    yield from _of_type(known)
    yield from _of_text(known)
    yield from _of_number(known)
    if known.schema.get("enum"):
        yield known.breaks("enum", "unheard-of")
    if known.schema.get("minItems"):
        yield known.breaks("minItems", [])
    yield from missing(contract, known.schema)
    for name, inner in known.schema.get("properties", {}).items():
        right = specimen(contract, known.schema)
        yield from _inside(known, name, inner, contract, lambda v, name=name, right=right: right | {name: v})
    if "items" in known.schema:
        yield from _inside(known, "0", known.schema["items"], contract, lambda value: [value])


def missing(contract: Contract, schema: dict[str, Any]) -> Iterator[Fault]:
    """The value without each of its required members in turn."""
    for part in (schema, *schema.get("allOf", ())):
        weak = part.get("x-label") in WEAK or (part.get("x-labels") or {}).get("required") in WEAK
        for name in part.get("required", ()):
            value = {key: kept for key, kept in specimen(contract, schema).items() if key != name}
            yield Fault("missing", value, weak, (name,))


def _inside(known: Flat, step: str, inner: Schema, contract: Contract, around: Any) -> Iterator[Fault]:
    for fault in wrong(contract, inner):
        trail = (step, *fault.trail)
        yield replace(fault, value=around(fault.value), weak=fault.weak or known.weak, trail=trail)


def _of_type(known: Flat) -> Iterator[Fault]:
    kind = known.schema.get("type")
    if kind in TYPE_FAULTS:
        yield known.breaks("type", TYPE_FAULTS[kind])
        if not known.nullable:
            yield known.breaks("null", None)
    if kind == "integer":
        yield known.breaks("fraction", 1.5, "type")


def _of_text(known: Flat) -> Iterator[Fault]:
    schema, pattern = known.schema, known.schema.get("pattern")
    if schema.get("maxLength"):
        yield known.breaks("maxLength", "x" * (schema["maxLength"] + 1))
    if schema.get("minLength"):
        yield known.breaks("empty", "", "minLength")
    if pattern == NOT_BLANK:
        yield known.breaks("blank", "   ", "pattern")
    elif pattern:
        yield known.breaks("pattern", "~out of form~")
    if schema.get("format") in MALFORMED:
        yield known.breaks("format", MALFORMED[schema["format"]])


def _of_number(known: Flat) -> Iterator[Fault]:
    schema = known.schema
    step = 1 if schema.get("type") == "integer" else JUST_OVER
    if "minimum" in schema:
        yield known.breaks("minimum", schema["minimum"] - step)
    if "maximum" in schema:
        yield known.breaks("maximum", schema["maximum"] + step)
    if schema.get("format") in WIDTHS:
        yield known.breaks("format", WIDTHS[schema["format"]])


def limits(contract: Contract, schema: Schema) -> Iterator[Any]:
    """Values just within each documented limit: the longest text, the smallest and largest number."""
    known = flat(contract, schema)
    if known.weak or known.schema.get("format") == "uuid":
        return
    labels = known.schema.get("x-labels") or {}
    if "maxLength" in known.schema and labels.get("maxLength") not in WEAK:
        yield "x" * known.schema["maxLength"]
    for keyword in ("minimum", "maximum"):
        if keyword in known.schema and labels.get(keyword) not in WEAK:
            yield known.schema[keyword]
