"""Refusals for asking too often: now and then, by the seed, when a mock is told so."""

from __future__ import annotations

from conformance.mock.call import Call
from conformance.mock.faults import fault
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem

THROTTLE = liberty.switch("throttle")
OTHER_CODE = liberty.switch("throttle-other-code")
WITHOUT_HEADER = fault.switch("limits/retry-after")
SHARE = 0.04
MODES = (THROTTLE, OTHER_CODE, WITHOUT_HEADER)


def throttle(call: Call) -> None:
    """Refuse one request in some, never two in a row."""
    if not any(call.bent(mode) for mode in MODES):
        return
    service = call.service
    if service.luck.random() < SHARE and service.requests - service.throttled > 1:
        service.throttled = service.requests
        after = {} if call.bent(WITHOUT_HEADER) else {"Retry-After": str(service.luck.randint(0, 1))}
        code = "RateLimitExceeded" if call.bent(OTHER_CODE) else "TooManyRequests"
        raise Problem(code, headers=after)
