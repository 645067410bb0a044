"""Tells workflows: every call goes through Api, so what holds for the suite's own stories holds for them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from conformance.api import Api
from conformance.exchange import Exchange
from conformance.make import Maker
from conformance.story import SetupFailed, Undecided, Unmet
from conformance.workflows.calling import call, fetch, put
from conformance.workflows.expressions import ABSENT, Scope, Values, worded
from conformance.workflows.inputs import give
from conformance.workflows.model import Action, Step, Workflow

MOST = 1000
"""Steps after which a workflow that goes round in a circle is given up."""


@dataclass
class Teller:
    """Tells workflows within the running story, each once; `outputs` is what they told, by their ids."""

    api: Api
    make: Maker
    outputs: dict[str, Values] = field(default_factory=dict)

    def tell(self, workflow: Workflow, within: str = "") -> None:
        """Tell a workflow after those it needs; `within` names it where it is told for another one.

        Raises Unmet where the target does not do as it says, Undecided where it says so itself, SetupFailed
        where it cannot go on.
        """
        for need in workflow.needs:
            self.tell(need, f"{need.id}, ")
        if workflow.id not in self.outputs:
            inputs = {name: give(kind, self.make) for name, kind in workflow.given.items()}
            scope = Scope({**workflow.inputs, **inputs}, workflows=self.outputs)
            _Telling(self.api, workflow, scope, within).tell()
            self.outputs[workflow.id] = _outputs(workflow, scope)


def _outputs(workflow: Workflow, scope: Scope) -> Values:
    """What a workflow hands on; steps that it passed over hand on nothing."""
    found: dict[str, Any] = {}
    for name, expression in workflow.outputs.items():
        with suppress(SetupFailed):
            found[name] = expression.read(scope)
    return found


@dataclass
class _Telling:
    """One workflow on its way; `tries` counts what each retry has used up."""

    api: Api
    workflow: Workflow
    scope: Scope
    within: str
    tries: Counter[tuple[str, int]] = field(default_factory=Counter)

    def tell(self) -> None:
        place = 0
        for _ in range(MOST):
            if place == len(self.workflow.steps):
                return
            step = self.workflow.steps[place]
            with self._naming(step):
                place = self._take(place, step)
        raise SetupFailed(f"{self.within}not at its end after {MOST} steps")

    @contextmanager
    def _naming(self, step: Step) -> Iterator[None]:
        """Say in which step something went wrong."""
        try:
            yield
        except (SetupFailed, Unmet) as error:
            raise type(error)(f"{self._place(step)}: {error}") from error

    def _place(self, step: Step) -> str:
        return f"{self.within}step {step.id}"

    def _take(self, place: int, step: Step) -> int:
        """Take a step; returns the place of the next, the number of steps for none."""
        unmet = self._unmet(step, call(self.api, step, self.scope))
        if not unmet:
            self._forget(step)
        for number, action in enumerate(step.failing if unmet else step.succeeding):
            if not all(one.met(self.scope) for one in action.criteria):
                continue
            if action.kind == "goto":
                return next(at for at, other in enumerate(self.workflow.steps) if other.id == action.step)
            if action.kind == "end":
                return self._end(step, action, unmet)
            if self.tries[step.id, number] < action.limit:
                self.tries[step.id, number] += 1
                self._pause(action)
                return place
        if unmet:
            raise Unmet(unmet)
        return place + 1

    def _end(self, step: Step, action: Action, unmet: str) -> int:
        if action.undecided:
            raise Undecided(f"{self._place(step)}: {action.undecided} ({unmet})")
        if unmet:
            raise Unmet(unmet)
        return len(self.workflow.steps)

    def _forget(self, step: Step) -> None:
        for key in [key for key in self.tries if key[0] == step.id]:
            del self.tries[key]

    def _unmet(self, step: Step, exchange: Exchange) -> str:
        """What is not as the step says it must be, in words; keeps its outputs where all is."""
        self.scope.exchange = exchange
        for criterion in step.criteria:
            if not criterion.met(self.scope):
                return f"{criterion.words} is not met: {criterion.seen(self.scope)}"
        if not step.criteria and not exchange.ok:
            return f"{exchange.name} answered {exchange.status}, no success"
        if step.upload and (told := put(self.api, step.upload, self.scope)):
            return told
        if step.download and (told := fetch(self.api, step.download, self.scope)):
            return told
        return self._keep(step)

    def _keep(self, step: Step) -> str:
        found: dict[str, Any] = {}
        for name, expression in step.outputs.items():
            found[name] = expression.read(self.scope)
            if found[name] is ABSENT:
                return f"the output {name}: nothing is there at {expression.text}"
        for name, cut in step.cuts.items():
            value = cut.source.read(self.scope)
            part = None if value is ABSENT else cut.pattern.search(worded(value))
            if part is None or part[1] is None:
                return f"the output {name}: {cut.source.text} has nothing like {cut.pattern.pattern}"
            found[name] = part[1]
        self.scope.steps[step.id] = found
        return ""

    def _pause(self, action: Action) -> None:
        """Wait as long as the answer asks for, else the workflow, else as the target is polled."""
        target = self.api.road.wire.target
        seconds = target.poll if action.after is None else action.after
        if self.scope.exchange:
            with suppress(ValueError):
                seconds = float(int(self.scope.exchange.answer.headers.get("retry-after", "")))
        # Nobody is served by a long wait for a service in this process.
        time.sleep(min(seconds, target.poll if target.embedded else target.deadline))
