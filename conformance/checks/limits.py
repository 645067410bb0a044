"""Checks of answers to callers who were too fast."""

from __future__ import annotations

import re

from conformance.checks import check
from conformance.checks.reading import deviation, of_api
from conformance.exchange import Deviation, Exchange

SECONDS = re.compile(r"\d+(\.\d+)?")


@check("limits/retry-after", when=lambda exchange: of_api(exchange) and exchange.status == 429)
def retry_after(exchange: Exchange) -> Deviation | None:
    """A 429 says in seconds when to come back."""
    seen = exchange.answer.headers.get("retry-after")
    if seen is None:
        return deviation("no header", "the header Retry-After", "no such header")
    if SECONDS.fullmatch(seen.strip()):
        return None
    return deviation("no number", "a number of seconds in Retry-After", seen)
