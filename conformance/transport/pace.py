"""The pace: no more requests in a second than allowed, and what a 429 asks for."""

from __future__ import annotations

import time

from conformance.exchange import Answer

LONGEST_WAIT = 60.0
RETRIES = 5


class Pace:
    """Keeps requests `1 / rate` seconds apart (rate in requests a second; 0 = as fast as they come)."""

    def __init__(self, rate: float = 0.0) -> None:
        self._gap = 1.0 / rate if rate else 0.0
        self._next = 0.0

    def wait(self) -> None:
        """Sleep until the next request may leave."""
        if not self._gap:
            return
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._gap

    def rest(self, answer: Answer) -> None:
        """Sleep as long as a 429 asks in Retry-After (seconds, at most a minute; one second without it)."""
        text = answer.headers.get("retry-after", "1")
        seconds = float(text) if text.strip().isdigit() else 1.0
        time.sleep(min(max(seconds, 0.0), LONGEST_WAIT))
