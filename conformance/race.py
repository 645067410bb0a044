"""Races: several callers at once at one target, and the history of what each asked and was told."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from threading import Barrier

from conformance.exchange import Exchange
from conformance.histories import Step
from conformance.story import CURRENT
from conformance.transport.wire import Unreachable

Racer = Callable[[], object]


@dataclass
class Race:
    """Who takes part writes down each step as `race.ask(who, what, about, request)`."""

    steps: list[Step] = field(default_factory=list)

    def run(self, *racers: Racer) -> None:
        """Let all begin at once and wait for the last; raises what the first of them raised."""
        # What comes after it depends on who won: it is no part of what two runs have in common.
        CURRENT.get().raced = True
        start = Barrier(len(racers))

        def go(racer: Racer) -> None:
            start.wait()
            racer()

        with ThreadPoolExecutor(len(racers)) as pool:
            ends = [pool.submit(copy_context().run, go, racer) for racer in racers]
        for end in ends:
            end.result()

    def ask(self, who: object, what: str, about: str, request: Callable[[], Exchange]) -> Exchange:
        """Send a request as a step of the history; without an answer its outcome is not known."""
        began, outcome = time.monotonic(), ""
        try:
            exchange = request()
            outcome = told(exchange)
        except Unreachable:
            self._note(who, what, about, "", began)
            raise
        self._note(who, what, about, outcome, began)
        return exchange

    def _note(self, who: object, what: str, about: str, outcome: str, began: float) -> None:
        self.steps.append(Step(str(who), what, about, outcome, began, time.monotonic()))


def told(exchange: Exchange) -> str:
    """An answer in short: `ok`, or status and code."""
    code = (exchange.error or {}).get("code", "")
    return "ok" if exchange.ok else f"{exchange.status} {code}".strip()
