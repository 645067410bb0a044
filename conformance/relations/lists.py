"""Lists against what was told to be there, or to be gone: both once a list has had its time to catch up.

A list may lag behind what was written, and two lists that are asked in turn need not lag by the same time. So
nothing is judged before that time is over. What somebody was told to be there is looked for in what the same
caller is shown: others may see less. And only a list that comes whole in one page can leave something out:
between two pages others write.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from conformance.checks import Judgement, echoes
from conformance.checks.reading import Entity, deviation, page, sent
from conformance.exchange import Deviation, Exchange
from conformance.relations.comparison import Comparison
from conformance.relations.kinds import CREATED, IMODEL, LISTED, UPDATED, Kind
from conformance.silence import silent

SHORTEST_PAGE = 100
"""How many items a page may hold, at least, where nobody asks for a number."""
LASTING = timedelta(days=1)
"""What expires before that may expire in the course of a run."""
SEEN_BY = ("state", "expiresAt")
"""Members whose change may take something off a list."""


@dataclass(frozen=True)
class Place:
    """A list as one caller sees it; `container` is an iModel, or of iModels the iTwin."""

    identity: str
    kind: Kind = field(hash=False)
    container: str

    @property
    def operation(self) -> str:
        """The operation that asks for the list."""
        return self.kind.operation(LISTED)

    @property
    def in_itwin(self) -> bool:
        """Whether an iTwin holds the list, and no iModel."""
        return self.kind is IMODEL


@dataclass(frozen=True)
class Fact:
    """When something became so, and the exchange that told it."""

    since: float
    exchange: Exchange


@dataclass
class Lists:
    """What each caller was told to be in each list, and what was deleted.

    `lag`: seconds that a list may take to catch up; `mark`: what the names of the run's own iModels have in
    them; `now`: the clock that lags are counted by.
    """

    lag: float = 10.0
    mark: str = ""
    now: Callable[[], float] = time.monotonic
    there: dict[Place, dict[str, Fact]] = field(default_factory=dict)
    gone: dict[tuple[str, str, str], Fact] = field(default_factory=dict)

    @property
    def places(self) -> list[Place]:
        """The lists of which something is known."""
        return list(self.there)

    @property
    def wait(self) -> float:
        """Seconds until every list has had its time."""
        facts = [*(fact for kept in self.there.values() for fact in kept.values()), *self.gone.values()]
        return max(0.0, max((fact.since for fact in facts), default=-self.lag) + self.lag - self.now())

    def learn(self, kind: Kind, role: str, exchange: Exchange, entity: Entity, id_: str) -> None:
        """Remember that something is there. Details do not tell: not all that can be read is listed."""
        if kind.listed_from and entity.get("state") != kind.listed_from:
            return
        if role == LISTED and kind is IMODEL and not self._ours(entity):
            return
        place = _place(kind, exchange, entity)
        if role == CREATED:
            self.gone.pop((kind.name, kind.holder(exchange), id_), None)
        if role == UPDATED and any(name in sent(exchange) for name in SEEN_BY):
            self.forget(kind, id_)
        if role not in (CREATED, LISTED) or not _lasting(entity):
            return
        facts, fact = self.there.setdefault(place, {}), Fact(self.now(), exchange)
        if role == CREATED:
            facts[id_] = fact
        elif (kind.name, kind.holder(exchange), id_) not in self.gone:
            facts.setdefault(id_, fact)

    def _ours(self, entity: Entity) -> bool:
        """Whether an iModel is one of the run: others in the iTwin may delete theirs at any time."""
        return self.mark in str(entity.get("displayName", entity.get("name", ""))).casefold()

    def delete(self, kind: Kind, exchange: Exchange, id_: str) -> None:
        """Remember that something was deleted, and with an iModel all that was in it."""
        holder = kind.holder(exchange)
        if holder:
            self.forget(kind, id_)
        else:
            self.doubt(id_)
        self.gone[kind.name, holder, id_] = Fact(self.now(), exchange)

    def forget(self, kind: Kind, id_: str, identity: str = "") -> None:
        """Nobody knows any longer whether something is in a list, or whether somebody sees it there."""
        for place, facts in self.there.items():
            if place.kind is kind and identity in ("", place.identity):
                facts.pop(id_, None)

    def doubt(self, imodel: str) -> None:
        """Forget an iModel and what is in it."""
        if not imodel:
            return
        self.forget(IMODEL, imodel)
        self.there = {place: facts for place, facts in self.there.items() if place.container != imodel}
        self.gone = {key: fact for key, fact in self.gone.items() if key[1] != imodel}

    def clear(self) -> None:
        """Forget everything."""
        self.there.clear()
        self.gone.clear()

    def compared(
        self, kind: Kind, exchange: Exchange, ids: Collection[str], complete: bool
    ) -> Iterator[Comparison]:
        """What a page shows of what is gone, and, where it is all of a list, leaves out of what is there."""
        asked = self.now() - exchange.answer.elapsed
        if kind.unlisted and "$continuationToken" not in exchange.request.query:
            gone = {
                id_: fact
                for (name, imodel, id_), fact in self.gone.items()
                if (name, imodel) == (kind.name, kind.holder(exchange))
            }
            odd = [id_ for id_ in gone if id_ in ids]
            yield from self._told(kind.unlisted, exchange, asked, gone, odd, "listed though it is gone")
        if kind.listed and complete:
            there = self.there.get(_place(kind, exchange, {}), {})
            odd = [id_ for id_ in there if id_ not in ids]
            yield from self._told(kind.listed, exchange, asked, there, odd, "not listed though it is there")

    def _told(
        self, row: str, exchange: Exchange, asked: float, facts: dict[str, Fact], odd: list[str], what: str
    ) -> Iterator[Comparison]:
        """One word on all that has had its time: the first that is odd, or that none is."""
        due = {id_: fact for id_, fact in facts.items() if asked - fact.since >= self.lag}
        if not due or silent(exchange.contract, row, exchange.name):
            return
        first = next((id_ for id_ in odd if id_ in due), None)
        seen: Deviation | None = None
        if first is not None:
            expected = f"the opposite, {self.lag:g} s after {due[first].exchange.name}"
            seen = deviation(what, expected, f"{first} is {what}")
        yield Comparison(Judgement(row, seen), exchange.name, due[first or next(iter(due))].exchange)


def whole(exchange: Exchange) -> bool:
    """Whether an answer is all of a list: its one page, with room left, and nothing that narrows it."""
    query, told = exchange.request.query, page(exchange)
    if told is None or query.keys() - {"iTwinId", "$top", "$skip"} or query.get("$skip", "0") != "0":
        return False
    links, items = (
        told.get("_links"),
        told.get(exchange.operation.collection or "") if exchange.operation else None,
    )
    ends = isinstance(links, dict) and "next" in links and links["next"] is None
    top = query.get("$top", str(SHORTEST_PAGE))
    return ends and isinstance(items, list) and top.isdecimal() and len(items) < int(top)


def _place(kind: Kind, exchange: Exchange, entity: Entity) -> Place:
    container = kind.holder(exchange)
    if not container:
        container = str(exchange.request.query.get("iTwinId") or entity.get("iTwinId") or "").casefold()
    return Place(exchange.identity, kind, container)


def _lasting(entity: Entity) -> bool:
    """Whether something does not expire soon."""
    ends = echoes.moment(entity.get("expiresAt"))
    return ends is None or ends > datetime.now(UTC) + LASTING
