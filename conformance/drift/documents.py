"""Two documents: what changed between them, operation by operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.document import given
from conformance.drift.answers import answers
from conformance.drift.requests import body, parameters
from conformance.drift.rules import LEVELS, Difference
from conformance.drift.security import Security
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
    yield from _servers(old, new)
    before, after = operations(old), operations(new)
    security = Security(old, new)
    for shape in dict.fromkeys([*before, *after]):
        name = " ".join(shape)
        if shape not in after:
            yield Difference("operation-removed", name, "", name, "")
        elif shape not in before:
            yield Difference("operation-added", name, "", "", name)
        else:
            told = _operation(old, before[shape], new, after[shape], before, after)
            told_of_access = security.changes(before[shape][1], after[shape][1])
            for rule, place, was, now in (*told, *told_of_access):
                yield Difference(rule, name, place, was, now)


def _servers(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    before, after = ([one["url"].rstrip("/") for one in d.get("servers") or ()] for d in (old, new))
    yield from (Difference("server-removed", "", url, url, "") for url in before if url not in after)
    yield from (Difference("server-added", "", url, "", url) for url in after if url not in before)


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
    yield from answers(old, was["responses"], new, now["responses"], {**now_ids, **ids}, {**ids, **now_ids})


def _ids(known: Mapping[Shape, Any]) -> dict[str, str]:
    """operationId → method and path shape, so that a link follows its operation when that is renamed."""
    return {str(raw.get("operationId")): " ".join(shape) for shape, (_, raw) in known.items()}
