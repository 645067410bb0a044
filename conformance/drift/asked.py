"""What a request that succeeded shows of what may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conformance.drift.ranges import media_type, speaking_of
from conformance.drift.traffic import Seen
from conformance.drift.values import Deviation, Reader
from conformance.exchange import NOT_JSON
from conformance.openapi import JSON, Operation, deref

if TYPE_CHECKING:
    from conformance.drift.observe import Observation

USUAL = frozenset(
    (
        *("accept", "accept-encoding", "accept-language", "authorization", "cache-control", "connection"),
        *("content-length", "content-type", "cookie", "dnt", "host", "if-match", "if-modified-since"),
        *("if-none-match", "origin", "pragma", "priority", "range", "referer", "te", "traceparent"),
        *("tracestate", "transfer-encoding", "upgrade-insecure-requests", "user-agent", "x-correlation-id"),
        "x-request-id",
    )
)
"""Headers of requests that no document has to tell."""


def asked(
    document: Mapping[str, Any], operation: Operation, one: Seen, reader: Reader, seen: Observation, name: str
) -> None:
    """Note what a request shows that was taken."""
    _parameters(operation, one, reader, seen, name)
    _body(document, operation, one, reader, seen, name)


def _parameters(operation: Operation, one: Seen, reader: Reader, seen: Observation, name: str) -> None:
    known = {(p.location, p.name.lower()): p for p in operation.parameters}
    like = seen.own.get(name)
    headers = {
        key: value for key, value in one.request.headers.items() if key not in USUAL and key[:4] != "sec-"
    }
    sent = {("query", key.lower()): (key, value) for key, value in one.request.query.items()}
    sent |= {("header", key): (key, value) for key, value in headers.items()}
    for (where, key), parameter in known.items():
        if where in ("query", "header") and key not in USUAL:
            place = f"{where} {parameter.name}"
            seen.chance(name, place)
            if (where, key) in sent:
                seen.meet(name, place)
                value = _typed(sent[where, key][1], reader.form(parameter.schema).types)
                deviations = [] if one.made_up else reader.read(parameter.schema, value)[0]
                noted(deviations, "request", place, one, seen, name)
            elif parameter.required:
                seen.note("request-requirement-waived", name, place, one.name, parameter.name)
    for (where, key), (written, value) in sent.items():
        if (where, key) not in known and not _invented(one, like, written):
            seen.note("request-parameter-undocumented", name, f"{where} {written}", one.name, "", value)


def _invented(one: Seen, known: frozenset[str] | None, what: str) -> bool:
    """Whether a generator thought of a parameter or member that the API does not know."""
    return one.made_up and (known is None or what.rpartition("/")[2].lower() not in known)


def _typed(text: str, types: frozenset[str] | None) -> Any:
    """The value that a text in a URL or header stands for."""
    if types and types & {"integer", "number"}:
        for kind in (int, float):
            try:
                return kind(text)
            except ValueError:
                continue
    if types and "boolean" in types and text in ("true", "false"):
        return text == "true"
    return text


def _body(
    document: Mapping[str, Any], operation: Operation, one: Seen, reader: Reader, seen: Observation, name: str
) -> None:
    raw = deref(document, operation.raw.get("requestBody"))
    if raw is None:
        if one.request.body:
            seen.note("request-body-undocumented", name, "body", one.name, "", one.request.json)
        return
    seen.chance(name, "body")
    if not one.request.body:
        if raw.get("required") and one.request_whole:
            seen.note("request-requirement-waived", name, "body", one.name, "body")
        return
    seen.meet(name, "body")
    _media_type(raw.get("content") or {}, one, seen, name)
    schema = (raw.get("content") or {}).get(JSON, {}).get("schema")
    value = one.request.json
    if schema is None or value is NOT_JSON or not one.request_whole:
        return
    place = f"body {JSON}"
    deviations, met = reader.read(schema, value)
    like = seen.own.get(name)
    thought = [d for d in deviations if d.kind == "member-undocumented" and _invented(one, like, d.place)]
    noted([d for d in deviations if d not in thought], "request", place, one, seen, name)
    remember(met, place, seen, name)


def _media_type(content: Mapping[str, Any], one: Seen, seen: Observation, name: str) -> None:
    """Whether the form of a body is one that the document knows; a request that tells none says nothing."""
    media = media_type(one.request.headers.get("content-type", ""))
    known = speaking_of(media, content)
    if known is not None:
        seen.meet(name, f"body {media_type(known)}")
    elif media:
        seen.note("request-media-type-undocumented", name, "body", one.name, media, one.request.json)


def noted(deviations: list[Deviation], way: str, place: str, one: Seen, seen: Observation, name: str) -> None:
    """Note the deviations of a value, each place once."""
    told = set()
    for deviation in deviations:
        kind = (
            "requirement-waived" if (way, deviation.kind) == ("request", "member-absent") else deviation.kind
        )
        at = f"{place} {deviation.place}".rstrip()
        what = (
            str(deviation.value)
            if kind == "value-undocumented"
            else deviation.keyword
            if kind[-5:] == "wrong"
            else ""
        )
        if (kind, at, what) not in told:
            told.add((kind, at, what))
            seen.note(f"{way}-{kind}", name, at, one.name, what, deviation.value)


def remember(met: list[tuple[str, str]], place: str, seen: Observation, name: str) -> None:
    """Remember which members and listed values were met, each once an exchange."""
    for at, what in dict.fromkeys(met):
        where = f"{place} {at}".rstrip()
        seen.chance(name, where)
        seen.meet(name, where, what)
