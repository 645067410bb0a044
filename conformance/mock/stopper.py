"""Signals that ask a process to end."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from types import FrameType
from typing import Any, Protocol


class Stoppable(Protocol):
    """A server that ends when it is told to."""

    should_exit: bool


class Stopper:
    """Takes the signals that ask a process to end, from the first moment on, and ends what it serves."""

    def __init__(self) -> None:
        self.asked = False
        self._servers: list[Stoppable] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stopper:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def stops(self, servers: Iterable[Stoppable]) -> None:
        """End these servers, once asked or at once if that was before."""
        self._servers.extend(servers)
        for server in self._servers:
            server.should_exit = server.should_exit or self.asked

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self.stops(())
