"""One walk: its steps in words, and the finding that they make when an answer does not follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.api import Api
from conformance.exchange import Broken, Deviation, Exchange, Finding
from conformance.make import Maker
from conformance.race import told
from conformance.story import CURRENT
from conformance.walk.known import Known

ROW = "answers/follow-the-history"
MANAGERS = ("main", "second")
OK = "ok"


@dataclass
class Walk:
    """An iModel of its own, the users that act on it, and what is known of it."""

    make: Maker
    users: Sequence[str]
    known: Known
    steps: list[str] = field(default_factory=list)
    first: int = field(default_factory=lambda: len(CURRENT.get().exchanges))

    @classmethod
    def begin(cls, make: Maker, users: Sequence[str]) -> Walk:
        """Start on a new iModel."""
        first = len(CURRENT.get().exchanges)
        return cls(make, users, Known(make.imodel()["id"]), first=first)

    def user(self, number: int) -> str:
        """One of the users."""
        return self.users[number % len(self.users)]

    def api(self, user: str) -> Api:
        """The API as one of the users."""
        return self.make.api.as_(user)

    def expects(self, line: str, exchange: Exchange, *accepted: str) -> bool:
        """Judge the outcome of a step, `ok` or status and code; returns whether it was granted."""
        seen = told(exchange)
        self.steps.append(f"{line}: {seen}")
        # A refusal need not carry a body, and so a code.
        fits = any(seen == outcome or outcome.startswith(f"{seen} ") for outcome in accepted)
        self._judge(exchange.name, fits, " or ".join(accepted), seen)
        return exchange.ok

    def same(self, what: str, seen: Any, expected: Any) -> None:
        """Judge a look: it shows what all steps together have made."""
        operation = CURRENT.get().exchanges[-1].name
        self._judge(operation, seen == expected, f"{what} {expected}", f"{what} {seen}")

    def _judge(self, operation: str, fits: bool, expected: str, seen: str) -> None:
        story = CURRENT.get()
        if fits:
            story.ledger.held(ROW, [operation])
            return
        deviation = Deviation("history", expected, f"{seen}, after\n" + "\n".join(self._numbered()))
        shown = tuple(exchange for exchange in story.exchanges[self.first :])
        finding = Finding(ROW, operation, deviation, shown, story.test)
        story.ledger.broken(finding)
        raise Broken([finding])

    def _numbered(self) -> list[str]:
        return [f"{number}. {step}" for number, step in enumerate(self.steps, 1)]
