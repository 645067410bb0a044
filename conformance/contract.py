"""The one place that reads an OpenAPI document of this API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import jsonschema_rs
import yaml

from conformance.openapi import (
    JSON,
    Body,
    ContractError,
    Detail,
    ErrorCode,
    Header,
    Operation,
    Parameter,
    Permission,
    Reader,
    Response,
    Schema,
    pointed,
    segments,
    shape_of,
)

__all__ = [
    "JSON",
    "Body",
    "Contract",
    "ContractError",
    "Detail",
    "ErrorCode",
    "Header",
    "Operation",
    "Parameter",
    "Permission",
    "Response",
    "Schema",
    "YamlLoader",
    "load",
    "own_document",
    "shape_of",
]

WEAK = frozenset({"client", "observed", "inferred"})
_NESTED = ("items", "not", "additionalProperties", "contains", "propertyNames", "if", "then", "else")
_LISTED = ("anyOf", "allOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs")


class Contract:
    """An OpenAPI document, read."""

    def __init__(
        self, document: Mapping[str, Any], names: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        self.document = document
        self._validators: dict[int, tuple[Schema, Any]] = {}
        self._stricts: dict[int, tuple[Schema, Schema]] = {}
        reader = Reader(document, names or {})
        self.operations: dict[str, Operation] = {o.id: o for o in reader.operations()}

    @cached_property
    def base_path(self) -> str:
        """The path of the first server, without a slash at its end."""
        servers = self.document.get("servers") or [{"url": "/"}]
        return str(urlsplit(servers[0]["url"]).path).rstrip("/")

    @cached_property
    def shapes(self) -> dict[tuple[str, str], Operation]:
        """The operations by method and path shape."""
        return {o.shape: o for o in self.operations.values()}

    @cached_property
    def _routes(self) -> dict[int, list[tuple[list[str], dict[str, Operation]]]]:
        templates: dict[str, dict[str, Operation]] = {}
        for operation in self.operations.values():
            templates.setdefault(operation.path, {})[operation.method] = operation
        routes: dict[int, list[tuple[list[str], dict[str, Operation]]]] = {}
        for path, methods in templates.items():
            template = segments(path)
            routes.setdefault(len(template), []).append((template, methods))
        for found in routes.values():
            found.sort(key=lambda route: [segment.startswith("{") for segment in route[0]])
        return routes

    def _match(self, path: str) -> tuple[list[str], dict[str, Operation]] | None:
        given = segments(path)
        for template, methods in self._routes.get(len(given), ()):
            if all(t == g or (t[0] == "{" and g) for t, g in zip(template, given, strict=True)):
                return template, methods
        return None

    def route(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation behind a method and a path below the base, with its path parameters."""
        match = self._match(path)
        if match is None or (operation := match[1].get(method.upper())) is None:
            return None
        pairs = zip(match[0], segments(path), strict=True)
        return operation, {t[1:-1]: unquote(g) for t, g in pairs if t[0] == "{"}

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods declared for a path below the base; none for an unknown path."""
        match = self._match(path)
        return tuple(sorted(match[1])) if match else ()

    def resolve(self, schema: Schema) -> Schema:
        """The schema a `$ref` stands for, or the schema itself."""
        while isinstance(schema, dict) and "$ref" in schema:
            schema = pointed({**self.document, "x-strict": self._strict_schemas}, schema["$ref"])
        return schema

    def validator(self, schema: Schema) -> Any:
        """A compiled validator of a schema of this document, formats asserted."""
        kept = self._validators.get(id(schema))
        if kept is None or kept[0] is not schema:
            kept = self._validators[id(schema)] = schema, self._compile(schema)
        return kept[1]

    def _compile(self, schema: Schema) -> Any:
        if isinstance(schema, bool):
            schema = {} if schema else {"not": {}}
        # Only what is referred to: a validator of the whole document would take a hundred times as long.
        known = {"#/components/schemas/": self._schemas, "#/x-strict/": self._strict_schemas}
        parts = {"#/components/schemas/": dict[str, Any](), "#/x-strict/": dict[str, Any]()}
        waiting = [*_references(schema)]
        while waiting:
            reference = waiting.pop()
            head = next((prefix for prefix in known if reference.startswith(prefix)), None)
            name = reference.removeprefix(head or "").partition("/")[0]
            if head and name in known[head] and name not in parts[head]:
                parts[head][name] = known[head][name]
                waiting += _references(known[head][name])
        schemas, strict = parts.values()
        root = {"components": {"schemas": schemas}, "x-strict": strict, **schema}
        try:
            return jsonschema_rs.Draft202012Validator(root, validate_formats=True)
        except ValueError as error:
            raise ContractError(f"invalid schema: {error}".splitlines()[0]) from error

    @cached_property
    def _schemas(self) -> dict[str, Schema]:
        return dict((self.document.get("components") or {}).get("schemas") or {})

    @cached_property
    def _strict_schemas(self) -> dict[str, Schema]:
        return {name: _strict(schema) for name, schema in self._schemas.items()}

    def strict(self, schema: Schema) -> Schema:
        """The schema without what rests on labels weaker than doc."""
        kept = self._stricts.get(id(schema))
        if kept is None or kept[0] is not schema:
            kept = self._stricts[id(schema)] = schema, _strict(schema)
        return kept[1]


def load(path: Path | str | None = None) -> Contract:
    """The contract in a file, or the one that comes with the suite."""
    return _load(str(Path(path).resolve()) if path else None)


@cache
def _load(path: str | None) -> Contract:
    if path is None or Path(path) == own_document():
        return Contract(_document(own_document()))
    names = {shape: operation.id for shape, operation in load().shapes.items()}
    return Contract(_document(Path(path)), names)


def own_document() -> Path:
    """Where the suite's own contract lies: packaged, or in the checkout."""
    here = Path(__file__).resolve().parent
    packaged = here / "_spec" / "imodels.openapi.yaml"
    return packaged if packaged.exists() else here.parent / "spec" / "imodels.openapi.yaml"


class YamlLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as JSON knows it: a date stays text."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, regexp) for tag, regexp in pairs if tag != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _document(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.load(path.read_bytes(), Loader=YamlLoader)
    except OSError as error:
        raise ContractError(f"{path}: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        raise ContractError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ContractError(f"{path}: not an OpenAPI document: no paths")
    if not str(document.get("openapi", "")).startswith("3."):
        raise ContractError(f"{path}: not an OpenAPI 3 document")
    return document


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def _strict(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-label") in WEAK:
        return True
    weak = {keyword for keyword, label in (schema.get("x-labels") or {}).items() if label in WEAK}
    kept = {key: _strict_keyword(key, value) for key, value in schema.items() if key not in weak}
    if "required" in kept:
        properties = schema.get("properties") or {}
        kept["required"] = [name for name in kept["required"] if not _is_weak(properties.get(name))]
    return kept


def _strict_keyword(key: str, value: Any) -> Any:
    if key == "$ref":
        return str(value).replace("#/components/schemas/", "#/x-strict/")
    if key in _NESTED:
        return _strict(value)
    if key in _LISTED:
        return [_strict(item) for item in value]
    if key in _NAMED:
        return {name: _strict(item) for name, item in value.items()}
    return value


def _is_weak(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("x-label") in WEAK
