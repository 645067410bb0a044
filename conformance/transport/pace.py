"""The pace: no more requests in a while than allowed, and what a 429 asks for."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.exchange import Answer, Unreachable

LONGEST_WAIT = 600.0
RETRIES = 5
MINUTE, HOUR = 60.0, 3600.0
EVERY = ""
TRIAL, STANDARD, NONE = TIERS = ("trial", "standard", "none")
LIMITS: Mapping[str, Mapping[str, tuple[tuple[int, float], ...]]] = {
    TRIAL: {
        EVERY: ((500, MINUTE), (5000, HOUR)),
        "create-imodel": ((5, MINUTE),),
        "clone-imodel": ((5, MINUTE),),
        "fork-imodel": ((5, MINUTE),),
        "acquire-imodel-briefcase": ((100, MINUTE),),
    },
    STANDARD: {
        EVERY: ((5000, MINUTE),),
        "create-imodel": ((50, MINUTE),),
        "clone-imodel": ((20, MINUTE),),
        "fork-imodel": ((20, MINUTE),),
        "acquire-imodel-briefcase": ((100, MINUTE),),
    },
    NONE: {},
}
"""Tier of an application → operation, or EVERY → requests in so many seconds."""
SLACK = 1.0
"""Seconds that one request may take longer to a service than another, which counts them as they come."""
AFTER = ("retry-after", "itwinplatform-ratelimit-retry-after-seconds")


class Pace:
    """Keeps requests `1 / rate` seconds apart (0 = as fast as they come), and within the limits of a tier.

    The limits hold in every window of time, wherever the service lets its own begin; of several `sharers`
    each keeps to its part of them.
    """

    def __init__(
        self,
        rate: float = 0.0,
        tier: str = NONE,
        clock: Callable[[], float] = time.monotonic,
        sharers: int = 1,
    ) -> None:
        self._gap = 1.0 / rate if rate else 0.0
        self._next = 0.0
        self._clock = clock
        self._windows = {
            (operation, span): (part, deque[float](maxlen=part))
            for operation, limits in LIMITS[tier].items()
            for count, span in limits
            for part in [max(1, count // sharers)]
        }
        self._lock = threading.Lock()

    def ahead(self, operation: str = EVERY) -> float:
        """The seconds until the next request of an operation may leave."""
        with self._lock:
            return max(0.0, self._free(operation) - self._clock())

    def wait(self, operation: str = EVERY) -> None:
        """Sleep until the next request of an operation may leave."""
        if (seconds := self.take(operation)) > 0:
            time.sleep(seconds)

    def take(self, operation: str = EVERY) -> float:
        """Reserve the next moment a request of an operation may leave, and say in how many seconds it is."""
        with self._lock:
            now = self._clock()
            moment = max(now, self._free(operation))
            self._next = moment + self._gap
            for (about, _), (_, taken) in self._windows.items():
                if about in (EVERY, operation):
                    taken.append(moment)
            return moment - now

    def _free(self, operation: str) -> float:
        free = self._next if self._gap else 0.0
        for (about, span), (count, taken) in self._windows.items():
            if about in (EVERY, operation) and len(taken) == count:
                free = max(free, taken[0] + span + SLACK)
        return free

    def rest(self, answer: Answer) -> None:
        """Sleep as long as a 429 asks; raises Unreachable where that is too long."""
        seconds = asked(answer)
        if seconds > LONGEST_WAIT:
            raise Unreachable(f"429 asks to wait {seconds:.0f} s, longer than {LONGEST_WAIT:.0f} s")
        time.sleep(seconds)


def asked(answer: Answer) -> float:
    """How many seconds a 429 asks to wait, as a number or a date; one where it does not say."""
    text = next((answer.headers[name].strip() for name in AFTER if name in answer.headers), "")
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 1.0
    # Counted from the service's own clock where it tells it: ours may be another.
    told = answer.headers.get("date", "")
    try:
        now = parsedate_to_datetime(told)
    except ValueError:
        now = datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())
