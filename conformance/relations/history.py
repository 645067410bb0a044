"""The history of a run: what answers told of each resource, against which every later answer is held."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.checks import Judgement, echoes
from conformance.checks.reading import (
    Entity,
    deviation,
    entities,
    of_api,
    same_id,
    same_text,
    sent,
    succeeded,
)
from conformance.exchange import Deviation, Exchange, Request
from conformance.relations.comparison import Comparison
from conformance.relations.creations import Creations
from conformance.relations.kinds import (
    CREATED,
    DELETED,
    IMODEL,
    KIND_OF,
    LISTED,
    READ,
    REFUSED,
    UNCHANGED,
    UPDATED,
    Kind,
)
from conformance.relations.lists import Lists, whole
from conformance.silence import silent

GONE = (404, 410)
SECURES = ("update-imodel-role-permissions", "update-imodel-user-permissions")
"""What may take an iModel out of somebody's sight."""

Key = tuple[str, str, str]
"""iModel, kind, and the resource in it; ids in lower case."""


@dataclass
class Told:
    """What is known of a resource: its values, by what and in which exchange they were told last.

    `changed`: it was changed at least once, so that a list that lags may show what it was; `refused`: the
    last refused change since its values were told; `gone`: what deleted it.
    """

    by: str
    exchange: Exchange
    values: dict[str, Any] = field(default_factory=dict)
    changed: bool = False
    refused: Exchange | None = None
    gone: Exchange | None = None


class History:
    """Takes every exchange of a run, in the order of their answers.

    `mark`: what the names of the run's own iModels have in them; `lag`: seconds until lists have caught up.
    """

    def __init__(self, mark: str = "", lag: float = 10.0) -> None:
        self._known: dict[Key, Told] = {}
        self._creations = Creations(mark)
        self.lists = Lists(lag, mark.casefold())

    def take(self, exchange: Exchange) -> Iterator[Comparison]:
        """Hold an answer against what was told before, and remember it.

        In a race nobody knows what came first: what it may have changed is forgotten.
        """
        self._creations.take(exchange)
        kind = KIND_OF.get(exchange.name)
        if exchange.name in SECURES:
            self.lists.forget(IMODEL, exchange.path.get("id", "").casefold())
        if exchange.request.method != "GET" and exchange.status >= 500:
            self.lists.doubt(exchange.path.get("id", "").casefold())
        if kind is None or not of_api(exchange):
            return
        role = kind.roles[exchange.name]
        if exchange.raced:
            self.doubt(exchange.path.get("id", ""))
        elif exchange.ok:
            yield from self._success(kind, role, exchange)
        elif role in (READ, UPDATED, DELETED):
            self._refusal(kind, role, exchange)

    def doubt(self, imodel: str) -> None:
        """Forget an iModel and what is in it: something happened there, and nobody said what."""
        self._known = {key: told for key, told in self._known.items() if key[0] != imodel.casefold()}
        self.lists.doubt(imodel.casefold())

    def unanswered(self, request: Request, path: Mapping[str, str]) -> None:
        """Doubt what a write may have done whose outcome nobody told, or not so that it counts."""
        if request.method != "GET":
            self.doubt(path.get("id", ""))
            self._creations.doubt(request, path)

    def clear(self) -> None:
        """Forget everything."""
        self._known.clear()
        self._creations.clear()
        self.lists.clear()

    def _refusal(self, kind: Kind, role: str, exchange: Exchange) -> None:
        """A request that was refused; what became of one that failed otherwise nobody knows."""
        key = self._addressed(kind, exchange)
        if exchange.status in GONE:
            self.lists.forget(kind, key[2], exchange.identity)
        if role == READ:
            return
        if exchange.status >= 500:
            self._known.pop(key, None)
        elif told := self._known.get(key):
            told.refused = exchange

    def _success(self, kind: Kind, role: str, exchange: Exchange) -> Iterator[Comparison]:
        if role == DELETED:
            self._deleted(kind, exchange)
            return
        if not succeeded(exchange):
            # A wrong request that was let through: what it did is anybody's guess.
            self.unanswered(exchange.request, exchange.path)
            return
        found = entities(exchange)
        keys = [self._key(kind, exchange, entity) for entity in found]
        # An item that does not name itself may be anything.
        complete = whole(exchange) and None not in keys
        yield from self._creations.compared(kind, exchange, found, complete)
        if role == LISTED:
            ids = {key[2] for key in keys if key is not None}
            yield from self.lists.compared(kind, exchange, ids, complete)
        for key, entity in zip(keys, found, strict=True):
            if key is None:
                continue
            self.lists.learn(kind, role, exchange, entity, key[2])
            if not kind.final or entity.get("state") == kind.final:
                yield from self._entity(kind, role, key, exchange, entity)

    def _entity(
        self, kind: Kind, role: str, key: Key, exchange: Exchange, entity: Entity
    ) -> Iterator[Comparison]:
        told = self._known.get(key)
        if told is not None and role != CREATED:
            yield from _compared(kind, role, told, exchange, entity)
        values = {name: entity[name] for name in kind.members if name in entity}
        if role == LISTED:
            return
        if told is None or role == CREATED:
            self._known[key] = Told(role, exchange, values, changed=role == UPDATED)
            return
        told.changed |= role == UPDATED
        told.by, told.exchange, told.refused, told.gone = role, exchange, None, None
        told.values |= values

    def _deleted(self, kind: Kind, exchange: Exchange) -> None:
        key = self._addressed(kind, exchange)
        if exchange.status == 204:
            self.lists.delete(kind, exchange, key[2])
        if exchange.status == 204 and (told := self._known.get(key)):
            told.gone = exchange

    def _addressed(self, kind: Kind, exchange: Exchange) -> Key:
        own = exchange.path.get(kind.parameter, "") if kind.parameter else ""
        return exchange.path.get("id", "").casefold(), kind.name, own.casefold()

    def _key(self, kind: Kind, exchange: Exchange, entity: Entity) -> Key | None:
        own = entity.get(kind.key)
        if not isinstance(own, str | int) or isinstance(own, bool):
            return None
        name = str(own).casefold()
        imodel = name if kind.parameter == "id" else exchange.path.get("id", "").casefold()
        return imodel, kind.name, name


def _compared(kind: Kind, role: str, told: Told, exchange: Exchange, entity: Entity) -> Iterator[Comparison]:
    """What an entity says against what was told before."""
    if told.gone is not None:
        if role == READ and kind.gone and not silent(exchange.contract, kind.gone, exchange.name):
            seen = deviation("still there", "404", exchange.status)
            yield Comparison(Judgement(kind.gone, seen), exchange.name, told.gone)
        return
    row, names, before = _about(kind, role, told, exchange)
    operation = before.name if row == REFUSED else exchange.name
    if row and not silent(exchange.contract, row, operation):
        judgement = Judgement(row, _differing(told.values, entity, names))
        yield Comparison(judgement, operation, before)


def _about(kind: Kind, role: str, told: Told, exchange: Exchange) -> tuple[str, tuple[str, ...], Exchange]:
    """The row that compares two tellings, the members it is about, and the exchange to show beside."""
    if role == UPDATED:
        # What was sent is another row's; a name brings its display name along.
        changed = {*sent(exchange), *({"displayName"} if "name" in sent(exchange) else ())}
        return kind.omitted, tuple(name for name in kind.members if name not in changed), told.exchange
    if role == LISTED and (told.changed or told.refused):
        return "", (), told.exchange
    if role == READ and told.refused is not None:
        return REFUSED, kind.members, told.refused
    if (told.by, role) == (READ, READ):
        return UNCHANGED, kind.members, told.exchange
    return kind.rows.get((told.by, role), ""), kind.members, told.exchange


def _differing(told: Mapping[str, Any], entity: Entity, names: tuple[str, ...]) -> Deviation | None:
    for name in names:
        if name in told and name in entity and not same(told[name], entity[name]):
            return deviation(f"another {name}", f"{name} {told[name]}", entity[name])
    return None


def same(one: Any, other: Any) -> bool:
    """Whether two values tell the same: ids in any case, dates to the second, numbers as they are equal.

    Two types that differ are a flaw of a body, not a contradiction; nothing and an empty text are the same.
    """
    if isinstance(one, str | None) and isinstance(other, str | None):
        return same_text(one, other) or same_id(one, other) or _same_moment(one, other)
    if echoes.is_number(one) and echoes.is_number(other):
        return math.isclose(one, other, rel_tol=1e-9)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    flawed = one is not None and other is not None and type(one) is not type(other)
    return flawed or bool(one == other)


def _same_moment(one: Any, other: Any) -> bool:
    first, second = echoes.moment(one), echoes.moment(other)
    return first is not None and second is not None and abs((first - second).total_seconds()) < 1
