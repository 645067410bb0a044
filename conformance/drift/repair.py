"""An overlay that brings a document up to what was seen: action by action, until no drift is left."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.document import modern
from conformance.drift.actions import Action, Repair
from conformance.drift.observe import Observer, wrapped
from conformance.drift.traffic import Seen
from conformance.overlay import overlaid

ROUNDS, ATTEMPTS = 12, 4
OVERLAY = "1.0.0"
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Repaired:
    """The overlay, the document with it applied, and what it could not take away."""

    overlay: dict[str, Any]
    document: Mapping[str, Any]
    left: Sequence[Key]
    looked: int = 0


def repaired(document: Mapping[str, Any], seen: Sequence[Seen], base: str | None, title: str) -> Repaired:
    """Observe, act, apply, and observe again, until nothing is left that an action takes away."""
    actions: list[Action] = []
    changed: Mapping[str, Any] = document
    tried: Counter[Key] = Counter()
    for _ in range(ROUNDS):
        left = _found(_observed(changed, seen, base))
        new = _round(changed, left, tried)
        if not new:
            break
        changed = overlaid(changed, _overlay(title, new))
        actions += new
    observer = _observed(changed, seen, base)
    return Repaired(_overlay(title, actions), changed, sorted(_found(observer)), observer.seen.exchanges)


def _observed(document: Mapping[str, Any], seen: Sequence[Seen], base: str | None) -> Observer:
    observer = Observer(modern(document), base)
    observer.take(seen)
    return observer


def _found(observer: Observer) -> dict[Key, list[Any]]:
    found: dict[Key, list[Any]] = {}
    for (rule, operation, place, what), fact in observer.seen.facts.items():
        if rule == "response-member-undocumented" and wrapped(observer, operation, place):
            rule = "response-body-wrapped"
        found[rule, operation, place, what] = fact.samples
    return found


def _round(document: Mapping[str, Any], left: Mapping[Key, list[Any]], tried: Counter[Key]) -> list[Action]:
    """The actions of one round; what touches the same place waits, since one action may do for both."""
    repair = Repair(copy.deepcopy(document))
    picked: list[Action] = []
    touched: list[str] = []
    # A body that moves a level down takes everything in it along; what is left is seen in the next round.
    moving = {(key[1], key[2].partition(" /")[0]) for key in left if key[0] == "response-body-wrapped"}
    for key in sorted(left, key=lambda one: (one[0] != "response-body-wrapped", len(one[2]), one)):
        if key[0] != "response-body-wrapped" and (key[1], key[2].partition(" /")[0]) in moving:
            continue
        new = list(repair.actions(*key, left[key], tried[key])) if tried[key] < ATTEMPTS else []
        places = [place for action in new for place in _places(action)]
        free = not any(a.startswith(b) or b.startswith(a) for a in places for b in touched)
        if new and free:
            tried[key] += 1
            picked += new
            touched += places
    return picked


def _places(action: Action) -> list[str]:
    """What an action touches: the target, and below it the members that are not only on the way."""
    place, update = action["target"], action.get("update")
    while isinstance(update, dict) and len(update) == 1:
        ((name, update),) = update.items()
        place += f"[{json.dumps(name)}]"
    if isinstance(update, dict) and not _is_part(update):
        return [f"{place}[{json.dumps(name)}]" for name in update]
    return [place + (f"[{json.dumps(update)}]" if "update" in action else "")]


def _is_part(update: Mapping[str, Any]) -> bool:
    """Whether it is added as a whole: a schema, a parameter, an answer."""
    return bool({"type", "name", "description", "properties", "schema"} & set(update))


def _overlay(title: str, actions: list[Action]) -> dict[str, Any]:
    return {"overlay": OVERLAY, "info": {"title": title, "version": "1"}, "actions": actions}
