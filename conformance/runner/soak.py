"""The profile `soak`: the whole run again and again, each time with other data, until a time is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from conformance.runner.run import Run

SOAK = "soak"
DEFAULT_MINUTES = 60.0


@dataclass
class Soak:
    """Counts the rounds of a run; one whole round is told in any case, and the only one of other profiles."""

    run: Run
    say: Callable[[str], None] = lambda line: None
    clock: Callable[[], float] = time.monotonic
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.clock()

    @property
    def over(self) -> bool:
        """Whether no other test is to begin: the first round is never cut short."""
        return self.run.round > 0 and self._left() <= 0

    def rounds(self) -> Iterator[int]:
        """The rounds after the first, as long as there is time; what the last one made is deleted before."""
        while self.run.options.profile == SOAK and self._left() > 0:
            self.run.clean()
            self.run.begin_round()
            self.say(f"round {self.run.round + 1}, {self._left() / 60:.0f} minutes left")
            yield self.run.round

    def _left(self) -> float:
        minutes = self.run.options.minutes or DEFAULT_MINUTES
        return self.begun + 60 * minutes - self.clock()
