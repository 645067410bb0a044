"""An OpenAPI document in the words of this suite: operations and what they promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import unquote

Schema: TypeAlias = dict[str, Any] | bool

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
JSON = "application/json"


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

    @property
    def is_file(self) -> bool:
        """Whether it is bytes of some format rather than JSON."""
        return JSON not in self.media_types


@dataclass(frozen=True)
class Response:
    """One documented answer of an operation."""

    status: str
    label: str = "doc"
    schema: Schema | None = None
    media_type: str | None = None
    headers: Mapping[str, Header] = field(default_factory=dict)
    errors: tuple[ErrorCode, ...] = ()
    wrapper: str = ""


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
        return self.method, shape_of(self.path)

    @property
    def success(self) -> Response | None:
        """The documented 2xx answer; of several the one that rests on documentation, then the first."""
        found = (response for status, response in self.responses.items() if status.startswith("2"))
        return min(found, key=lambda response: (response.label != "doc", response.status), default=None)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, in any case."""
        return next((p for p in self.parameters if p.name.lower() == name.lower()), None)

    def errors(self, status: int | str | None = None) -> tuple[ErrorCode, ...]:
        """The documented error codes, of one status or of all."""
        found = self.responses.items()
        return tuple(e for key, r in found if status is None or key == str(status) for e in r.errors)


class Reader:
    """Turns a document into operations.

    `like` holds the operations of the suite's own contract by their shape: what an operation is called, how
    mature it is and which members hold its items or its entity is known of the API, whoever describes it.
    """

    def __init__(self, document: Mapping[str, Any], like: Mapping[tuple[str, str], Operation]) -> None:
        self.document = document
        self.like = like

    def operations(self) -> list[Operation]:
        """The operations in the order of the document."""
        return [
            self._read(method.upper(), path, self._deref(item), item[method])
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method in item
        ]

    def _read(self, method: str, path: str, item: Mapping[str, Any], raw: Any) -> Operation:
        try:
            return self._operation(method, path, item, raw)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            reason = f"{type(error).__name__} {error}"
            raise ContractError(f"{method} {path} is not as OpenAPI has it: {reason}") from error

    def _deref(self, node: Any) -> Any:
        return deref(self.document, node)

    def _operation(
        self, method: str, path: str, item: Mapping[str, Any], raw: Mapping[str, Any]
    ) -> Operation:
        like = self.like.get((method, shape_of(path)))
        known = like.responses if like else {}
        responses = {
            str(k): self._response(str(k), self._deref(v), known.get(str(k)))
            for k, v in raw["responses"].items()
        }
        extra: Mapping[str, Any] = next(
            (self._deref(v) for k, v in raw["responses"].items() if str(k).startswith("2")), {}
        )
        return Operation(
            id=like.id if like else raw.get("operationId") or f"{method} {path}",
            method=method,
            path=path,
            tag=next(iter(raw.get("tags") or []), ""),
            summary=raw.get("summary", ""),
            maturity=raw.get("x-maturity", like.maturity if like else "public"),
            permission=Permission(**raw["x-permission"]) if "x-permission" in raw else None,
            parameters=self._parameters(item.get("parameters") or [], raw.get("parameters") or []),
            body=self._body(self._deref(raw["requestBody"])) if "requestBody" in raw else None,
            responses=responses,
            collection=extra.get("x-collection") or (like.collection if like else None),
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

    def _response(self, status: str, raw: Mapping[str, Any], like: Response | None) -> Response:
        content = raw.get("content") or {}
        media = JSON if JSON in content else next(iter(content), None)
        schema = content[media].get("schema") if media else None
        return Response(
            status=status,
            label=raw.get("x-label", "doc"),
            schema=schema,
            wrapper=(like.wrapper if like else "") or self._wrapper(schema),
            media_type=media,
            headers={n: self._header(n, self._deref(h)) for n, h in (raw.get("headers") or {}).items()},
            errors=tuple(_error_code(entry) for entry in raw.get("x-errors") or []),
        )

    def _wrapper(self, schema: Schema | None) -> str:
        """The only member of an answer besides its links, if there is just one."""
        resolved = self._deref(schema)
        known = (resolved.get("properties") or {}) if isinstance(resolved, dict) else {}
        names = [name for name in known if name != "_links"]
        return str(names[0]) if len(names) == 1 else ""

    def _header(self, name: str, raw: Mapping[str, Any]) -> Header:
        return Header(name, bool(raw.get("required")), raw.get("schema", True), raw.get("x-label", "doc"))


def _error_code(raw: Mapping[str, Any]) -> ErrorCode:
    details = tuple(Detail(**entry) for entry in raw.get("details") or [])
    return ErrorCode(raw["code"], raw.get("label", "doc"), raw.get("message"), details)


def deref(document: Any, node: Any) -> Any:
    """The node, or what its `$ref` points to."""
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        if node["$ref"] in seen:
            raise ContractError(f"a reference to itself: {node['$ref']}")
        seen.add(node["$ref"])
        node = pointed(document, node["$ref"])
    return node


def pointed(document: Any, reference: str) -> Any:
    """What a reference within a document points to."""
    if not reference.startswith("#/"):
        raise ContractError(f"a reference out of the document: {reference}")
    node = document
    for part in reference[2:].split("/"):
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or key not in node:
            raise ContractError(f"a reference to nothing: {reference}")
        node = node[key]
    return node


def operation_path(reference: str) -> tuple[str, str]:
    """The method and path that a workflow points to: `…#/paths/~1{id}/get`."""
    _, _, pointer = reference.partition("#/paths/")
    place, _, method = pointer.rpartition("/")
    return method.upper(), unquote(place).replace("~1", "/").replace("~0", "~")


def segments(path: str) -> list[str]:
    """The parts of a path; the root has none."""
    return path.split("/")[1:] if path.strip("/") else []


def shape_of(path: str) -> str:
    """A path template without the names of its parameters."""
    return "/" + "/".join("{}" if s.startswith("{") else s for s in segments(path))
