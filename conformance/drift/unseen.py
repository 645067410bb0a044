"""What a document tells and nobody ever saw, with how often there was a chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from conformance.drift.ranges import media_type
from conformance.drift.rows import Row, row_of
from conformance.drift.rules import Difference
from conformance.drift.values import Reader
from conformance.openapi import JSON, Operation, deref

if TYPE_CHECKING:
    from conformance.drift.observe import Observer

DEEPEST = 8
Place = tuple[str, str, str, str]
"""Rule, place, what, and the place whose visits were the chances."""


def never_seen(observer: Observer) -> Iterator[Row]:
    """What is documented and was not met."""
    from conformance.drift.observe import sure

    seen = observer.seen
    for operation in observer.contract.operations.values():
        name = " ".join(operation.shape)
        if not seen.chances[name, ""]:
            yield row_of(Difference("operation-unseen", name, ""), looked=seen.exchanges, confidence="low")
            continue
        for rule, place, what, around in dict.fromkeys(_told(observer, operation)):
            looked = seen.chances[name, around]
            if looked and not seen.met[name, place, what]:
                difference = Difference(rule, name, place, what, "")
                yield row_of(difference, looked=looked, confidence=sure(looked))


def _told(observer: Observer, operation: Operation) -> Iterator[Place]:
    for parameter in operation.parameters:
        if parameter.location in ("query", "header"):
            place = f"{parameter.location} {parameter.name}"
            yield "request-parameter-unseen", place, "", place
    raw = deref(observer.document, operation.raw.get("requestBody"))
    if raw is not None:
        yield "request-body-unseen", "body", "", "body"
        content = raw.get("content") or {}
        for media in content:
            yield "request-media-type-unseen", f"body {media_type(media)}", "", "body"
        schema = content.get(JSON, {}).get("schema")
        if schema is not None:
            yield from _members(Reader(observer.document, "request"), schema, f"body {JSON}")
    for status, given in operation.raw["responses"].items():
        yield from _answer(observer, str(status).upper(), deref(observer.document, given))


def _answer(observer: Observer, status: str, response: Any) -> Iterator[Place]:
    yield "response-status-unseen", status, "", ""
    for entry in response.get("x-errors") or ():
        yield "response-code-unseen", status, entry["code"], status
    for header in response.get("headers") or ():
        place = f"{status} header {header.lower()}"
        yield "response-header-unseen", place, "", place
    for media, content in (response.get("content") or {}).items():
        place = f"{status} {media}"
        yield "response-media-type-unseen", place, "", status
        if content and content.get("schema") is not None and status.startswith("2"):
            yield from _members(Reader(observer.document, "response"), content["schema"], place)


def _members(reader: Reader, schema: Any, place: str, at: str = "", depth: int = DEEPEST) -> Iterator[Place]:
    if not depth:
        return
    form = reader.form(schema)
    here = f"{place} {at}".rstrip()
    for value in form.enum or ():
        yield f"{reader.direction}-value-unseen", here, value, here
    for part in form.choices:
        yield from _members(reader, part, place, at, depth - 1)
    for name, inner in form.properties.items():
        there = f"{place} {at}/{name}"
        if reader.form(inner).enum is None:
            yield f"{reader.direction}-member-unseen", there, "", here
        yield from _members(reader, inner, place, f"{at}/{name}", depth - 1)
    if "items" in form.raw:
        yield from _members(reader, form.raw["items"], place, f"{at}/*", depth - 1)
