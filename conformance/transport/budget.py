"""The budget: how many requests, iModels and minutes a run may take of its target."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from conformance.exchange import Unreachable


class OverBudget(Unreachable):
    """Nothing was sent, since the run may take no more of its target."""


@dataclass
class Budget:
    """What may be spent; 0 is no limit, `seconds` count from the beginning of the run."""

    requests: int = 0
    imodels: int = 0
    seconds: float = 0.0
    began: float = field(default_factory=time.monotonic)

    def spent(self, sent: int, wait: float = 0.0) -> str:
        """Which limit keeps the next request here, if any; `wait` is how long it must still wait."""
        if self.requests and sent >= self.requests:
            return f"--max-requests {self.requests} is used up"
        if self.seconds and time.monotonic() + wait >= self.began + self.seconds:
            return f"--max-time {self.seconds / 60:g} is used up"
        return ""

    def check(self, sent: int, wait: float = 0.0, *, makes: bool = False, made: int = 0) -> None:
        """Raise OverBudget where one more request, or one more iModel, is one too many."""
        reason = self.spent(sent, wait)
        if makes and self.imodels and made >= self.imodels:
            reason = reason or f"--max-imodels {self.imodels} is used up"
        if reason:
            raise OverBudget(reason)
