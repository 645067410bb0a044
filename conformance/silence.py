"""Where somebody's document is silent: what a requirement needs to be told of an operation, and is not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from conformance.contract import Contract, Operation, Schema
from conformance.requirements import Requirement, promise_of

OPERATION, REQUEST, ANSWER, CODES, ALL = "operation", "request", "answer", "codes", "all"
"""What a row may need of each operation: that it is there, what a valid request of it holds, what its success
looks like, the codes of its refusals, or all that the suite's own contract says of it. A list of words stands
for members of the entity in the answer; items of a list may leave them out."""

DEPTH = 6
_PARTS = ("anyOf", "allOf", "oneOf")


def silent(contract: Contract, row: str, operation: str) -> bool:
    """Whether the contract does not say enough of the operation to decide the row there."""
    return contract.own is not None and _silent(contract, row, operation)


@cache
def _silent(contract: Contract, name: str, operation: str) -> bool:
    row = promise_of(name)
    # A row of several operations is about what they do together.
    together = needed(row) == ALL and not row.each
    return any(_missing(contract, row, id_) for id_ in (row.operations if together else (operation,)))


def needed(row: Requirement) -> str | tuple[str, ...]:
    """What the row needs to be told of an operation."""
    return row.data or (ALL if row.operations else OPERATION)


def _missing(contract: Contract, row: Requirement, id_: str) -> bool:
    theirs = contract.operations.get(id_)
    own = contract.own.operations.get(id_) if contract.own else None
    what = needed(row)
    if theirs is None or own is None:
        return True
    if isinstance(what, tuple):
        told = {pointer.rpartition("/")[2] for pointer in answered(contract, theirs)}
        return theirs.collection is not None or not set(what) <= told
    if what == REQUEST:
        return own.body is not None and own.body.required and theirs.body is None
    if what == CODES:
        return not theirs.errors()
    if what == ANSWER:
        return theirs.success is None or theirs.success.media_type is None
    return what == ALL and bool(unsaid(contract, id_))


@cache
def unsaid(contract: Contract, id_: str) -> tuple[str, ...]:
    """What the suite's own contract says of an operation and this one does not; nothing for the own one."""
    if contract.own is None:
        return ()
    theirs, own = contract.operations.get(id_), contract.own.operations[id_]
    if theirs is None:
        return (id_,)
    return tuple(sorted({*_told(contract.own, own)} - {*_told(contract, theirs)}))


def _told(contract: Contract, operation: Operation) -> Iterator[str]:
    yield from (f"{p.location} {p.name}".lower() for p in operation.parameters)
    if operation.body and operation.body.schema is not None:
        yield from (f"body {pointer}" for pointer in members(contract, operation.body.schema))
    for status, response in operation.responses.items():
        if status.startswith("2"):
            yield f"{status} {response.media_type}"
            yield from (f"header {name}".lower() for name in response.headers)
    yield from (f"answer {pointer}" for pointer in answered(contract, operation))


def answered(contract: Contract, operation: Operation) -> frozenset[str]:
    """The members of a success, as pointers."""
    schema = operation.success.schema if operation.success else None
    return frozenset() if schema is None else members(contract, schema)


def members(contract: Contract, schema: Schema) -> frozenset[str]:
    """The members of a value, at any depth, as pointers."""
    return frozenset(_members(contract, schema, "", DEPTH))


def _members(contract: Contract, schema: Schema, pointer: str, depth: int) -> Iterator[str]:
    known = contract.resolve(schema)
    if not isinstance(known, dict) or not depth:
        return
    for keyword in _PARTS:
        for part in known.get(keyword) or ():
            yield from _members(contract, part, pointer, depth - 1)
    for name, inner in (known.get("properties") or {}).items():
        yield f"{pointer}/{name}"
        yield from _members(contract, inner, f"{pointer}/{name}", depth - 1)
    if "items" in known:
        yield from _members(contract, known["items"], pointer, depth - 1)
