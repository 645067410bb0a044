"""Histories of concurrent steps, held against a small model: is there an order that explains all answers?

The steps overlapped, so the model may take them in any order in which none comes before one that had ended
when it began. Where no such order exists, the history is an anomaly, shown with as few steps as it takes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True)
class Step:
    """What somebody asked, about what, how it ended (`""`: nobody knows), and from when to when."""

    who: str
    what: str
    about: str
    outcome: str
    began: float
    ended: float


class Model(Protocol):
    """What a service remembers, as far as a race is about it."""

    @property
    def start(self) -> Hashable:
        """The state before the first step."""

    def after(self, state: Hashable, step: Step) -> Iterator[Hashable]:
        """The states a step with this outcome may lead to; none where the outcome is wrong."""


def explained(model: Model, steps: Sequence[Step]) -> bool:
    """Whether some order of the steps leads to all their outcomes."""
    tried: set[tuple[frozenset[int], Hashable]] = set()
    open_: list[tuple[frozenset[int], Hashable]] = [(frozenset(), model.start)]
    while open_:
        done, state = open_.pop()
        if len(done) == len(steps):
            return True
        if (done, state) in tried:
            continue
        tried.add((done, state))
        for place in _next(steps, done):
            open_ += [(done | {place}, later) for later in model.after(state, steps[place])]
    return False


def _next(steps: Sequence[Step], done: frozenset[int]) -> Iterator[int]:
    """The steps that may come next: nothing that is still to come had ended before they began."""
    left = [place for place in range(len(steps)) if place not in done]
    first = min(steps[place].ended for place in left)
    return (place for place in left if steps[place].began <= first)


def anomaly(model: Model, steps: Sequence[Step]) -> list[Step]:
    """The steps, as few as it takes, that no order explains; empty where one explains them all.

    A step that is left out may still have happened, with any outcome: so what remains is wrong by itself.
    """
    if explained(model, steps):
        return []
    shown = list(steps)
    for step in steps:
        fewer = [other if other is not step else replace(step, outcome="") for other in shown]
        if not explained(model, fewer):
            shown = fewer
    return sorted((step for step in shown if step.outcome), key=lambda step: step.began)


def as_lines(steps: Sequence[Step]) -> str:
    """A history for people, times in milliseconds from its first step."""
    zero = min((step.began for step in steps), default=0.0)
    return "\n".join(
        f"{1000 * (step.began - zero):.1f} to {1000 * (step.ended - zero):.1f} ms:"
        f" {step.who} {step.what} {step.about}: {step.outcome}"
        for step in steps
    )


@dataclass(frozen=True)
class Claim:
    """Something that one can have at a time: asked for by `claims`, given back by `releases`."""

    start: str = ""

    def after(self, state: Hashable, step: Step) -> Iterator[Hashable]:
        """Who has it gets it again; who is refused, somebody else has it."""
        free = state in {"", step.who}
        if step.what == "releases":
            yield from {""} if state == step.who and step.outcome in {"ok", ""} else ()
            yield from () if step.outcome else (state,)
        elif step.outcome == "ok":
            yield from (step.who,) if free else ()
        elif step.outcome:
            yield from () if free else (state,)
        else:
            yield from {state, step.who if free else state}


@dataclass(frozen=True)
class Chain:
    """A timeline that grows by pushes, each `begins` and `completes`; `about` is the parent it names."""

    start: tuple[str, str] = ("", "")

    def after(self, state: Hashable, step: Step) -> Iterator[Hashable]:
        """The state is the latest changeset and who has a push under way; changesets go by their pusher."""
        head, pushing = state if isinstance(state, tuple) else ("", "")
        fits, own = step.about == head, pushing == step.who
        begun, completed = (head, step.who), (step.who, "")
        if step.what == "begins" and fits and pushing in {"", step.who} and step.outcome in {"ok", ""}:
            yield begun
        if step.what == "completes" and own and step.outcome in {"ok", ""}:
            yield completed
        if not step.outcome or (step.outcome != "ok" and self._refused(step, fits, pushing)):
            yield state

    @staticmethod
    def _refused(step: Step, fits: bool, pushing: str) -> bool:
        """Whether there is a reason for a refusal, and it is the one that was given."""
        if step.what == "completes":
            return pushing != step.who
        # A refusal need not carry a code; and who is late and comes in between may hear of either.
        told = step.outcome.removeprefix("409").strip()
        late = not fits and told in {"", "NewerChangesExist", "ConflictWithAnotherUser"}
        return late or (pushing not in {"", step.who} and told in {"", "ConflictWithAnotherUser"})
