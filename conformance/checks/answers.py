"""Checks of any answer: its status, media type, headers, body, and that it gives nothing away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks import check
from conformance.checks.flaws import Flaw, documented_flaws, observed_flaws
from conformance.checks.reading import deviation, documents_json, media_type, of_api, succeeded
from conformance.checks.typed import Typed, typed
from conformance.contract import JSON, WEAK
from conformance.exchange import NOT_JSON, Deviation, Exchange
from conformance.requirements import promise_of

RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)")
UTC = ("Z", "z", "+00:00", "-00:00")


@check("answers/no-server-error", when=of_api)
def no_server_error(exchange: Exchange) -> Deviation | None:
    """No request is answered with a 5xx."""
    if exchange.status < 500:
        return None
    return deviation(f"status {exchange.status}", "no 5xx", str(exchange.status))


@check("answers/documented-success", when=lambda exchange: of_api(exchange) and exchange.ok)
def documented_success(exchange: Exchange) -> Deviation | None:
    """A 2xx is a documented one; where no 2xx is documented firmly, any will do."""
    responses = exchange.operation.responses if exchange.operation else {}
    known = [s for s, response in responses.items() if s[0] == "2" and response.label not in WEAK]
    if not known or str(exchange.status) in responses:
        return None
    return deviation(f"status {exchange.status}", " or ".join(known), str(exchange.status))


def _is_unplanned_refusal(exchange: Exchange) -> bool:
    # A firm row says itself which statuses are right; an INFO row takes any refusal.
    expected = exchange.expected
    firm = expected is not None and promise_of(expected.requirement).level != "INFO"
    return of_api(exchange) and 300 <= exchange.status < 500 and not firm


@check("answers/documented-refusal", when=_is_unplanned_refusal)
def documented_refusal(exchange: Exchange) -> Deviation | None:
    """A refusal has a status documented for the operation."""
    if exchange.response is not None:
        return None
    known = ", ".join(sorted(exchange.operation.responses)) if exchange.operation else ""
    return deviation(f"status {exchange.status}", f"one of {known}", str(exchange.status))


def _has_documented_body(exchange: Exchange) -> bool:
    response = exchange.response
    return exchange.ok and bool(exchange.answer.body) and response is not None and bool(response.media_type)


@check("answers/media-type", when=_has_documented_body)
def media_type_is_documented(exchange: Exchange) -> Deviation | None:
    """The body of a success comes as the documented media type."""
    wanted = (exchange.response.media_type if exchange.response else None) or ""
    seen = media_type(exchange.answer.headers)
    return None if seen == wanted else deviation("another media type", wanted, seen or "no Content-Type")


def _promises_json(exchange: Exchange) -> bool:
    if not documents_json(exchange) or not succeeded(exchange):
        return False
    # A page of HTML is the media type's finding, not one of the schema.
    declared = not exchange.answer.body or media_type(exchange.answer.headers) == JSON
    return declared or exchange.json is not NOT_JSON


@check("answers/body-matches-schema", when=_promises_json)
def body_matches_schema(exchange: Exchange) -> Deviation | None:
    """The body of a success keeps to what is documented."""
    if exchange.json is NOT_JSON:
        return None if _is_weak(exchange) else deviation("no JSON", "a JSON body", _body(exchange))
    return _first(documented_flaws(exchange)) or _nothing_known(exchange)


def _is_weak(exchange: Exchange) -> bool:
    """Whether nobody documents what such a success says."""
    return exchange.response is None or exchange.response.label in WEAK


def _nothing_known(exchange: Exchange) -> Deviation | None:
    """A document that requires no member is still about another body when none of its members is there."""
    members = _strangers(exchange)
    if not members:
        return None
    return deviation("none of the documented members", "the documented members", ", ".join(members))


def _strangers(exchange: Exchange) -> list[str]:
    """The members of a body that has none of those documented."""
    root = next(iter(typed(exchange)), None)
    if root is None or _is_weak(exchange) or not root.members or not isinstance(root.value, dict):
        return []
    return [] if root.members & root.value.keys() else sorted(root.value)


@check("answers/body-matches-observed", when=_promises_json)
def body_matches_observed(exchange: Exchange) -> Deviation | None:
    """The body of a success keeps to what clients need and the live service shows."""
    if exchange.json is NOT_JSON:
        weak = exchange.response is not None and exchange.response.label in WEAK
        return deviation("no JSON", "a JSON body", _body(exchange)) if weak else None
    return _first(observed_flaws(exchange))


def _body(exchange: Exchange) -> str:
    return f"{len(exchange.answer.body)} bytes that are no JSON" if exchange.answer.body else "no body"


def _first(flaws: list[Flaw]) -> Deviation | None:
    if not flaws:
        return None
    first, more = flaws[0], f" (and {len(flaws) - 1} more)" if len(flaws) > 1 else ""
    return deviation(
        f"{first.keyword} at {first.pointer}",
        f"{first.pointer} to keep to the schema",
        f"{first.message}{more}",
    )


@check("answers/no-body-with-204", when=lambda exchange: of_api(exchange) and exchange.status == 204)
def no_body_with_204(exchange: Exchange) -> Deviation | None:
    """A 204 has no body and announces none."""
    announced = exchange.answer.headers.get("content-length", "").strip()
    if not exchange.answer.body and announced in {"", "0"}:
        return None
    return deviation("a body", "no body", f"{len(exchange.answer.body)} bytes, Content-Length {announced}")


def _required_headers(exchange: Exchange) -> list[str]:
    headers = exchange.response.headers.values() if exchange.response and exchange.ok else ()
    return [header.name for header in headers if header.required and header.label not in WEAK]


@check("answers/documented-headers", when=lambda exchange: bool(_required_headers(exchange)))
def documented_headers(exchange: Exchange) -> Deviation | None:
    """A success has the headers documented as required."""
    sent = exchange.answer.headers
    missing = [name for name in _required_headers(exchange) if not sent.get(name.lower(), "").strip()]
    if not missing:
        return None
    return deviation(f"no {missing[0]}", "each documented header", f"no {', '.join(missing)}")


def _is_undescribed(exchange: Exchange) -> bool:
    """Whether a success has a body of which nothing is documented at all."""
    response = exchange.response
    undescribed = response is not None and response.media_type is None
    return undescribed and succeeded(exchange) and bool(exchange.answer.body)


def _undocumented(exchange: Exchange) -> Iterator[str]:
    if _is_undescribed(exchange):
        yield "/"
    # A body of which nothing is known is one finding, and that of another row.
    for spot in () if _strangers(exchange) else typed(exchange):
        if isinstance(spot.value, dict) and spot.members:
            yield from (f"{spot.pointer}/{name}" for name in sorted(spot.value.keys() - spot.members))


@check("answers/undocumented-members", when=lambda e: _is_undescribed(e) or bool(typed(e)))
def undocumented_members(exchange: Exchange) -> Deviation | None:
    """The body of a success has no member that the contract does not know."""
    found = sorted(set(_undocumented(exchange)))
    if not found:
        return None
    return deviation(f"member {found[0]}", "documented members only", ", ".join(found))


def _integers(exchange: Exchange) -> list[tuple[Typed, str]]:
    spots = (spot for spot in typed(exchange) if isinstance(spot.value, int | float))
    found = ((spot, width) for spot in spots for width in spot.formats & RANGES.keys())
    return [(spot, width) for spot, width in found if not isinstance(spot.value, bool)]


@check("answers/integers-in-range", when=lambda exchange: bool(_integers(exchange)))
def integers_in_range(exchange: Exchange) -> Deviation | None:
    """An integer fits its documented width."""
    for spot, width in _integers(exchange):
        low, high = RANGES[width]
        if not low <= spot.value <= high:
            return deviation(f"{width} at {spot.pointer}", f"{low} to {high}", spot.value)
    return None


def _dates(exchange: Exchange) -> list[tuple[Typed, str]]:
    spots = (spot for spot in typed(exchange) if isinstance(spot.value, str) and "date-time" in spot.formats)
    found = ((spot, DATE_TIME.fullmatch(spot.value)) for spot in spots)
    # What is no date-time at all is a flaw of the body.
    return [(spot, match[1]) for spot, match in found if match]


@check("answers/dates-are-utc", when=lambda exchange: bool(_dates(exchange)))
def dates_are_utc(exchange: Exchange) -> Deviation | None:
    """A date-time is in UTC."""
    for spot, zone in _dates(exchange):
        if zone not in UTC:
            return deviation(f"offset at {spot.pointer}", "a date-time in UTC", spot.value)
    return None
