"""Files that others publish for an API, call by call against a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from conformance.contract import Contract
from conformance.document import parsed
from conformance.drift.asked import USUAL
from conformance.drift.calls import NOT_GIVEN, VARIABLE, Call, calls
from conformance.drift.rows import DriftError, Row, row_of
from conformance.drift.rules import Difference
from conformance.drift.values import Reader
from conformance.openapi import JSON, Operation


def read_calls(path: Path) -> list[Call]:
    """The calls in a file; raises DriftError with one line."""
    try:
        return list(calls(parsed(path.read_bytes())))
    except OSError as error:
        raise DriftError(f"{path}: {error.strerror or error}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise DriftError(f"{path}: not YAML or JSON") from error
    except ValueError as error:
        raise DriftError(f"{path}: {error}") from error
    except (LookupError, TypeError, AttributeError) as error:
        raise DriftError(f"{path}: not as such a file is: {type(error).__name__} {error}") from error


def checked(found: list[Call], contract: Contract) -> Iterator[Row]:
    """What is wrong with each call."""
    for call in found:
        operation = contract.called.get(call.operation)
        if operation is None and call.url:
            yield from _server(call, contract)
            operation = _route(call, contract)
        if operation is None:
            told = call.operation or f"{call.method} {_path(call, contract)}"
            yield _row("call-to-unknown-operation", told, call, told)
            continue
        shape = " ".join(operation.shape)
        for rule, what in (
            *_asked(call, operation),
            *_sent(call, operation, contract),
            *_read(call, operation, contract),
        ):
            yield _row(rule, shape, call, what)


def _row(rule: str, operation: str, call: Call, what: str) -> Row:
    return row_of(Difference(rule, operation, call.name, what, ""), example=call.name)


def _server(call: Call, contract: Contract) -> Iterator[Row]:
    known = {urlsplit(one["url"]).netloc for one in contract.document.get("servers") or ()}
    host = urlsplit(call.url).netloc
    if host and known and not VARIABLE.search(host) and host not in known:
        yield _row("call-to-other-server", f"{call.method} {_path(call, contract)}", call, host)


def _path(call: Call, contract: Contract) -> str:
    """The path below the base, with values for what is a variable."""
    path = urlsplit(call.url).path if "://" in call.url else call.url
    if path.startswith("{{"):
        path = path.partition("}}")[2]
    path = (
        path.removeprefix(contract.base_path)
        if path.startswith((f"{contract.base_path}/", contract.base_path))
        else path
    )
    return "/" + "/".join("{}" if VARIABLE.search(part) else part for part in path.strip("/").split("/"))


def _route(call: Call, contract: Contract) -> Operation | None:
    found = contract.route(call.method, _path(call, contract))
    if found is None:
        return None
    # A word in the place of an id is a resource that does not exist.
    words = {
        name: value for name, value in found[1].items() if value != "{}" and value.replace("-", "").isalpha()
    }
    return None if words else found[0]


def _asked(call: Call, operation: Operation) -> Iterator[tuple[str, str]]:
    known = {(p.location, p.name.lower()): p for p in operation.parameters}
    sent = {("query", name.lower()): name for name in call.query}
    sent |= {("header", name.lower()): name for name in call.headers if name.lower() not in USUAL}
    yield from (("call-with-unknown-parameter", name) for key, name in sent.items() if key not in known)
    for key, parameter in known.items():
        if parameter.required and key[0] in ("query", "header") and key not in sent and call.whole:
            yield "call-without-parameter", parameter.name


def _sent(call: Call, operation: Operation, contract: Contract) -> Iterator[tuple[str, str]]:
    body = operation.body
    if body is None or body.schema is None:
        return
    if call.body is NOT_GIVEN:
        if body.required and call.whole:
            yield "call-without-body", JSON
        return
    if not isinstance(call.body, Mapping):
        return
    for deviation in Reader(contract.document, "request").read(body.schema, call.body)[0]:
        if deviation.kind == "member-undocumented":
            yield "call-with-unknown-member", deviation.place
        elif deviation.kind == "member-absent":
            yield "call-without-member", deviation.place


def _read(call: Call, operation: Operation, contract: Contract) -> Iterator[tuple[str, str]]:
    yield from (("expects-unknown-status", s) for s in call.statuses if s not in operation.responses)
    schema = operation.success.schema if operation.success else None
    reader = Reader(contract.document, "response")
    for pointer in call.reads:
        if not _has(reader, schema, [part for part in pointer.split("/") if part]):
            yield "reads-unknown-member", pointer


def _has(reader: Reader, schema: Any, parts: list[str]) -> bool:
    """Whether a schema tells of the member that a pointer leads to."""
    if not parts:
        return True
    if schema is None:
        return False
    form = reader.form(schema)
    if any(_has(reader, part, parts) for part in form.choices):
        return True
    if parts[0].isdigit() or parts[0] in ("*", "-"):
        return "items" in form.raw and _has(reader, form.raw["items"], parts[1:])
    return parts[0] in form.properties and _has(reader, form.properties[parts[0]], parts[1:])
