"""Plain values: the smallest that fit a schema of a request, and what is taken out of generated ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from conformance.api import ABSENT
from conformance.cases.draft import Draft
from conformance.contract import Contract, Operation, Schema
from conformance.pictures import PNG, picture

TEXT = "generated"
SOME_DAY = "2026-01-05T10:00:00Z"
LARGEST_SIGN = 0xFFFF
"""Signs beyond it count twice where texts are measured in UTF-16."""


def plain(contract: Contract, operation: Operation) -> Draft:
    """The plainest request: what is required and nothing else."""
    query = {
        p.name: specimen(contract, p.schema)
        for p in operation.parameters
        if p.location == "query" and p.required
    }
    body: Any = ABSENT
    headers: dict[str, str] = {}
    if operation.body and operation.body.is_file:
        body, headers = picture(), {"content-type": PNG}
    elif operation.body and operation.body.schema is not None:
        body = specimen(contract, operation.body.schema)
    return Draft(operation.id, query=query, headers=headers, body=body)


def specimen(contract: Contract, schema: Schema) -> Any:
    """One small value that fits a schema of a request."""
    resolved = contract.resolve(schema)
    if not isinstance(resolved, dict):
        return {}
    if "enum" in resolved:
        return resolved["enum"][0]
    if "anyOf" in resolved:
        return specimen(contract, resolved["anyOf"][0])
    kind = resolved.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return _object(contract, resolved)
    if kind == "array":
        return [specimen(contract, resolved.get("items", {}))]
    simple = {"integer": 1, "number": 1.5, "boolean": True, "string": _text(resolved)}
    return simple[kind]


def _object(contract: Contract, schema: dict[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties", {})
    names = [
        *schema.get("required", ()),
        *(n for part in schema.get("allOf", ()) for n in part.get("required", ())),
    ]
    if not names and schema.get("minProperties"):
        names = ["description" if "description" in properties else next(iter(properties))]
    return {name: specimen(contract, properties[name]) for name in names}


def _text(schema: Mapping[str, Any]) -> str:
    if schema.get("format") == "uuid":
        return "00000000-0000-4000-8000-000000000000"
    if schema.get("format") == "date-time":
        return SOME_DAY
    pattern = str(schema.get("pattern", ""))
    return "0x1" if "0x" in pattern else "0" * 40 if "40" in pattern else TEXT


def cleaned(value: Any) -> Any:
    """The value without what services may treat in ways of their own.

    Control characters, odd or surrounding blanks, signs that count twice in UTF-16, empty texts and whole
    numbers written with a point go: a valid request must not hang on them.
    """
    if isinstance(value, str):
        return "".join(sign for sign in value if _harmless(sign)).strip() or TEXT
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: cleaned(item) for name, item in value.items()}
    return [cleaned(item) for item in value] if isinstance(value, list) else value


def _harmless(sign: str) -> bool:
    return sign == " " or (unicodedata.category(sign)[0] in "LNPS" and ord(sign) <= LARGEST_SIGN)
