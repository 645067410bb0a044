"""Checks of locks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from conformance.checks import check
from conformance.checks.echoes import is_number
from conformance.checks.reading import Entity, deviation, entities, sent
from conformance.exchange import Deviation, Exchange

HEX = re.compile(r"0[xX][0-9a-fA-F]{1,16}")
# Asking shared for an object held exclusively may leave it exclusive.
ANSWERS = {"shared": ("shared", "exclusive"), "exclusive": ("exclusive",), "none": ()}


def _pairs(lock: Entity) -> Iterator[tuple[str, str]]:
    """Object and level of each entry; an object id in one spelling."""
    groups = lock.get("lockedObjects")
    for group in groups if isinstance(groups, list) else ():
        ids: Any = group.get("objectIds") if isinstance(group, dict) else None
        level = group.get("lockLevel") if isinstance(group, dict) else None
        if isinstance(ids, list) and isinstance(level, str):
            yield from ((_plain(id_), level) for id_ in ids if isinstance(id_, str))


def _plain(id_: str) -> str:
    return hex(int(id_, 16)) if HEX.fullmatch(id_) else id_


@check("locks/acquire-answers-acquired", when=lambda exchange: bool(entities(exchange)))
def acquire_answers_acquired(exchange: Exchange) -> Deviation | None:
    """The answer is about the briefcase of the request and shows no object but those asked for, as asked."""
    lock, asked = entities(exchange)[0], dict(_pairs(sent(exchange)))
    wanted, seen = sent(exchange).get("briefcaseId"), lock.get("briefcaseId")
    if is_number(seen) and seen != wanted:
        return deviation("another briefcase", wanted, seen)
    twice = {id_ for id_, count in Counter(id_ for id_, _ in _pairs(sent(exchange))).items() if count > 1}
    for id_, level in _pairs(lock):
        if id_ not in twice and level not in ANSWERS.get(asked.get(id_, "none"), ()):
            expected = f"{id_} {asked.get(id_, 'not in the answer')}"
            kind = "another level" if asked.get(id_, "none") != "none" else "an object not acquired"
            return deviation(kind, expected, f"{id_} {level}")
    return None
