"""What a mock was asked: the last requests, without their secrets."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from conformance.mock.call import Answer, Request

KEPT = 1000
LONGEST = 2000


@dataclass(frozen=True)
class Called:
    """One request and how it was answered; the query is told only of operations, where it holds no secret."""

    at: datetime
    method: str
    path: str
    query: str
    operation: str | None
    caller: str | None
    status: int
    code: str | None

    def told(self) -> dict[str, Any]:
        """The record as JSON."""
        return {**asdict(self), "at": self.at.isoformat()}

    def line(self) -> str:
        """The record as a line of text."""
        return f"{self.status} {self.method} {self.path}" + (f" {self.code}" if self.code else "")


class Calls:
    """The last requests, the oldest first."""

    def __init__(self) -> None:
        self.count = 0
        self._last: deque[Called] = deque(maxlen=KEPT)

    def __iter__(self) -> Iterator[Called]:
        return iter(self._last)

    def note(self, request: Request, answer: Answer, at: datetime) -> Called:
        """Remember a request."""
        call = answer.call
        error = (answer.body or {}).get("error") if answer.status >= 400 else None
        called = Called(
            at=at,
            method=request.method,
            path=_plain(request.path),
            query=_plain(request.query) if call else "",
            operation=call.operation.id if call else None,
            caller=call.caller.email if call and call.known else None,
            status=answer.status,
            code=str(error.get("code")) if isinstance(error, dict) else None,
        )
        self.count += 1
        self._last.append(called)
        return called


def _plain(text: str) -> str:
    return ascii(text[:LONGEST])[1:-1]
