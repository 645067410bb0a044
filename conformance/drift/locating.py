"""From a place in a value to the schema that speaks of it: the keys that lead there in the document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.drift.normal import flattened
from conformance.openapi import deref

PARTS = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True)
class Location:
    """Where a schema lies. `owner`: the keys of the object that has, or should have, the member `name`;

    `whole`: the keys of the body it lies in, and `body` what stands there.
    """

    keys: list[str]
    node: Any
    owner: list[str]
    name: str
    whole: list[str]
    body: Any


def target(keys: list[str]) -> str:
    """The keys as a JSONPath of RFC 9535."""
    return "$" + "".join(
        f"[{key}]" if key.isdigit() and at else f"[{json.dumps(key)}]" for at, key in _pairs(keys)
    )


def _pairs(keys: list[str]) -> Iterator[tuple[bool, str]]:
    """Each key, with whether it may count items: statuses are digits too."""
    for before, key in zip(["", *keys], keys, strict=False):
        yield before in (*PARTS, "parameters", "prefixItems"), key


def locate(document: Mapping[str, Any], operation: list[str], place: str) -> Location | None:
    """The schema that a place such as `200 application/json /iModels/*/name` is about."""
    head, _, pointer = place.partition(" /")
    status, _, media = head.partition(" ")
    holder = [*operation, "requestBody"] if status == "body" else [*operation, "responses", status]
    keys, _ = _behind(document, holder)
    whole = [*keys, "content", media, "schema"]
    body = _node(document, whole)
    if body is None:
        return None
    found = whole
    owner, name = whole, ""
    for part in pointer.split("/") if pointer else []:
        name = part
        owner = next(_owners(document, found, part), _behind(document, found)[0])
        found = [*owner, "items"] if part == "*" else [*owner, "properties", part]
    return Location(found, _node(document, found) or {}, owner, name, whole, body)


def _owners(document: Mapping[str, Any], keys: list[str], part: str) -> Iterator[list[str]]:
    """The schemas behind the keys that speak of a member, or of items."""
    keys, node = _behind(document, keys)
    if not isinstance(node, dict):
        return
    if "items" in node if part == "*" else part in (node.get("properties") or {}):
        yield keys
    for keyword in PARTS:
        for index, _ in enumerate(node.get(keyword) or ()):
            yield from _owners(document, [*keys, keyword, str(index)], part)


def _behind(document: Mapping[str, Any], keys: list[str]) -> tuple[list[str], Any]:
    """Where the keys lead behind references, and past a choice of one form or null."""
    node = _node(document, keys)
    while isinstance(node, dict) and "$ref" in node:
        keys = [part.replace("~1", "/").replace("~0", "~") for part in node["$ref"][2:].split("/")]
        node = _node(document, keys)
    for keyword in ("anyOf", "oneOf"):
        forms = node.get(keyword) if isinstance(node, dict) else None
        real = [n for n, form in enumerate(forms or ()) if flattened(document, form).get("type") != "null"]
        if len(real) == 1:
            return _behind(document, [*keys, keyword, str(real[0])])
    return keys, node


def _node(document: Mapping[str, Any], keys: list[str]) -> Any:
    node: Any = document
    for key in keys:
        known = deref(document, node)
        if isinstance(known, list):
            node = known[int(key)] if int(key) < len(known) else None
        else:
            node = known.get(key) if isinstance(known, dict) else None
    return node
