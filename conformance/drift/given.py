"""What an answer shows: statuses, codes, headers, forms, and the values in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conformance.drift.asked import noted, remember
from conformance.drift.ranges import media_type, speaking_of
from conformance.drift.traffic import Seen
from conformance.drift.values import Reader
from conformance.exchange import NOT_JSON
from conformance.openapi import Operation, deref

if TYPE_CHECKING:
    from conformance.drift.observe import Observation

USUAL = frozenset(
    (
        *(
            "age",
            "allow",
            "alt-svc",
            "cache-control",
            "connection",
            "content-disposition",
            "content-encoding",
        ),
        *("content-language", "content-length", "content-security-policy", "content-type", "date", "etag"),
        *("expires", "keep-alive", "last-modified", "pragma", "referrer-policy", "request-context", "server"),
        *("server-timing", "set-cookie", "strict-transport-security", "traceparent", "transfer-encoding"),
        *("vary", "via", "www-authenticate", "x-cache", "x-content-type-options", "x-correlation-id"),
        *("x-frame-options", "x-powered-by", "x-request-id", "x-xss-protection"),
    )
)
"""Headers of answers that no document has to tell."""
USUAL_STARTS = ("access-control-", "x-ratelimit-", "ratelimit", "x-ms-", "x-azure-", "x-amz-")


def given(
    document: Mapping[str, Any], operation: Operation, one: Seen, reader: Reader, seen: Observation, name: str
) -> None:
    """Note what an answer shows."""
    status = str(one.answer.status)
    responses = {str(key).upper(): value for key, value in operation.raw["responses"].items()}
    key = next((k for k in (status, f"{status[0]}XX", "DEFAULT") if k in responses), None)
    if key is None:
        kind = "success" if status.startswith("2") else "error"
        seen.note(f"response-{kind}-status-undocumented", name, status, one.name, status, one)
        return
    seen.chance(name, key)
    seen.meet(name, key)
    response = deref(document, responses[key])
    _code(response, one, seen, name, key)
    _headers(document, response, one, reader, seen, name, key)
    _body(response, one, reader, seen, name, key)


def _code(response: Mapping[str, Any], one: Seen, seen: Observation, name: str, key: str) -> None:
    known = {entry["code"] for entry in response.get("x-errors") or ()}
    body = one.answer.json
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    if not known or not isinstance(code, str):
        return
    if code in known:
        seen.meet(name, key, code)
    else:
        seen.note("response-code-undocumented", name, key, one.name, code)


def _headers(
    document: Mapping[str, Any],
    response: Mapping[str, Any],
    one: Seen,
    reader: Reader,
    seen: Observation,
    name: str,
    key: str,
) -> None:
    known = {n.lower(): deref(document, header) for n, header in (response.get("headers") or {}).items()}
    for header, raw in known.items():
        place = f"{key} header {header}"
        seen.chance(name, place)
        if header in one.answer.headers:
            seen.meet(name, place)
            text = one.answer.headers[header]
            noted(reader.read(raw.get("schema", True), text)[0], "response", place, one, seen, name)
        elif raw.get("required"):
            seen.note("response-header-absent", name, place, one.name, header)
    for header, value in one.answer.headers.items():
        if header not in known and header not in USUAL and not header.startswith(USUAL_STARTS):
            seen.note("response-header-undocumented", name, f"{key} header {header}", one.name, "", value)


def _body(
    response: Mapping[str, Any], one: Seen, reader: Reader, seen: Observation, name: str, key: str
) -> None:
    content = response.get("content") or {}
    body = one.answer.body
    if not body:
        bodiless = one.request.method == "HEAD" or key in ("204", "304")
        if content and one.answer_whole and not bodiless:
            seen.note("response-body-absent", name, key, one.name)
        return
    media = media_type(one.answer.headers.get("content-type", ""))
    if not content:
        seen.note("response-body-undocumented", name, key, one.name, media, one.answer.json)
        return
    known = speaking_of(media, content)
    if known is None:
        seen.note("response-media-type-undocumented", name, key, one.name, media, one.answer.json)
        return
    place = f"{key} {known}"
    seen.chance(name, place)
    seen.meet(name, place)
    schema = (content[known] or {}).get("schema")
    # What form a body had is told even where it was not kept whole, as pictures are not.
    if schema is not None and one.answer_whole and one.answer.json is not NOT_JSON:
        deviations, met = reader.read(schema, one.answer.json)
        noted(deviations, "response", place, one, seen, name)
        remember([pair for pair in met if pair[0]], place, seen, name)
