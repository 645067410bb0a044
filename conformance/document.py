"""OpenAPI documents as files: read, overlays applied, paths and parameters under the suite's own names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import yaml

from conformance.openapi import METHODS, ContractError, deref, segments, shape_of
from conformance.overlay import overlaid

DEEPEST = 200
"""Levels of nesting that a file may have; the suite's own document has 14."""

LARGEST = 1_000_000
"""Values that a file may have once its aliases are written out; the suite's own document has 15 thousand."""


class YamlLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as JSON knows it: a date stays text."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, regexp) for tag, regexp in pairs if tag != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class Unwieldy(yaml.YAMLError):
    """More than can be worked with: libyaml would end the process, or a walk over it would not end."""


def parsed(raw: bytes) -> Any:
    """What YAML or JSON of unknown origin holds; raises YAMLError, ValueError or RecursionError."""
    sizes: dict[str, int] = {}
    open_: list[tuple[str | None, int]] = [(None, 0)]
    for event in yaml.parse(raw, Loader=YamlLoader):
        anchor, size = getattr(event, "anchor", None), int(isinstance(event, yaml.ScalarEvent))
        if isinstance(event, yaml.CollectionStartEvent):
            open_.append((anchor, 1))
            if len(open_) - 1 > DEEPEST:
                raise Unwieldy(f"nested more than {DEEPEST} levels deep")
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_.pop()
        if isinstance(event, yaml.AliasEvent):
            size = sizes.get(str(event.anchor), 1)
        elif anchor:
            sizes[anchor] = size
        around, before = open_[-1]
        open_[-1] = around, before + size
        if isinstance(event, yaml.AliasEvent) and before + size > LARGEST:
            raise Unwieldy(f"its aliases stand for more than {LARGEST} values")
    return yaml.load(raw, Loader=YamlLoader)


def own(path: Path) -> Mapping[str, Any]:
    """The suite's own document, which needs no second look."""
    return _checked(path, yaml.load(path.read_bytes(), Loader=YamlLoader))


def document(path: Path) -> Mapping[str, Any]:
    """The OpenAPI document in a file; raises ContractError with one line."""
    return _checked(path, read_yaml(path))


def given(path: Path, overlays: tuple[Path, ...], templates: Mapping[str, str]) -> Mapping[str, Any]:
    """Somebody's document with overlays applied; `templates` are the suite's own paths by their shape."""
    changed: Any = document(path)
    for overlay in overlays:
        try:
            changed = overlaid(changed, read_yaml(overlay))
        except ContractError as error:
            raise ContractError(f"{overlay}: {str(error).removeprefix(f'{overlay}: ')}") from error
    return aligned(path, changed, templates)


def aligned(path: Path, read: Any, templates: Mapping[str, str]) -> Mapping[str, Any]:
    """A document that was read from `path`, as OpenAPI 3.1 and under the names of `templates`."""
    try:
        renamed = _renamed(_checked(path, modern(read)), templates)
        for reference in references(renamed):
            deref(renamed, {"$ref": reference})
    except ContractError as error:
        raise ContractError(f"{path}: {str(error).removeprefix(f'{path}: ')}") from error
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ContractError(f"{path}: not an OpenAPI document: {type(error).__name__} {error}") from error
    return renamed


def modern(document: Any) -> Any:
    """The document with its schemas as OpenAPI 3.1 has them."""
    return _modern(document) if str(document.get("openapi")).startswith("3.0") else document


def read_yaml(path: Path) -> Any:
    """What a file holds; raises ContractError with one line."""
    try:
        return parsed(path.read_bytes())
    except OSError as error:
        raise ContractError(f"{path}: {error.strerror or error}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ContractError(f"{path}: not YAML: {' '.join(str(error).split())}") from error


def _checked(path: Path, document: Any) -> Mapping[str, Any]:
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ContractError(f"{path}: not an OpenAPI document: no paths")
    if not str(document.get("openapi", "")).startswith("3."):
        raise ContractError(f"{path}: not an OpenAPI 3 document")
    for name, item in document["paths"].items():
        if not isinstance(name, str) or not isinstance(item, dict):
            raise ContractError(f"{path}: not an OpenAPI document: the path {name} holds no operations")
    return document


def _modern(node: Any) -> Any:
    """The schemas of OpenAPI 3.0 as JSON Schema has them: `nullable`, exclusive limits, lone references."""
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return {"$ref": node["$ref"]}
    kept = {name: _modern(value) for name, value in node.items()}
    for limit in ("Minimum", "Maximum"):
        if isinstance(exclusive := kept.get(f"exclusive{limit}"), bool):
            del kept[f"exclusive{limit}"]
            if exclusive and limit.lower() in kept:
                kept[f"exclusive{limit}"] = kept.pop(limit.lower())
    if kept.get("nullable") is not True:
        return kept
    del kept["nullable"]
    return {"anyOf": [kept, {"type": "null"}]}


def _renamed(document: Mapping[str, Any], templates: Mapping[str, str]) -> Mapping[str, Any]:
    paths: dict[str, Any] = {}
    for path, item in document["paths"].items():
        own = templates.get(shape_of(path), path)
        if own in paths:
            raise ContractError(f"two paths of one shape: {path}")
        pairs = zip(segments(path), segments(own), strict=True)
        names = {theirs[1:-1]: ours[1:-1] for theirs, ours in pairs if theirs != ours}
        try:
            paths[own] = _item(document, deref(document, item), names)
        except (AttributeError, KeyError, TypeError) as error:
            reason = f"{type(error).__name__} {error}"
            raise ContractError(f"the path {path} is not as OpenAPI has it: {reason}") from error
    return {**document, "paths": paths}


def _item(document: Mapping[str, Any], item: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A path with the names of its path parameters exchanged."""
    changed: dict[str, Any] = {
        method: _item(document, deref(document, inner), names)
        for method, inner in item.items()
        if method in METHODS
    }
    if "parameters" in item:
        known = [deref(document, parameter) for parameter in item["parameters"]]
        changed["parameters"] = [
            {**p, "name": names.get(p["name"], p["name"])} if p["in"] == "path" else p for p in known
        ]
    return {**item, **changed}


def references(node: Any) -> Iterator[str]:
    """Every `$ref` in a part of a document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)
