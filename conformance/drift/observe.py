"""A document and what a service did: what it does not tell, what does not hold, what never came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.contract import Contract, load
from conformance.drift.asked import asked
from conformance.drift.given import given
from conformance.drift.malformed import readable
from conformance.drift.rows import Row, row_of
from conformance.drift.rules import Difference
from conformance.drift.traffic import Seen
from conformance.drift.values import Reader
from conformance.openapi import Operation
from conformance.silence import members

ENOUGH, SOME = 30, 5
"""From how many chances on it means much, or something, that a thing never came."""
SAMPLES = 200
"""Values kept of one difference, to learn from."""
Key = tuple[str, str, str, str]
"""Rule, operation, place, and what was met where that is one of a few."""


@dataclass
class Fact:
    """One difference while it is counted."""

    seen: int = 0
    example: str = ""
    samples: list[Any] = field(default_factory=list)


@dataclass
class Observation:
    """Everything that was noticed; `chances` counts how often each place could have been met.

    `own`: the names that requests may hold as the suite's own contract has it, by operation.
    """

    facts: dict[Key, Fact] = field(default_factory=dict)
    chances: Counter[tuple[str, str]] = field(default_factory=Counter)
    met: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    own: Mapping[str, frozenset[str]] = field(default_factory=dict)
    exchanges: int = 0
    elsewhere: int = 0

    def note(
        self, rule: str, operation: str, place: str, example: str, what: str = "", sample: Any = None
    ) -> None:
        """Count a difference."""
        fact = self.facts.setdefault((rule, operation, place, what), Fact(example=example))
        fact.seen += 1
        if len(fact.samples) < SAMPLES:
            fact.samples.append(sample)

    def chance(self, operation: str, place: str, times: int = 1) -> None:
        """Something in this place could have been met."""
        self.chances[operation, place] += times

    def meet(self, operation: str, place: str, what: str = "") -> None:
        """Something documented was met."""
        self.met[operation, place, what] += 1


class Observer:
    """Holds traffic against a document, exchange by exchange."""

    def __init__(self, document: Mapping[str, Any], base: str | None = None) -> None:
        self.document = document
        self._own = load()
        with readable("the document"):
            self.contract = Contract(document, self._own)
            self.base = self.contract.base_path if base is None else base.rstrip("/")
        self.seen = Observation(
            own={" ".join(o.shape): _names(self._own, o) for o in self._own.operations.values()}
        )
        self._readers = {way: Reader(document, way) for way in ("request", "response")}

    def take(self, traffic: Iterable[Seen]) -> Observation:
        """Look at every exchange."""
        for one in traffic:
            with readable(f"the document, held against {one.name}"):
                self._one(one)
        return self.seen

    def _one(self, one: Seen) -> None:
        if not (one.path == self.base or one.path.startswith(f"{self.base}/")):
            self.seen.elsewhere += 1
            return
        if one.preflight:
            return
        self.seen.exchanges += 1
        path = one.path[len(self.base) :] or "/"
        operation, shape = self._operation(one.request.method, path)
        succeeded = 200 <= one.answer.status < 300
        if operation is None:
            if succeeded:
                self.seen.note("operation-undocumented", shape, "", one.name, "", one)
            return
        self.seen.chance(shape, "")
        # What was rightly refused says nothing of what may be asked.
        if succeeded:
            asked(self.document, operation, one, self._readers["request"], self.seen, shape)
        given(self.document, operation, one, self._readers["response"], self.seen, shape)

    def _operation(self, method: str, path: str) -> tuple[Operation | None, str]:
        """The operation that a request was for, and its shape.

        The suite's own contract is asked first: a document that lacks `/favorites` would take it for an id.
        """
        found = self._own.route(method, path) or self.contract.route(method, path)
        if found is None:
            return None, f"{method} {_guess(path)}"
        return self.contract.shapes.get(found[0].shape), " ".join(found[0].shape)


def _names(contract: Contract, operation: Operation) -> frozenset[str]:
    """Every name that a request of an operation may hold."""
    body = operation.body.schema if operation.body else None
    told = {} if body is None else members(contract, body)
    pointers = {pointer.rpartition("/")[2] for pointer in told}
    return frozenset(name.lower() for name in (*pointers, *(p.name for p in operation.parameters)))


def _guess(path: str) -> str:
    """The shape of a path nobody describes: what has digits in it is a value."""
    parts = path.rstrip("/").split("/")
    return "/".join("{}" if any(c.isdigit() for c in part) else part for part in parts) or "/"


def rows(observer: Observer, *, unseen: bool = True) -> list[Row]:
    """All differences as rows; `unseen` with what is documented and never came."""
    from conformance.drift.unseen import never_seen

    told = list(_facts(observer))
    with readable("the document"):
        return told + (list(never_seen(observer)) if unseen else [])


def wrapped(observer: Observer, operation: str, place: str) -> bool:
    """Whether a member that nobody described holds the whole body: no described member was ever beside it."""
    around, _, member = place.partition(" /")
    if not member or "/" in member or member.startswith("_"):
        return False
    met = [at for (name, at, _) in observer.seen.met if name == operation and at.startswith(f"{around} /")]
    found = observer.seen.facts.get(("response-member-undocumented", operation, place, ""))
    return not met and found is not None and all(isinstance(one, dict) for one in found.samples)


def _facts(observer: Observer) -> Iterator[Row]:
    seen = observer.seen
    for (rule, operation, place, what), fact in seen.facts.items():
        if rule == "response-member-undocumented" and wrapped(observer, operation, place):
            rule = "response-body-wrapped"
        looked = max(fact.seen, seen.chances[operation, _around(place)] or seen.chances[operation, ""])
        sure = "certain" if fact.seen >= SOME else "high" if fact.seen > 1 else "medium"
        difference = Difference(rule, operation, place, "", what)
        yield row_of(difference, seen=fact.seen, looked=looked, confidence=sure, example=fact.example)


def _around(place: str) -> str:
    """What a place lies in."""
    return place.rpartition("/")[0] if "/" in place.partition(" /")[2] or " /" in place else place


def sure(looked: int) -> str:
    """How much it means that something never came in so many chances."""
    return "high" if looked >= ENOUGH else "medium" if looked >= SOME else "low"
