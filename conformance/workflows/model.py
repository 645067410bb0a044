"""A workflow as it was read: every name in it is known, every expression and criterion can be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.openapi import Operation
from conformance.workflows.conditions import Criterion
from conformance.workflows.expressions import ABSENT, Expression


@dataclass(frozen=True)
class Action:
    """What to do after a step where all its criteria are met: `end`, go to a `step`, or retry.

    `after` are seconds before another try, None where nobody says; `undecided` why an end decides nothing.
    """

    kind: str
    criteria: tuple[Criterion, ...] = ()
    step: str = ""
    after: float | None = None
    limit: int = 1
    undecided: str = ""


@dataclass(frozen=True)
class Transfer:
    """A file behind a storage link, with the bytes it is to have."""

    link: Expression
    content: bytes


@dataclass(frozen=True)
class Cut:
    """A part of a text, as the group of a pattern has it."""

    source: Expression
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Step:
    """One call with what it sends (`parameters` by place and name), what must be, and what follows."""

    id: str
    operation: Operation
    parameters: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    payload: Any = ABSENT
    criteria: tuple[Criterion, ...] = ()
    upload: Transfer | None = None
    download: Transfer | None = None
    succeeding: tuple[Action, ...] = ()
    failing: tuple[Action, ...] = ()
    outputs: Mapping[str, Expression] = field(default_factory=dict)
    cuts: Mapping[str, Cut] = field(default_factory=dict)

    @property
    def told(self) -> set[str]:
        """The names of its outputs."""
        return {*self.outputs, *self.cuts}


@dataclass(frozen=True)
class Workflow:
    """Steps in their order; `needs` are told before it, `given` names what the run fills inputs with."""

    id: str
    title: str
    file: str
    steps: tuple[Step, ...]
    needs: tuple[Workflow, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, Expression] = field(default_factory=dict)
