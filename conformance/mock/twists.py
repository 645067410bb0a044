"""Ways to bend a mock: registries of named alterations, switched on for one service at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from conformance.mock.call import Answer, Call

When = Literal["success", "problem", "always"]


@dataclass(frozen=True)
class Twist:
    """One named alteration: before the handler, after it, or a switch that code asks for."""

    name: str
    operations: frozenset[str] = frozenset()
    when: When = "success"
    before: Callable[[Call], None] | None = None
    after: Callable[[Call, Answer], None] | None = None

    def concerns(self, operation: str) -> bool:
        """Whether it applies to an operation."""
        return not self.operations or operation in self.operations

    def alters(self, call: Call, answer: Answer) -> bool:
        """Whether it applies to an answer."""
        fits = self.when == "always" or (self.when == "success") == (answer.status < 400)
        return self.after is not None and fits and self.concerns(call.operation.id)


class Registry:
    """The alterations of one kind, by name."""

    def __init__(self) -> None:
        self.twists: dict[str, Twist] = {}

    def _add(self, twist: Twist) -> None:
        if twist.name in self.twists:
            raise ValueError(f"{twist.name} is there already")
        self.twists[twist.name] = twist

    def __call__(
        self, name: str, *, on: Iterable[str] = (), when: When = "success"
    ) -> Callable[[Callable[[Call, Answer], None]], Callable[[Call, Answer], None]]:
        """Register a function that alters an answer after the handler."""

        def register(act: Callable[[Call, Answer], None]) -> Callable[[Call, Answer], None]:
            self._add(Twist(name, frozenset(on), when, after=act))
            return act

        return register

    def before(
        self, name: str, *, on: Iterable[str] = ()
    ) -> Callable[[Callable[[Call], None]], Callable[[Call], None]]:
        """Register a function that alters a call before its handler, or refuses it."""

        def register(act: Callable[[Call], None]) -> Callable[[Call], None]:
            self._add(Twist(name, frozenset(on), before=act))
            return act

        return register

    def switch(self, name: str, *, on: Iterable[str] = ()) -> str:
        """Register a name that code asks for with `call.bent`; returns the name."""
        self._add(Twist(name, frozenset(on)))
        return name
