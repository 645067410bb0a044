"""One run and another: answers that changed in status, code, shape, order or time; verdicts that flipped."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from conformance.contract import Contract
from conformance.drift.given import USUAL, USUAL_STARTS
from conformance.drift.observe import sure
from conformance.drift.rows import DriftError, Row, row_of
from conformance.drift.rules import Difference
from conformance.drift.traffic import Seen

FEWEST = 3
"""Chances without which it means nothing that a thing did not come."""
TIMES = 10
RATIO, LEAST = 2.0, 0.02
"""How many times, and seconds, slower the usual answer must be to be told."""
GOOD = ("held", "not planned", "not offered")

Trait = tuple[str, str, str, str]
"""What was met: the word of its rule, operation, place, and what."""


@dataclass
class Profile:
    """How the answers of one run are: traits with how often each came, and could have come."""

    traits: Counter[Trait] = field(default_factory=Counter)
    chances: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    orders: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    lists: Counter[tuple[str, str]] = field(default_factory=Counter)
    exchanges: int = 0


def profile(traffic: Iterable[Seen], contract: Contract, base: str | None = None) -> Profile:
    """How the answers of a run are."""
    below = contract.base_path if base is None else base.rstrip("/")
    made = Profile()
    for one in traffic:
        if one.path != below and not one.path.startswith(f"{below}/"):
            continue
        found = contract.route(one.request.method, one.path[len(below) :] or "/")
        if found:
            _one(made, " ".join(found[0].shape), one)
    return made


def _one(made: Profile, operation: str, one: Seen) -> None:
    status = str(one.answer.status)
    made.exchanges += 1
    made.times[f"{operation} {status}"].append(one.answer.elapsed)
    told: set[Trait] = {("status", operation, status, "")}
    chances = {("status", operation, ""), ("code", operation, status), ("header", operation, status)}
    media = one.answer.headers.get("content-type", "").partition(";")[0]
    told |= {("media-type", operation, status, media)} if media else set()
    chances.add(("media-type", operation, status))
    names = {name for name in one.answer.headers if name not in USUAL and not name.startswith(USUAL_STARTS)}
    told |= {("header", operation, status, name) for name in names}
    body = one.answer.json
    if isinstance(body, dict | list):
        error = body.get("error") if isinstance(body, dict) else None
        if isinstance(error, dict) and isinstance(error.get("code"), str):
            told.add(("code", operation, status, error["code"]))
        for kind, place, what, around in _shape(body, ""):
            told.add((kind, operation, f"{status} {place}", what))
            chances.add((kind, operation, f"{status} {around}"))
        # An order that was asked for is not the order that a list has by itself.
        if status == "200" and "$orderBy" not in one.request.query:
            _orders(made, operation, body)
    made.traits.update(told)
    made.chances.update(chances)


def _shape(value: Any, at: str) -> Iterator[tuple[str, str, str, str]]:
    yield "type", at, _kind(value), at
    if isinstance(value, dict):
        yield "member", f"{at}/", "", at
        for name, inner in value.items():
            yield "member", f"{at}/{name}", "", at
            yield from _shape(inner, f"{at}/{name}")
    elif isinstance(value, list):
        for item in value:
            yield from _shape(item, f"{at}/*")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")


def _orders(made: Profile, operation: str, body: Any) -> None:
    """By which members every list so far was sorted, and which way."""
    for name, items in body.items() if isinstance(body, dict) else ():
        if not isinstance(items, list) or len(items) < 2 or not all(isinstance(i, dict) for i in items):
            continue
        held = set(_sorted(items))
        key = operation, name
        made.orders[key] = made.orders[key] & held if key in made.orders else held
        made.lists[key] += 1


def _sorted(items: list[Mapping[str, Any]]) -> Iterator[str]:
    for member in set.intersection(*(set(item) for item in items)):
        values = [item[member] for item in items]
        if all(isinstance(value, str) for value in values) or all(isinstance(v, int | float) for v in values):
            if len(set(values)) > 1 and values == sorted(values):
                yield f"{member} asc"
            if len(set(values)) > 1 and values == sorted(values, reverse=True):
                yield f"{member} desc"


def compared(one: Profile, other: Profile) -> Iterator[Row]:
    """What came in one run only, though the other had the chance; and how order and time changed."""
    for before, after, word in ((one, other, "vanished"), (other, one, "appeared")):
        for trait in before.traits.keys() - after.traits.keys():
            yield from _only(trait, before, after, word)
    for key in one.orders.keys() & other.orders.keys():
        if min(one.lists[key], other.lists[key]) >= FEWEST and one.orders[key] - other.orders[key]:
            was, now = (", ".join(sorted(side.orders[key])) or "none" for side in (one, other))
            if not one.orders[key] & other.orders[key]:
                yield row_of(Difference("order-changed", key[0], f"200 /{key[1]}", was, now))
    for name in one.times.keys() & other.times.keys():
        yield from _time(name, one.times[name], other.times[name])


def _only(trait: Trait, before: Profile, after: Profile, word: str) -> Iterator[Row]:
    kind, operation, place, what = trait
    around = {"status": "", "member": place.rpartition("/")[0]}.get(kind, place)
    looked, seen = after.chances[kind, operation, around], before.traits[trait]
    # A thing that came rarely may just not have come again.
    share = seen / max(1, before.chances[kind, operation, around])
    if kind == "member" and place.endswith("/"):
        return
    if looked >= FEWEST and looked * share >= 1:
        told = (what, "") if word == "vanished" else ("", what)
        yield row_of(
            Difference(f"{kind}-{word}", operation, place, *told),
            seen=seen,
            looked=looked,
            confidence=sure(int(looked * share)),
        )


def _time(name: str, before: list[float], after: list[float]) -> Iterator[Row]:
    """Told where the usual answer, and not only the slowest, takes longer or less long."""
    operation, _, status = name.rpartition(" ")
    if min(len(before), len(after)) < TIMES:
        return
    was, now = median(before), median(after)
    if max(was, now) >= RATIO * min(was, now) and abs(now - was) >= LEAST:
        rule = "answer-slower" if now > was else "answer-faster"
        yield row_of(Difference(rule, operation, status, _spread(before), _spread(after)))


def _spread(times: list[float]) -> str:
    tenths = quantiles(times, n=20)
    return f"median {median(times) * 1000:.0f} ms, 95 % below {tenths[-1] * 1000:.0f} ms"


def verdicts(one: Path, other: Path) -> Iterator[Row]:
    """Requirements whose verdict flipped; nothing where a folder holds no verdict."""
    before, after = states(one), states(other)
    for name in before.keys() & after.keys():
        was, now = before[name][0], after[name][0]
        if was == now or {was, now} <= set(GOOD[1:]):
            continue
        # A promise that nobody looks at any more is told, but breaks nothing yet.
        must = now not in GOOD and after[name][1] == "MUST"
        worse = f"{'must' if must else 'other'}-verdict-worse"
        rule = worse if now not in GOOD or was == GOOD[0] else "verdict-better"
        yield row_of(Difference(rule, "", name, was, now), requirement=name)


def states(folder: Path) -> dict[str, tuple[str, str]]:
    """Requirement → its verdict and level; empty where a folder holds no verdict."""
    file = folder / "verdict.json"
    if not file.is_file():
        return {}
    try:
        rows = json.loads(file.read_bytes())["rows"]
        return {row["name"]: (row["state"], row["level"]) for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise DriftError(f"{file}: not the verdict of a run") from error
