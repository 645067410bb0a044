"""Resources that several tests of a run share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.make import Entity, Maker
from conformance.runner.run import Run


@dataclass
class Shared:
    """An iModel that tests share as long as it is there; whoever asks after that gets a new one."""

    run: Run
    name: str
    make: Callable[[Maker], Entity]
    kept: Entity | None = None

    def __call__(self) -> Entity:
        """The iModel as it was told when it was made."""
        if self.kept is None or not self.run.journal.lives(self.kept["id"]):
            with self.run.story(f"set-up: {self.name}"):
                self.kept = self.make(self.run.maker())
        return self.kept

    def adopt(self, made: Entity) -> None:
        """Hand out one that a story made anyway and left as it was, unless there is one already."""
        if self.kept is None or not self.run.journal.lives(self.kept["id"]):
            self.kept = made

    def used_up(self) -> None:
        """Nobody else is to get this one."""
        self.kept = None
