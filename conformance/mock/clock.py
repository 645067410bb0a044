"""The one clock of a mock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any

STEP = timedelta(milliseconds=1)


class Clock:
    """Time that never stands still: each reading is at least a millisecond after the one before."""

    def __init__(self, source: Callable[[], float] = time) -> None:
        self._source = source
        self._offset = timedelta()
        self._last = datetime.min.replace(tzinfo=UTC)

    @classmethod
    def manual(cls, start: datetime) -> Clock:
        """A clock that moves only when it is read or advanced."""
        return cls(start.timestamp)

    def now(self) -> datetime:
        """The next reading."""
        read = datetime.fromtimestamp(self._source(), UTC) + self._offset
        self._last = max(read, self._last + STEP)
        return self._last

    @property
    def last(self) -> datetime:
        """The last reading, again."""
        return self._last

    @property
    def offset(self) -> timedelta:
        """How far it was advanced."""
        return self._offset

    def advance(self, seconds: float) -> None:
        """Let that much time pass at once."""
        # The last reading may have run ahead of the source: what began then ends that much later too.
        self._offset += timedelta(seconds=seconds)
        self._last += timedelta(seconds=seconds)

    def __getstate__(self) -> dict[str, Any]:
        return {"_offset": self._offset, "_last": self._last}

    def follow(self, other: Clock) -> None:
        """Go on from where another clock stood, with a source of one's own."""
        self._offset, self._last = other._offset, other._last
