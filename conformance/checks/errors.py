"""Checks of refusals: the form of the error, its code, its details."""

from __future__ import annotations

from functools import cache
from typing import Any

from conformance.checks import check
from conformance.checks.reading import deviation, refused
from conformance.contract import WEAK, Contract
from conformance.exchange import Deviation, Exchange

INVALID = "InvalidiModelsRequest"
UNAUTHORIZED = 401
# The quota of briefcases may be named at the top or in the details.
AT_EITHER_PLACE = frozenset({"ResourceQuotaExceeded"})


def _has_error(exchange: Exchange) -> bool:
    return refused(exchange) and isinstance(exchange.json, dict) and "error" in exchange.json


def code(exchange: Exchange) -> str:
    """The code of a refusal; `""` when it has none that is a text."""
    found = (exchange.error or {}).get("code") if refused(exchange) else None
    return found if isinstance(found, str) else ""


@check("errors/envelope", when=_has_error)
def envelope(exchange: Exchange) -> Deviation | None:
    """The member error holds the texts code and message."""
    error = exchange.error
    if error is None:
        return deviation("error is no object", "an object error", exchange.json["error"])
    for name in ("code", "message"):
        if not isinstance(error.get(name), str):
            return deviation(f"{name} is no text", f"a text as {name}", error.get(name, "nothing"))
    return None


@cache
def _statuses(contract: Contract) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for operation in contract.operations.values():
        for status, response in operation.responses.items():
            for error in response.errors:
                if error.label not in WEAK:
                    found.setdefault(error.code, set()).add(status)
    return found


def _has_a_status(exchange: Exchange) -> bool:
    expected = exchange.expected
    # An undocumented status may be what an open question accepts, whose row judges it: of a request that was
    # drawn at random nobody knows which questions it touches.
    open_to_doubt = expected is None or exchange.status in expected.statuses
    tolerated = exchange.response is None and open_to_doubt
    return code(exchange) in _statuses(exchange.contract) and not tolerated


@check("errors/code-of-status", when=_has_a_status)
def code_of_status(exchange: Exchange) -> Deviation | None:
    """A known code comes with its own status."""
    known = _statuses(exchange.contract)[code(exchange)]
    if str(exchange.status) in known:
        return None
    seen = f"{exchange.status} {code(exchange)}"
    return deviation(f"{code(exchange)} with {exchange.status}", f"it with {_words(known)}", seen)


def _words(statuses: set[str]) -> str:
    return " or ".join(sorted(statuses))


def _is_code_judged(exchange: Exchange) -> bool:
    if not code(exchange) or exchange.response is None or not exchange.response.errors:
        return False
    known = _statuses(exchange.contract).get(code(exchange))
    # A code under a wrong status is the finding of errors/code-of-status.
    return known is None or str(exchange.status) in known


@check("errors/documented-code", when=_is_code_judged)
def documented_code(exchange: Exchange) -> Deviation | None:
    """The code is one that the operation documents for the status."""
    known = [error.code for error in exchange.response.errors] if exchange.response else []
    if code(exchange) in known or code(exchange) in AT_EITHER_PLACE:
        return None
    seen = f"{exchange.status} {code(exchange)}"
    return deviation(f"{code(exchange)} with {exchange.status}", f"one of {', '.join(known)}", seen)


def _needs_no_details(exchange: Exchange) -> bool:
    return exchange.status != UNAUTHORIZED and code(exchange) not in {"", INVALID}


@check("errors/details-only-when-invalid", when=_needs_no_details)
def details_only_when_invalid(exchange: Exchange) -> Deviation | None:
    """Only an invalid request has details."""
    details = (exchange.error or {}).get("details")
    if details is None:
        return None
    return deviation("details", f"no details with {code(exchange)}", details)


@check("errors/details-say-what", when=lambda exchange: code(exchange) == INVALID)
def details_say_what(exchange: Exchange) -> Deviation | None:
    """An invalid request is told what is wrong: at least one entry, each with code and message."""
    details = (exchange.error or {}).get("details")
    if not isinstance(details, list) or not details:
        return deviation("no entry", "at least one entry in details", details)
    odd = [entry for entry in details if not _says_what(entry)]
    return deviation("an entry says nothing", "code and message in each entry", odd[0]) if odd else None


def _says_what(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("message"), str):
        return False
    return isinstance(entry.get("code"), str) and bool(entry["code"])


def is_well_formed(exchange: Exchange) -> bool:
    """Whether code and details of a refusal can be read and so compared with others."""
    if _has_error(exchange) and envelope(exchange):
        return False
    return code(exchange) != INVALID or details_say_what(exchange) is None
