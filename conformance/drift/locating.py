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


def locate(document: Mapping[str, Any], operation: list[str], place: str) -> Iterator[Location]:
    """The schemas that a place such as `200 application/json /iModels/*/name` may be about.

    Of several alternatives each one can be meant: first those that know the member, then those that lack it.
    """
    head, _, pointer = place.partition(" /")
    status, _, media = head.partition(" ")
    holder = [*operation, "requestBody"] if status == "body" else [*operation, "responses", status]
    whole = [*behind(document, holder)[0], "content", media, "schema"]
    body = _node(document, whole)
    if body is None:
        return
    parts = pointer.split("/") if pointer else []
    if not parts:
        yield Location(whole, body, whole, "", whole, body)
        return
    owners = list(_all_owners(document, whole, parts))
    name = parts[-1]
    for knows in (True, False):
        for owner in owners:
            keys = [*owner, "items"] if name == "*" else [*owner, "properties", name]
            node = _node(document, keys)
            if (node is not None) is knows:
                yield Location(keys, node, owner, name, whole, body)


def _all_owners(document: Mapping[str, Any], keys: list[str], parts: list[str]) -> Iterator[list[str]]:
    """Every schema that has, or could have, the last of the members that lead on from the keys."""
    for owner in _forms(document, keys):
        if len(parts) == 1:
            yield owner
            continue
        below = [*owner, "items"] if parts[0] == "*" else [*owner, "properties", parts[0]]
        if _node(document, below) is not None:
            yield from _all_owners(document, below, parts[1:])


def _forms(document: Mapping[str, Any], keys: list[str]) -> Iterator[list[str]]:
    """The schemas behind the keys: itself, and each of its alternatives and parts."""
    keys, node = behind(document, keys)
    if not isinstance(node, dict):
        return
    parts = [(keyword, index) for keyword in PARTS for index, _ in enumerate(node.get(keyword) or ())]
    if not parts or "properties" in node:
        yield keys
    for keyword, index in parts:
        yield from _forms(document, [*keys, keyword, str(index)])


def behind(document: Mapping[str, Any], keys: list[str]) -> tuple[list[str], Any]:
    """Where the keys lead behind references, and past a choice of one form or null."""
    node = _node(document, keys)
    while isinstance(node, dict) and "$ref" in node:
        keys = [part.replace("~1", "/").replace("~0", "~") for part in node["$ref"][2:].split("/")]
        node = _node(document, keys)
    for keyword in ("anyOf", "oneOf"):
        forms = node.get(keyword) if isinstance(node, dict) else None
        real = [n for n, form in enumerate(forms or ()) if flattened(document, form).get("type") != "null"]
        if len(real) == 1:
            return behind(document, [*keys, keyword, str(real[0])])
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
