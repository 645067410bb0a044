"""Which of the alternatives before is which of those after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.drift.normal import Form, canonical, form_of

ENOUGH = 1 / 3
"""How much of two alternatives must be shared for one to be the other, changed."""

Pairs = tuple[list[tuple[Any, Any]], list[Any], list[Any]]


def matched(old: Mapping[str, Any], before: list[Any], new: Mapping[str, Any], after: list[Any]) -> Pairs:
    """What belongs together, by equality, by name, then by likeness; what is gone; what is new."""
    pairs: list[tuple[Any, Any]] = []
    gone, left = list(before), list(after)
    for alike, enough in ((_equal, 1.0), (_named, 1.0), (_like, ENOUGH)):
        for one in list(gone):
            scores = [(alike(old, one, new, other), -place) for place, other in enumerate(left)]
            best = max(scores, default=(0.0, 0))
            if best[0] >= enough:
                pairs.append((one, left.pop(-best[1])))
                gone.remove(one)
    return pairs, gone, left


def _equal(old: Mapping[str, Any], one: Any, new: Mapping[str, Any], other: Any) -> float:
    return float(canonical(old, one) == canonical(new, other))


def _named(old: Mapping[str, Any], one: Any, new: Mapping[str, Any], other: Any) -> float:
    names = [part.get("$ref") for part in (one, other) if isinstance(part, dict)]
    return float(len(names) == 2 and names[0] is not None and names[0] == names[1])


def _like(old: Mapping[str, Any], one: Any, new: Mapping[str, Any], other: Any) -> float:
    """How much two schemas have in common; nothing, where they differ in type."""
    left, right = form_of(old, one), form_of(new, other)
    if left.types and right.types and not left.types & right.types:
        return 0.0
    return _shared(_words(left), _words(right))


def _words(form: Form) -> set[str]:
    return {*form.properties, *(form.enum or ()), *(f"type {kind}" for kind in form.types or ())}


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0
