"""What several checks read from an exchange: whether its content counts, and its entities."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance.contract import JSON
from conformance.exchange import NOT_JSON, Deviation, Exchange

Entity = dict[str, Any]
LONGEST = 160


def of_api(exchange: Exchange) -> bool:
    """Whether the exchange is one of the API, not a storage transfer."""
    return exchange.operation is not None


def refused(exchange: Exchange) -> bool:
    """Whether the API answered with a 4xx."""
    return of_api(exchange) and 400 <= exchange.status < 500


def succeeded(exchange: Exchange) -> bool:
    """Whether a request the contract allows got a 2xx: only then its content is promised anything.

    A wrong request that was let through is another row's finding; what its answer repeats is no second one.
    """
    expected = exchange.expected
    if not of_api(exchange) or not exchange.ok:
        return False
    return (expected is None or exchange.status in expected.statuses) and _request_fits(exchange)


def _request_fits(exchange: Exchange) -> bool:
    body = exchange.operation.body if exchange.operation else None
    if body is None or body.schema is None:
        return True
    if not exchange.request.body:
        return not body.required
    try:
        sent = exchange.request.json
        return sent is not NOT_JSON and bool(exchange.contract.validator(body.schema).is_valid(sent))
    except ValueError:  # text that is no Unicode
        return False


def media_type(headers: Mapping[str, str]) -> str:
    """The media type of a message, without parameters, in lower case."""
    return headers.get("content-type", "").split(";")[0].strip().lower()


def documents_json(exchange: Exchange) -> bool:
    """Whether the contract describes a JSON body for this answer."""
    response = exchange.response
    return response is not None and response.media_type == JSON and response.schema is not None


def sent(exchange: Exchange) -> Entity:
    """The JSON object of the request, empty when there is none."""
    body = exchange.request.json
    return body if isinstance(body, dict) else {}


def collection(exchange: Exchange) -> str:
    """The member that holds the items of a list answer, `""` when the operation is no list."""
    return (exchange.operation.collection if exchange.operation else None) or ""


def page(exchange: Exchange) -> Entity | None:
    """The answer of a list that succeeded, when it is an object."""
    found = collection(exchange) and succeeded(exchange) and isinstance(exchange.json, dict)
    return exchange.json if found else None


def entities(exchange: Exchange) -> list[Entity]:
    """The objects a success is about: the items of a page, else the one inside the wrapper."""
    if not succeeded(exchange):
        return []
    name = collection(exchange)
    found = (page(exchange) or {}).get(name) if name else [exchange.entity]
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def prefers(exchange: Exchange) -> str:
    """The representation the request asks for: minimal, representation, or `""` for an unknown preference."""
    value = exchange.request.headers.get("prefer", "").strip().lower() or "return=minimal"
    return {"return=minimal": "minimal", "return=representation": "representation"}.get(value, "")


def same_text(one: object, other: object) -> bool:
    """Whether two texts are the same but for space around them; no text equals an empty one."""
    return str(one or "").strip() == str(other or "").strip()


def same_id(one: object, other: object) -> bool:
    """Whether two ids are the same in any case; no id equals an empty one."""
    return str(one or "").casefold() == str(other or "").casefold()


def deviation(kind: str, expected: object, seen: object) -> Deviation:
    """A deviation whose words are one line each and safe to write anywhere."""
    return Deviation(_line(kind), _line(expected), _line(seen))


def _line(value: object) -> str:
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)
    except RecursionError:
        text = "a deeply nested value"
    text = " ".join(text.split()).encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
