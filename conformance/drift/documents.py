"""Two documents: what changed between them, operation by operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.document import given
from conformance.drift.answers import answers
from conformance.drift.malformed import readable
from conformance.drift.requests import body, parameters
from conformance.drift.rules import LEVELS, Difference
from conformance.drift.security import Security
from conformance.drift.servers import moved_servers, servers
from conformance.openapi import METHODS, deref, shape_of

Shape = tuple[str, str]


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Every difference between two documents whose paths have the same names, the worst first."""
    found = list(dict.fromkeys(_differences(old, new)))
    return sorted(found, key=lambda one: LEVELS.index(one.level))


def read_pair(old: Path, new: Path, overlays: tuple[Path, ...] = ()) -> tuple[Mapping[str, Any], ...]:
    """Both documents, the new one with overlays applied and its paths named as in the old one."""
    first = given(old, (), {})
    return first, given(new, overlays, templates(first))


def templates(document: Mapping[str, Any]) -> dict[str, str]:
    """The paths of a document by their shape."""
    return {shape_of(path): path for path in document["paths"]}


def operations(document: Mapping[str, Any]) -> dict[Shape, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Method and path shape → the path item and the operation."""
    return {
        (method.upper(), shape_of(path)): (known, deref(document, known[method]))
        for path, item in document["paths"].items()
        for known in (deref(document, item),)
        for method in METHODS
        if method in known
    }


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    with readable("servers, paths or components"):
        found = list(servers(old.get("servers"), new.get("servers")))
        before, after = operations(old), operations(new)
        security = Security(old, new)
    yield from (Difference(rule, "", *told) for rule, *told in found)
    for shape in dict.fromkeys([*before, *after]):
        name = " ".join(shape)
        if shape not in after:
            yield Difference("operation-removed", name, "", name, "")
        elif shape not in before:
            yield Difference("operation-added", name, "", "", name)
        else:
            with readable(name):
                told = list(_operation(old, before[shape], new, after[shape], before, after))
                told += security.changes(before[shape][1], after[shape][1])
                told += moved_servers(old, before[shape], new, after[shape])
            yield from (Difference(rule, name, *change) for rule, *change in told)


def _operation(
    old: Mapping[str, Any],
    before: tuple[Mapping[str, Any], Mapping[str, Any]],
    new: Mapping[str, Any],
    after: tuple[Mapping[str, Any], Mapping[str, Any]],
    known: Mapping[Shape, Any],
    now_known: Mapping[Shape, Any],
) -> Iterator[tuple[str, str, str, str]]:
    was, now = before[1], after[1]
    if was.get("operationId") != now.get("operationId"):
        yield "operation-renamed", "", str(was.get("operationId", "")), str(now.get("operationId", ""))
    if bool(was.get("deprecated")) != bool(now.get("deprecated")):
        yield f"operation-{'deprecated' if now.get('deprecated') else 'undeprecated'}", "", "", ""
    ids, now_ids = _ids(known), _ids(now_known)
    yield from parameters(old, before, new, after)
    yield from body(old, was.get("requestBody"), new, now.get("requestBody"))
    answered = was.get("responses") or {}, now.get("responses") or {}
    yield from answers(old, answered[0], new, answered[1], {**now_ids, **ids}, {**ids, **now_ids})


def _ids(known: Mapping[Shape, Any]) -> dict[str, str]:
    """operationId → method and path shape, so that a link follows its operation when that is renamed."""
    return {str(raw.get("operationId")): " ".join(shape) for shape, (_, raw) in known.items()}
