"""Checks: pure functions on one recorded exchange, one file a subject; every exchange passes all of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from conformance.contract import Contract
from conformance.exchange import Deviation, Exchange
from conformance.requirements import promise_of
from conformance.silence import silent

Judge = Callable[[Exchange], Deviation | None]
Applies = Callable[[Exchange], bool]

CHECKS: list[Check] = []


@dataclass(frozen=True)
class Check:
    """The function that decides a requirement on each exchange it applies to."""

    requirement: str
    applies: Applies
    judge: Judge


@dataclass(frozen=True)
class Judgement:
    """What a check said of an exchange; no deviation means that the promise was kept there."""

    requirement: str
    deviation: Deviation | None


def check(requirement: str, *, when: Applies) -> Callable[[Judge], Judge]:
    """Register a function as the check of a requirement, for the exchanges that `when` picks."""
    promise_of(requirement)

    def register(judge: Judge) -> Judge:
        CHECKS.append(Check(requirement, when, judge))
        return judge

    return register


def judge(exchange: Exchange) -> Iterator[Judgement]:
    """Put one exchange before every check; yields one judgement for each that applies."""
    for known in _checks_of(exchange.contract, exchange.name):
        if known.applies(exchange):
            yield Judgement(known.requirement, known.judge(exchange))


@cache
def _checks_of(contract: Contract, operation: str) -> tuple[Check, ...]:
    """The checks whose row speaks of the operation, and is not silent under the contract."""
    load()
    return tuple(
        known
        for known in CHECKS
        if promise_of(known.requirement).concerns(operation)
        and not silent(contract, known.requirement, operation)
    )


@cache
def load() -> None:
    """Import every module of this package, so that each check is registered once."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
