"""The one place that reads an OpenAPI document of this API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import jsonschema_rs
import yaml

Schema: TypeAlias = dict[str, Any] | bool

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
WEAK = frozenset({"client", "observed", "inferred"})
JSON = "application/json"
_NESTED = ("items", "not", "additionalProperties", "contains", "propertyNames", "if", "then", "else")
_LISTED = ("anyOf", "allOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs")


class ContractError(Exception):
    """A document that cannot be read as a contract of this API, said in one line."""


@dataclass(frozen=True)
class Detail:
    """One documented entry of `error.details`."""

    code: str
    target: str | None = None
    inner: str | None = None
    label: str = "doc"


@dataclass(frozen=True)
class ErrorCode:
    """One documented error code of a response."""

    code: str
    label: str = "doc"
    message: str | None = None
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation."""

    name: str
    location: str
    required: bool
    schema: Schema
    label: str = "doc"


@dataclass(frozen=True)
class Header:
    """One documented response header."""

    name: str
    required: bool
    schema: Schema
    label: str = "doc"


@dataclass(frozen=True)
class Body:
    """The request body of an operation: its schema for each media type."""

    required: bool
    media_types: Mapping[str, Schema]

    @property
    def schema(self) -> Schema | None:
        """The schema of the JSON form, if there is one."""
        return self.media_types.get(JSON)


@dataclass(frozen=True)
class Response:
    """One documented answer of an operation."""

    status: str
    label: str = "doc"
    schema: Schema | None = None
    media_type: str | None = None
    headers: Mapping[str, Header] = field(default_factory=dict)
    errors: tuple[ErrorCode, ...] = ()


@dataclass(frozen=True)
class Permission:
    """What a caller needs: `needs` in general or for one's own, `any` for another's."""

    level: str
    needs: str
    any: str | None = None


@dataclass(frozen=True)
class Operation:
    """One operation of the API."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    maturity: str
    permission: Permission | None
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: Mapping[str, Response]
    collection: str | None
    representations: Mapping[str, str]
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def shape(self) -> tuple[str, str]:
        """What identifies the operation in any document of this API."""
        return self.method, _shape(self.path)

    @property
    def success(self) -> Response | None:
        """The first documented 2xx answer."""
        return next((r for status, r in sorted(self.responses.items()) if status.startswith("2")), None)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, in any case."""
        return next((p for p in self.parameters if p.name.lower() == name.lower()), None)

    def errors(self, status: int | str | None = None) -> tuple[ErrorCode, ...]:
        """The documented error codes, of one status or of all."""
        found = self.responses.items()
        return tuple(e for key, r in found if status is None or key == str(status) for e in r.errors)


class Contract:
    """An OpenAPI document, read."""

    def __init__(
        self, document: Mapping[str, Any], names: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        self.document = document
        self._validators: dict[int, tuple[Schema, Any]] = {}
        self._stricts: dict[int, tuple[Schema, Schema]] = {}
        reader = _Reader(document, names or {})
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
            segments = _segments(path)
            routes.setdefault(len(segments), []).append((segments, methods))
        for found in routes.values():
            found.sort(key=lambda route: [segment.startswith("{") for segment in route[0]])
        return routes

    def _match(self, path: str) -> tuple[list[str], dict[str, Operation]] | None:
        given = _segments(path)
        for template, methods in self._routes.get(len(given), ()):
            if all(t == g or (t[0] == "{" and g) for t, g in zip(template, given, strict=True)):
                return template, methods
        return None

    def route(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation behind a method and a path below the base, with its path parameters."""
        match = self._match(path)
        if match is None or (operation := match[1].get(method.upper())) is None:
            return None
        pairs = zip(match[0], _segments(path), strict=True)
        return operation, {t[1:-1]: unquote(g) for t, g in pairs if t[0] == "{"}

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods declared for a path below the base; none for an unknown path."""
        match = self._match(path)
        return tuple(sorted(match[1])) if match else ()

    def resolve(self, schema: Schema) -> Schema:
        """The schema a `$ref` stands for, or the schema itself."""
        while isinstance(schema, dict) and "$ref" in schema:
            schema = _pointed({**self.document, "x-strict": self._strict_schemas}, schema["$ref"])
        return schema

    def validator(self, schema: Schema) -> Any:
        """A compiled validator of a schema of this document, formats asserted."""
        kept = self._validators.get(id(schema))
        if kept is None or kept[0] is not schema:
            kept = self._validators[id(schema)] = schema, self._compile(schema)
        return kept[1]

    def _compile(self, schema: Schema) -> Any:
        root: dict[str, Any] = {"components": {"schemas": self._schemas}, "x-strict": self._strict_schemas}
        root |= schema if isinstance(schema, dict) else {"not": {}} if not schema else {}
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


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as JSON knows it: a date stays text."""

    yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in pairs if tag != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _document(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.load(path.read_bytes(), Loader=_Loader)
    except OSError as error:
        raise ContractError(f"{path}: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        raise ContractError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ContractError(f"{path}: not an OpenAPI document: no paths")
    if not str(document.get("openapi", "")).startswith("3."):
        raise ContractError(f"{path}: not an OpenAPI 3 document")
    return document


class _Reader:
    """Turns a document into operations."""

    def __init__(self, document: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> None:
        self.document = document
        self.names = names

    def operations(self) -> list[Operation]:
        try:
            return [
                self._operation(method.upper(), path, self._deref(item), item[method])
                for path, item in self.document["paths"].items()
                for method in METHODS
                if method in item
            ]
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ContractError(f"not an OpenAPI document: {type(error).__name__} {error}") from error

    def _deref(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            node = _pointed(self.document, node["$ref"])
        return node

    def _operation(
        self, method: str, path: str, item: Mapping[str, Any], raw: Mapping[str, Any]
    ) -> Operation:
        responses = {str(k): self._response(str(k), self._deref(v)) for k, v in raw["responses"].items()}
        extra: Mapping[str, Any] = next(
            (self._deref(v) for k, v in raw["responses"].items() if str(k).startswith("2")), {}
        )
        return Operation(
            id=self.names.get((method, _shape(path))) or raw.get("operationId") or f"{method} {path}",
            method=method,
            path=path,
            tag=next(iter(raw.get("tags") or []), ""),
            summary=raw.get("summary", ""),
            maturity=raw.get("x-maturity", "public"),
            permission=Permission(**raw["x-permission"]) if "x-permission" in raw else None,
            parameters=self._parameters(item.get("parameters") or [], raw.get("parameters") or []),
            body=self._body(self._deref(raw["requestBody"])) if "requestBody" in raw else None,
            responses=responses,
            collection=extra.get("x-collection"),
            representations=extra.get("x-representations") or {},
            raw=raw,
        )

    def _parameters(self, shared: list[Any], own: list[Any]) -> tuple[Parameter, ...]:
        found = {(p["in"], p["name"]): p for p in map(self._deref, [*shared, *own])}
        return tuple(
            Parameter(
                p["name"], p["in"], bool(p.get("required")), p.get("schema", True), p.get("x-label", "doc")
            )
            for p in found.values()
        )

    def _body(self, raw: Mapping[str, Any]) -> Body:
        content = {media: value.get("schema", True) for media, value in raw["content"].items()}
        return Body(bool(raw.get("required")), content)

    def _response(self, status: str, raw: Mapping[str, Any]) -> Response:
        content = raw.get("content") or {}
        media = JSON if JSON in content else next(iter(content), None)
        return Response(
            status=status,
            label=raw.get("x-label", "doc"),
            schema=content[media].get("schema") if media else None,
            media_type=media,
            headers={n: self._header(n, self._deref(h)) for n, h in (raw.get("headers") or {}).items()},
            errors=tuple(_error_code(entry) for entry in raw.get("x-errors") or []),
        )

    def _header(self, name: str, raw: Mapping[str, Any]) -> Header:
        return Header(name, bool(raw.get("required")), raw.get("schema", True), raw.get("x-label", "doc"))


def _error_code(raw: Mapping[str, Any]) -> ErrorCode:
    details = tuple(Detail(**entry) for entry in raw.get("details") or [])
    return ErrorCode(raw["code"], raw.get("label", "doc"), raw.get("message"), details)


def _pointed(document: Any, reference: str) -> Any:
    if not reference.startswith("#/"):
        raise ContractError(f"a reference out of the document: {reference}")
    node = document
    for part in reference[2:].split("/"):
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or key not in node:
            raise ContractError(f"a reference to nothing: {reference}")
        node = node[key]
    return node


def _segments(path: str) -> list[str]:
    return path.split("/")[1:] if path.strip("/") else []


def _shape(path: str) -> str:
    return "/" + "/".join("{}" if s.startswith("{") else s for s in _segments(path))


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
