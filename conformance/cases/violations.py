"""Requests with exactly one thing wrong, read from the contract, and what each must be answered with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.api import ABSENT
from conformance.cases.draft import Draft
from conformance.cases.faulty import Fault, missing, wrong
from conformance.cases.tolerated import ANYTHING, REFUSED, tolerated
from conformance.cases.values import specimen
from conformance.contract import WEAK, Contract, Operation, Parameter
from conformance.exchange import Expected
from conformance.pictures import picture
from conformance.requirements import promise_of

INVALID = "InvalidiModelsRequest"
UNDOCUMENTED = "requests/undocumented-fault"
LONG_DESCRIPTION = "requests/too-long-description"
NO_IMAGE = "requests/not-an-image"
IN_BODY = {
    "InvalidValue": "requests/invalid-value",
    "MissingRequiredProperty": "requests/missing-property",
    "InvalidRequestBody": "requests/broken-json",
    "InvalidHeaderValue": "requests/media-type",
    "MissingRequiredHeader": "requests/missing-content-type",
}
"""Detail code → the row that promises it for bodies."""
Change = Callable[[Draft], Draft]


@dataclass(frozen=True)
class Violation:
    """One way to make a valid request wrong; `change` makes it so."""

    what: str
    expected: Expected
    change: Change


def violations(contract: Contract, operation: Operation) -> list[Violation]:
    """Every single fault the contract lets us put into a request of the operation, paths' own ids apart."""
    return [
        *_of_parameters(contract, operation),
        *(_of_body(contract, operation) if _reads_body(contract, operation) else ()),
        *(_of_file(operation) if operation.body and operation.body.is_file else ()),
    ]


def _reads_body(contract: Contract, operation: Operation) -> bool:
    """A body without any documented member is not needed, so that nothing can be wrong with it."""
    schema = contract.resolve(operation.body.schema) if operation.body and operation.body.schema else None
    return isinstance(schema, dict) and bool(schema.get("properties"))


def _of_body(contract: Contract, operation: Operation) -> Iterator[Violation]:
    yield from _whole_body(operation)
    schema = contract.resolve(operation.body.schema) if operation.body and operation.body.schema else {}
    if not isinstance(schema, dict):
        return
    if schema.get("minProperties"):
        yield _made(operation, "body", "none-of-them", "MissingRequiredProperty", None, _with_body({}))
    for names in _exclusive(schema):
        both = {name: specimen(contract, schema["properties"][name]) for name in names}
        yield _made(operation, " and ".join(names), "exclusive", "", None, _with_members(both))
    for fault in missing(contract, schema):
        yield _in_body(operation, replace(fault, value=ABSENT))
    for name, inner in schema["properties"].items():
        for fault in wrong(contract, inner):
            yield _in_body(operation, replace(fault, trail=(name, *fault.trail)))


def _whole_body(operation: Operation) -> Iterator[Violation]:
    broken = _with_body(b'{"name": ')
    yield _made(operation, "body", "broken", "InvalidRequestBody", None, broken)
    yield _made(operation, "body", "no-object", "", None, _with_body(["no object"]))
    yield _made(operation, "content-type", "media-type", "InvalidHeaderValue", "content-type", _as_plain_text)
    if operation.body and operation.body.required:
        yield _missing_body(operation)


def _of_file(operation: Operation) -> Iterator[Violation]:
    header = "content-type"
    yield _made(operation, header, "media-type", "InvalidHeaderValue", header, _as_plain_text)
    yield _made(operation, header, "missing", "MissingRequiredHeader", header, _untyped)
    no_image = Expected(
        NO_IMAGE, (422,), INVALID, "InvalidRequestBody", inner="InvalidThumbnailFormat", what="body: no image"
    )
    yield Violation(no_image.what, no_image, _with_body(b"no image"))
    for what, data, statuses in (("cut off", picture()[:100], ANYTHING), ("no body", ABSENT, REFUSED)):
        yield Violation(what, Expected(UNDOCUMENTED, statuses, what=what), _with_body(data))


def _missing_body(operation: Operation) -> Violation:
    known = [error for error in operation.errors(422) if error.code == "MissingRequestBody"]
    strict = any(error.label not in WEAK for error in known) and _concerns("requests/missing-body", operation)
    what = "no body"
    if strict:
        expected = Expected("requests/missing-body", (422,), "MissingRequestBody", what=what)
    else:
        expected = Expected(UNDOCUMENTED, REFUSED, what=what)
    return Violation(what, expected, _with_body(ABSENT))


def _in_body(operation: Operation, fault: Fault) -> Violation:
    name, code = fault.trail[0], "InvalidValue"
    if fault.kind == "missing":
        # Which code a member gets for what is missing inside it is not documented.
        code = "MissingRequiredProperty" if len(fault.trail) == 1 else ""
    change = _with_members({name: fault.value})
    return _made(operation, ".".join(fault.trail), fault.kind, code, name, change, weak=fault.weak)


def _made(
    operation: Operation,
    member: str,
    kind: str,
    code: str,
    target: str | None,
    change: Change,
    *,
    weak: bool = False,
) -> Violation:
    what = f"{member}: {kind}"
    statuses = tolerated(operation.id, member, kind)
    label = _label(operation, code, target)
    row = "requests/at-least-one" if kind == "none-of-them" else IN_BODY.get(code, "")
    if statuses is None and label == "doc" and not weak and row and _concerns(row, operation):
        return Violation(what, Expected(row, (422,), INVALID, code, target, what=what), change)
    if label == "observed" and kind == "maxLength" and _concerns(LONG_DESCRIPTION, operation):
        return Violation(what, Expected(LONG_DESCRIPTION, (422,), INVALID, code, target, what=what), change)
    return Violation(what, Expected(UNDOCUMENTED, statuses or REFUSED, what=what), change)


def _label(operation: Operation, code: str, target: str | None) -> str:
    """How well the reference knows a detail of this operation; `""` when it does not."""
    for error in operation.errors(422):
        for detail in error.details if error.code == INVALID else ():
            if detail.code == code and (detail.target or "").casefold() == (target or "").casefold():
                return detail.label
    return ""


def _concerns(row: str, operation: Operation) -> bool:
    return promise_of(row).concerns(operation.id)


def _exclusive(schema: dict[str, Any]) -> list[list[str]]:
    ruled_out = schema.get("not")
    return [ruled_out["required"]] if isinstance(ruled_out, dict) and ruled_out.get("required") else []


def _of_parameters(contract: Contract, operation: Operation) -> Iterator[Violation]:
    for parameter in operation.parameters:
        if parameter.name == "id":
            continue
        for fault in wrong(contract, parameter.schema):
            # Everything in an address is text, so that a text has no wrong type there, nor a null.
            if fault.kind not in {"null", "type"} or (fault.kind == "type" and _takes_a_number(parameter)):
                yield _in_parameter(operation, parameter, fault)
        if parameter.required and parameter.location == "query":
            yield _in_parameter(operation, parameter, Fault("missing", None))
    names = {parameter.name for parameter in operation.parameters}
    if {"$skip", "$continuationToken"} <= names:
        yield _pair(operation, "$skip and $continuationToken", {"$skip": 0, "$continuationToken": ""})
    if {"name", "$search"} <= names:
        yield _pair(operation, "name and $search", {"name": "one", "$search": "one"})


def _takes_a_number(parameter: Parameter) -> bool:
    return isinstance(parameter.schema, dict) and parameter.schema.get("type") in {"integer", "number"}


def _pair(operation: Operation, member: str, query: dict[str, Any]) -> Violation:
    return _made(operation, member, "exclusive", "", None, lambda draft: draft.with_query(**query))


def _in_parameter(operation: Operation, parameter: Parameter, fault: Fault) -> Violation:
    name, value = parameter.name, fault.value
    what, statuses = f"{name}: {fault.kind}", tolerated(operation.id, name, fault.kind)
    change = _with_parameter(parameter, value)
    firm = parameter.label not in WEAK and not fault.weak and fault.kind != "missing"
    label = _label(operation, "InvalidValue", name)
    if firm and statuses is None and label == "doc" and _concerns("requests/invalid-parameter", operation):
        row = "requests/invalid-parameter"
        return Violation(what, Expected(row, (422,), INVALID, "InvalidValue", name, what=what), change)
    weak = parameter.label in WEAK or parameter.location == "header"
    return Violation(
        what, Expected(UNDOCUMENTED, statuses or (ANYTHING if weak else REFUSED), what=what), change
    )


def _with_parameter(parameter: Parameter, value: Any) -> Change:
    name, text = parameter.name, None if value is None else str(value)
    if parameter.location == "path":
        return lambda draft: draft.with_path(**{name: str(value)})
    if parameter.location == "header":
        return lambda draft: replace(draft, headers={**draft.headers, name: text})
    return lambda draft: draft.with_query(**{name: text})


def _with_body(body: Any) -> Change:
    return lambda draft: replace(draft, body=body)


def _with_members(members: dict[str, Any]) -> Change:
    def change(draft: Draft) -> Draft:
        body = (draft.body if isinstance(draft.body, dict) else {}) | members
        return replace(draft, body={name: value for name, value in body.items() if value is not ABSENT})

    return change


def _untyped(draft: Draft) -> Draft:
    return replace(draft, headers={**draft.headers, "content-type": None})


def _as_plain_text(draft: Draft) -> Draft:
    return replace(draft, headers={**draft.headers, "content-type": "text/plain"})
