"""Work that takes time: the states a story was told of it, in the order it was told them."""

from __future__ import annotations

from conformance.story import CURRENT

WORK = (("waitingForFile", "notInitialized"), ("notGenerated",), ("scheduled",))
"""States that come before the end, the earliest first; whatever else a state is called, it is an end."""


def states(operation: str, **path: str) -> list[str]:
    """The states that answers of an operation have told so far, of what a path names."""
    found = [e for e in CURRENT.get().exchanges if e.name == operation and e.ok and dict(e.path) == path]
    return [str(exchange.entity["state"]) for exchange in found]


def moves_on(told: list[str]) -> bool:
    """Whether no state came before the one told last, and an end stayed as it was."""
    places = [_place(state) for state in told]
    ends = {state for state, place in zip(told, places, strict=True) if place == len(WORK)}
    return places == sorted(places) and len(ends) <= 1


def _place(state: str) -> int:
    return next((place for place, names in enumerate(WORK) if state in names), len(WORK))
