"""What operators are made of: places in a document, and who is reached from them; nothing of the differ."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
LIMITS = {"format", "pattern", "enum", "const", "minLength", "maxLength", "minimum", "maximum"} | {
    "default",
    "anyOf",
    "oneOf",
    "allOf",
}
Document = dict[str, Any]
Change = tuple[str, str]
"""The name of a rule and the operation, as method and path without the names of parameters."""


@dataclass(frozen=True)
class Edit:
    """One change of a known meaning: the changed document, and what must be told about it."""

    document: Document
    expected: frozenset[Change]
    touched: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Operator:
    """A way to change a document; None where it finds no place. `breaking`: the rules that must break."""

    name: str
    apply: Callable[[Document, random.Random], Edit | None]
    breaking: frozenset[str]
    coarse: bool


@dataclass
class Node:
    """A schema in the document: where it lies, and from which operations it is reached in which direction."""

    value: dict[str, Any]
    pointer: str
    parameter: bool = False
    property_of: Node | None = None
    reached: set[tuple[str, str]] = field(default_factory=set)

    def say(self, *changes: str) -> frozenset[Change]:
        """The changes, in each direction and operation from which the schema is reached."""
        return frozenset((f"{way}-{c}", operation) for c in changes for way, operation in self.reached)


def operator(
    found: dict[str, Operator], *breaking: str, coarse: bool = False
) -> Callable[[Callable[[Document, random.Random], Edit | None]], Operator]:
    """Register a function as an operator under its own name."""

    def register(apply: Callable[[Document, random.Random], Edit | None]) -> Operator:
        name = apply.__name__.replace("_", "-")
        found[name] = Operator(name, apply, frozenset(breaking), coarse)
        return found[name]

    return register


def both(name: str) -> tuple[str, str]:
    """The rule in both directions."""
    return f"request-{name}", f"response-{name}"


def fresh(document: Document) -> Document:
    """A copy that may be changed."""
    return copy.deepcopy(document)


def resolved(document: Document, node: Any) -> Any:
    """What a reference stands for."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for part in node["$ref"][2:].split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def shape(method: str, path: str) -> str:
    """How an operation is told: method and path without names of parameters."""
    parts = ["{}" if part.startswith("{") else part for part in path.split("/")]
    return f"{method.upper()} {'/'.join(parts)}"


def operations(document: Document) -> list[tuple[str, dict[str, Any], dict[str, Any], str]]:
    """Every operation: its shape, the path item, itself, and its path."""
    return [
        (shape(method, path), item, item[method], path)
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


def parameters(document: Document) -> Iterator[tuple[str, list[Any], int, dict[str, Any]]]:
    """Every parameter: the shape, the list it stands in and where, and the parameter."""
    for name, item, raw, _ in operations(document):
        for holder in (item, raw):
            for index, one in enumerate(holder.get("parameters") or []):
                yield name, holder["parameters"], index, resolved(document, one)


def schemas(document: Document) -> list[Node]:
    """Every schema that an operation reaches, outside of conditions."""
    # By identity: what stands beside the methods of a path is one place for all of them.
    nodes: dict[int, Node] = {}
    for name, item, raw, path in operations(document):
        at = f"/paths/{path}/{name}"
        for index, one in enumerate([*(item.get("parameters") or []), *(raw.get("parameters") or [])]):
            known = resolved(document, one)
            base = one.get("$ref", f"{at}/parameters/{index}")
            _walk(document, nodes, known.get("schema"), f"{base}/schema", ("request", name), True)
        body = resolved(document, raw.get("requestBody") or {})
        _contents(document, nodes, body, f"{at}/body", ("request", name))
        for status, one in raw["responses"].items():
            known = resolved(document, one)
            base = one.get("$ref", f"{at}/{status}")
            _contents(document, nodes, known, base, ("response", name))
            for header, given in (known.get("headers") or {}).items():
                inner = resolved(document, given)
                place = given.get("$ref", f"{base}/headers/{header}")
                _walk(document, nodes, inner.get("schema"), f"{place}/schema", ("response", name), True)
    return list(nodes.values())


def _contents(
    document: Document, nodes: dict[int, Node], holder: dict[str, Any], at: str, way: tuple[str, str]
) -> None:
    for media, content in (holder.get("content") or {}).items():
        _walk(document, nodes, content.get("schema"), f"{at}/{media}", way)


def _walk(
    document: Document,
    nodes: dict[int, Node],
    value: Any,
    at: str,
    way: tuple[str, str],
    parameter: bool = False,
    owner: Node | None = None,
) -> None:
    if not isinstance(value, dict):
        return
    if "$ref" in value:
        _walk(document, nodes, resolved(document, value), value["$ref"], way, parameter)
        return
    node = nodes.setdefault(id(value), Node(value, at, parameter, owner))
    if way in node.reached:
        return
    node.reached.add(way)
    for name, inner in (value.get("properties") or {}).items():
        _walk(document, nodes, inner, f"{at}/properties/{name}", way, parameter, node)
    _walk(document, nodes, value.get("items"), f"{at}/items", way, parameter)
    for keyword in ("anyOf", "oneOf", "allOf"):
        for index, inner in enumerate(value.get(keyword) or []):
            _walk(document, nodes, inner, f"{at}/{keyword}/{index}", way, parameter)


def pick(
    document: Document, chance: random.Random, wanted: Callable[[Node], Any]
) -> tuple[Document, Node] | None:
    """A copy of the document and a schema of it that is wanted."""
    changed = fresh(document)
    found = [node for node in schemas(changed) if wanted(node)]
    return (changed, chance.choice(found)) if found else None


def plain(node: Node, *types: str) -> bool:
    """Whether a schema is of one of these types and limits nothing else."""
    return node.value.get("type") in types and not set(node.value) & LIMITS
