"""The one place that reads an OpenAPI document of this API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema_rs

from conformance.document import given, own, references
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
    "load",
    "own_document",
    "shape_of",
]

WEAK = frozenset({"client", "observed", "inferred"})
_NESTED = ("items", "not", "additionalProperties", "contains", "propertyNames", "if", "then", "else")
_LISTED = ("anyOf", "allOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs")


class Contract:
    """An OpenAPI document, read; `own` is the suite's contract where this is somebody else's document."""

    def __init__(self, document: Mapping[str, Any], own: Contract | None = None) -> None:
        self.document = document
        self.own = own
        self._resolved: dict[str, Schema] = {}
        self._validators: dict[int, tuple[Schema, Any]] = {}
        self._stricts: dict[int, tuple[Schema, Schema]] = {}
        reader = Reader(document, own.shapes if own else {})
        self.operations: dict[str, Operation] = {o.id: o for o in reader.operations()}

    @cached_property
    def service(self) -> str:
        """The address of the first server."""
        servers = self.document.get("servers") or [{"url": "/"}]
        return str(servers[0]["url"])

    @cached_property
    def base_path(self) -> str:
        """The path of the first server, without a slash at its end."""
        return urlsplit(self.service).path.rstrip("/")

    @cached_property
    def shapes(self) -> dict[tuple[str, str], Operation]:
        """The operations by method and path shape."""
        return {o.shape: o for o in self.operations.values()}

    @cached_property
    def called(self) -> dict[str, Operation]:
        """The operations by the ids that the document gives them, and the published one."""
        found = self.operations.values()
        published = {str(o.raw["x-published"]): o for o in found if "x-published" in o.raw}
        return published | {str(o.raw["operationId"]): o for o in found if "operationId" in o.raw}

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
            reference = schema["$ref"]
            if reference not in self._resolved:
                whole = {**self.document, "x-strict": self._strict_schemas}
                self._resolved[reference] = pointed(whole, reference)
            schema = self._resolved[reference]
        return schema

    def validator(self, schema: Schema) -> Any:
        """A compiled validator of a schema of this document, formats asserted."""
        kept = self._validators.get(id(schema))
        if kept is None or kept[0] is not schema:
            kept = self._validators[id(schema)] = schema, self._compile(schema)
        return kept[1]

    def compile(self) -> None:
        """Compile every schema of the operations; raises ContractError for one that is none."""
        for operation in self.operations.values():
            for parameter in operation.parameters:
                self.validator(parameter.schema)
            for schema in operation.body.media_types.values() if operation.body else ():
                self.validator(schema)
            for response in operation.responses.values():
                self.validator(True if response.schema is None else response.schema)

    def _compile(self, schema: Schema) -> Any:
        if isinstance(schema, bool):
            schema = {} if schema else {"not": {}}
        # Only what is referred to: a validator of the whole document would take a hundred times as long.
        known = {"#/components/schemas/": self._schemas, "#/x-strict/": self._strict_schemas}
        parts = {"#/components/schemas/": dict[str, Any](), "#/x-strict/": dict[str, Any]()}
        waiting = [*references(schema)]
        while waiting:
            reference = waiting.pop()
            head = next((prefix for prefix in known if reference.startswith(prefix)), None)
            name = reference.removeprefix(head or "").partition("/")[0]
            if head and name in known[head] and name not in parts[head]:
                parts[head][name] = known[head][name]
                waiting += references(known[head][name])
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


def load(path: Path | str | None = None, overlays: Iterable[Path | str] = ()) -> Contract:
    """The contract in a file with overlays applied to it, or the one that comes with the suite."""
    found = str(Path(path).resolve()) if path else str(own_document())
    return _load(found, tuple(str(Path(overlay).resolve()) for overlay in overlays))


@cache
def _load(path: str, overlays: tuple[str, ...]) -> Contract:
    if Path(path) == own_document() and not overlays:
        return Contract(own(own_document()))
    ours = load()
    templates = {shape: operation.path for (_, shape), operation in ours.shapes.items()}
    read = given(Path(path), tuple(map(Path, overlays)), templates)
    try:
        contract = Contract(read, ours)
        contract.compile()
    except ContractError as error:
        raise ContractError(f"{path}: {error}") from error
    if not contract.shapes.keys() & ours.shapes.keys():
        raise ContractError(f"{path}: no operation of this API is in it")
    return contract


def own_document() -> Path:
    """Where the suite's own contract lies: packaged, or in the checkout."""
    here = Path(__file__).resolve().parent
    packaged = here / "_spec" / "imodels.openapi.yaml"
    return packaged if packaged.exists() else here.parent / "spec" / "imodels.openapi.yaml"


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
