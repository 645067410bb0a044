"""Checks of answers to callers without access."""

from __future__ import annotations

from conformance.checks import check
from conformance.checks.errors import UNAUTHORIZED
from conformance.checks.reading import deviation, refused
from conformance.exchange import Deviation, Exchange


def _is_unauthorized(exchange: Exchange) -> bool:
    return refused(exchange) and exchange.status == UNAUTHORIZED and exchange.error is not None


@check("access/refusal-has-no-details", when=_is_unauthorized)
def refusal_has_no_details(exchange: Exchange) -> Deviation | None:
    """The error of a 401 has no details; an empty member holds none."""
    details = (exchange.error or {}).get("details")
    return deviation("details", "no details with 401", details) if details else None
