"""What a test is doing now, and `promise`, which ties a block of plain asserts to a requirement."""

from __future__ import annotations

import random
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange import Broken, Deviation, Exchange, Finding
from conformance.requirements import Requirement, promise_of
from conformance.runner.ledger import Ledger


class Undecided(Exception):
    """The answer does not allow a decision; the text says why."""


class NotOffered(Undecided):
    """The target refuses an operation that it need not offer."""

    def __init__(self, text: str, operation: str) -> None:
        super().__init__(text)
        self.operation = operation


class Waived(Exception):
    """A test came to its end only because waivers cover what it found; the text names them."""


class Unmet(AssertionError):
    """A workflow's own criterion is not met; the text says which. It is no promise of the register."""


class SetupFailed(Exception):
    """Something that had to work before the judging could start did not; never a finding."""


@dataclass
class Story:
    """One running test: its id, the ledger it writes to, the exchanges it caused, its own randomness.

    `raced` from its first race on; `patient` where what the history notices waits until the test has had its
    say.
    """

    test: str
    ledger: Ledger
    random: random.Random
    exchanges: list[Exchange] = field(default_factory=list)
    raced: bool = False
    patient: bool = False
    noticed: list[Finding] = field(default_factory=list)
    before: list[Finding] = field(init=False)

    def __post_init__(self) -> None:
        self.before = self.ledger.findings()

    def conclude(self) -> None:
        """Tell what the history noticed, unless the test found something itself: that is nearer to the cause.

        Raises Broken for a MUST row.
        """
        noticed, self.noticed = self.noticed, []
        found = [one for one in self.ledger.findings() if not any(one is old for old in self.before)]
        if any(finding.test == self.test for finding in found):
            return
        if failed := [finding for finding in noticed if self.ledger.broken(finding)]:
            raise Broken(failed)


CURRENT: ContextVar[Story] = ContextVar("story")


@contextmanager
def promise(name: str) -> Iterator[None]:
    """Decide a requirement by the asserts inside.

    A failed assert of a MUST row raises Broken and ends the story; of any other row it is written down and
    the story goes on. Undecided leaves the row open; every other error leaves it open and goes through.
    """
    row = promise_of(name)
    story = CURRENT.get()
    start = len(story.exchanges)
    try:
        yield
    except Broken:
        story.ledger.undecided(name, "another promise broke first")
        raise
    except AssertionError as error:
        finding = _finding(row, error, story, start)
        if story.ledger.broken(finding):
            raise Broken([finding]) from error
    except NotOffered as reason:
        story.ledger.lacks(name, reason.operation, row.operations)
        story.ledger.undecided(name, str(reason))
        raise
    except Undecided as reason:
        story.ledger.undecided(name, str(reason))
    except Exception as error:
        story.ledger.undecided(name, f"{type(error).__name__}: {error}".splitlines()[0])
        raise
    else:
        story.ledger.held(name, _operations(row, story.exchanges[start:]))


def shows(seen: Any, sent: Any) -> bool:
    """Whether an answer shows what was sent; members that nobody sent may stand beside it."""
    if isinstance(sent, dict):
        return isinstance(seen, dict) and all(name in seen and shows(seen[name], sent[name]) for name in sent)
    if isinstance(sent, list):
        alike = isinstance(seen, list) and len(seen) == len(sent)
        return alike and all(shows(one, other) for one, other in zip(seen, sent, strict=True))
    return bool(seen == sent)


def alike(one: Any, other: Any) -> bool:
    """Whether two answers agree on every member that both have."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(alike(one[name], other[name]) for name in one.keys() & other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)


def _operations(row: Requirement, exchanges: list[Exchange]) -> set[str]:
    seen = {exchange.name for exchange in exchanges if row.concerns(exchange.name)}
    return seen or set(row.operations[:1]) or {"storage"}


def _finding(row: Requirement, error: AssertionError, story: Story, start: int) -> Finding:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    inside = story.exchanges[start:]
    evidence = tuple(inside or story.exchanges[-1:])
    own = [exchange.name for exchange in evidence if row.concerns(exchange.name)]
    operation = own[-1] if own else (row.operations[0] if row.operations else "storage")
    source = (frame.line or "assert").strip()
    # Behind words of our own, pytest shows the values it compared: the words say more.
    said = str(error).partition("\nassert ")[0]
    deviation = Deviation(kind=source, expected=row.says, seen=said or source)
    return Finding(row.name, operation, deviation, evidence[-6:], story.test, "story")
