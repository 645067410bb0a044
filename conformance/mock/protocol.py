"""HTTP/1.1 as the server speaks it: heads of a bounded size, in time, and errors in the service's shape."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from conformance.mock.problems import Problem

LONGEST_HEAD = 65_536
PATIENCE = 30.0


class Protocol(HttpToolsProtocol):
    """One connection."""

    patience = PATIENCE
    _begun = False
    _size = 0
    _timer: asyncio.TimerHandle | None = None

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.headers, self.url = [], b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless a head grows too long or takes too long."""
        self._size += len(data) if self._begun else 0
        super().data_received(data)
        if self.transport.is_closing() or not self._begun:
            self._stop_waiting()
        elif self._size > LONGEST_HEAD:
            self._refuse("RequestHeaderFieldsTooLarge")
        elif self._timer is None:
            self._wait()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._begun, self._size = True, 0

    def on_headers_complete(self) -> None:
        """A head is whole."""
        self._begun = False
        if self._length() > LONGEST_HEAD:
            raise OverflowError("the head is too long")
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        long = self._length() > LONGEST_HEAD
        self._refuse("RequestHeaderFieldsTooLarge" if long else "InvalidHttpRequest")

    def _length(self) -> int:
        return sum(len(name) + len(value) for name, value in self.headers) + len(self.url)

    def _refuse(self, code: str) -> None:
        if self.transport.is_closing():
            return
        problem = Problem(code)
        body = json.dumps(problem.render(None)).encode()
        phrase = HTTPStatus(problem.status).phrase
        head = (
            f"HTTP/1.1 {problem.status} {phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

    def _wait(self) -> None:
        self._timer = self.loop.call_later(self.patience, self._too_slow)

    def _too_slow(self) -> None:
        if self._begun:
            self._refuse("RequestTimeout")
        else:
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
