"""Rate limits: how many requests an application may make in a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from conformance.mock.call import Call
from conformance.mock.problems import Problem
from conformance.mock.settings import Limit

REMAINING = "iTwinPlatform-RateLimit-RemainingCalls"
RETRY_AFTER = "iTwinPlatform-RateLimit-Retry-After-Seconds"


@dataclass
class Window:
    """A span of time that began with a request, and how many came in it."""

    end: datetime
    count: int = 0


@dataclass
class Meter:
    """The windows that are open, by application and limit."""

    windows: dict[tuple[str, Limit], Window] = field(default_factory=dict)

    def window(self, application: str, limit: Limit, now: datetime) -> Window:
        """The window a request falls into."""
        found = self.windows.get((application, limit))
        if found is None or found.end <= now:
            found = self.windows[application, limit] = Window(now + timedelta(seconds=limit.seconds))
        return found


def measure(call: Call) -> None:
    """Count a request against the limits that concern it, and refuse it when one is used up."""
    limits = [found for found in call.settings.rate_limits if found.operation in {None, call.operation.id}]
    if not limits:
        return
    application = call.caller.application.id
    windows = [(limit, call.service.meter.window(application, limit, call.now)) for limit in limits]
    left = min(limit.count - window.count for limit, window in windows)
    call.extra_headers[REMAINING] = str(max(0, left - 1))
    if left > 0:
        for _, window in windows:
            window.count += 1
        return
    ends = [window.end for limit, window in windows if window.count >= limit.count]
    seconds = str(ceil((max(ends) - call.now).total_seconds()))
    call.extra_headers |= {"Retry-After": seconds, RETRY_AFTER: seconds}
    raise Problem(call.settings.rate_limit_code)
