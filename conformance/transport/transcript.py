"""The transcript hash: equal for two runs that asked the same things in the same order."""

from __future__ import annotations

import hashlib
import re

from conformance.exchange import Exchange

_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{40}\b", re.IGNORECASE
)
# Whether two answers bear the same moment is chance: times are told from ids, not from each other.
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?", re.IGNORECASE)


class Transcript:
    """Hashes method, path template, query, body; ids by order of appearance, times and the run id not."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._order: dict[str, str] = {}
        self._hash = hashlib.sha256()
        self._last = ""

    def add(self, exchange: Exchange) -> None:
        """Add one exchange; a repeated poll counts once, and a race not at all."""
        if exchange.raced:
            return
        path = exchange.operation.path if exchange.operation else "storage"
        query = "&".join(f"{name}={value}" for name, value in sorted(exchange.request.query.items()))
        own = "" if path == "storage" else query
        request = exchange.request
        # The bytes of a file hold no ids, and to look for some in megabytes takes seconds.
        body = request.text if request.is_text else hashlib.sha256(request.body).hexdigest()
        line = " ".join((request.method, path, str(sorted(exchange.path.items())), own, body))
        line = _ID.sub(self._place, _TIME.sub("<time>", line.replace(self._run, "<run>")))
        if line != self._last:
            self._hash.update(line.encode() + b"\n")
            self._last = line

    def include(self, digest: str) -> None:
        """Count the whole transcript of a part of the run."""
        self._hash.update(digest.encode() + b"\n")

    def forget(self) -> None:
        """Begin to count the order of ids anew."""
        self._order.clear()

    def digest(self) -> str:
        """The hash so far, as 64 hex digits."""
        return self._hash.hexdigest()

    def _place(self, found: re.Match[str]) -> str:
        return self._order.setdefault(found.group().lower(), f"<{len(self._order)}>")
