"""Exploring: schemathesis' engine, driven through the bridge; the one module that knows its events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.engine import events, from_schema
from schemathesis.generation import GenerationMode

from conformance.cases.generate import CONFIG, answers_strict, loaded
from conformance.exchange import Broken, Finding
from conformance.exploration.bridge import HOST, NUMBER, TOKEN, Bridge
from conformance.exploration.stage import Stage
from conformance.exploration.stock import EXCLUDED, already_reported, report
from conformance.runner.run import Run

PHASES = ("examples", "coverage", "fuzzing", "stateful")
SCOPE = "engine"
STORY = "exploration"


@dataclass(frozen=True)
class Budget:
    """How much the engine may do: requests and iModels in all, examples and steps in each phase."""

    requests: int
    imodels: int
    fuzzing: int
    stateful: int
    steps: int
    phases: tuple[str, ...] = PHASES


ON_MOCK = Budget(requests=1500, imodels=60, fuzzing=8, stateful=12, steps=8)
ON_LIVE = Budget(
    requests=25, imodels=0, fuzzing=2, stateful=3, steps=5, phases=("examples", "fuzzing", "stateful")
)


@dataclass
class Explored:
    """What the engine did: findings by phase and operation, phases that ran, and trouble of its own."""

    findings: dict[tuple[str, str], list[Finding]] = field(default_factory=dict)
    looked_at: set[tuple[str, str]] = field(default_factory=set)
    trouble: list[str] = field(default_factory=list)
    stopped: str = ""

    def add(self, phase: str, findings: list[Finding]) -> None:
        """Keep findings under the operations they are about."""
        for finding in findings:
            self.findings.setdefault((phase, finding.operation), []).append(finding)


def explore(run: Run, budget: Budget) -> Explored:
    """Run the engine once over the run's contract."""
    explored = Explored()
    with run.story(STORY) as story:
        make = run.maker(scope=SCOPE)
        try:
            stage = Stage.set_up(make, run.journal)
        except Broken as broken:
            explored.add("examples", broken.findings)
            return explored
        bridge = Bridge(run.api(scope=SCOPE), story, stage, budget.requests, budget.imodels)
        schema = loaded(answers_strict(run.contract), configuration(run.seed_of(STORY), budget))
        schema.app = bridge
        with planting(stage):
            for event in from_schema(schema).execute():
                take(event, bridge, explored)
        explored.trouble += bridge.trouble
        return explored


@contextmanager
def planting(stage: Stage) -> Iterator[None]:
    """Plant into every case while the engine runs; such a hook exists for the whole process only."""

    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        stage.plant(case, valid=case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE)

    schemathesis.hook(before_call)
    try:
        yield
    finally:
        schemathesis.hooks.unregister(before_call)


def configuration(seed: int, budget: Budget) -> dict[str, Any]:
    """The engine's configuration: one worker, one seed, no memory of earlier runs, small budgets."""
    phases: dict[str, Any] = {name: {"enabled": name in budget.phases} for name in PHASES}
    # Wrong requests have tests of their own: here the right ones are combined.
    phases["coverage"] |= {"unexpected-methods": [], "generation": {"mode": "positive"}}
    phases["fuzzing"] |= {"generation": {"max-examples": budget.fuzzing}}
    phases["stateful"] |= {"generation": {"max-examples": budget.stateful}, "max-steps": budget.steps}
    return {
        **CONFIG,
        "generation": {**CONFIG["generation"], "no-shrink": True},
        "base-url": HOST,
        "headers": {"Authorization": TOKEN},
        "seed": seed,
        "workers": 1,
        "continue-on-failure": True,
        "cache": {"enabled": False},
        "analysis": {"constants": {"enabled": False}},
        "checks": {name: {"enabled": False} for name in EXCLUDED},
        "phases": phases,
    }


def take(event: Any, bridge: Bridge, explored: Explored) -> None:
    """Take in one event of the engine."""
    if isinstance(event, events.ScenarioFinished):
        phase = phase_of(event)
        for number, failures in checked(event.recorder):
            _note(phase, number, failures, bridge, explored)
    elif isinstance(event, events.NonFatalError | events.FatalError):
        error = event.value if isinstance(event, events.NonFatalError) else event.exception
        explored.trouble.append(f"{type(error).__name__}: {error}".splitlines()[0])
    elif isinstance(event, events.EngineFinished):
        explored.stopped = str(event.stop_reason)


def phase_of(event: events.ScenarioFinished) -> str:
    """The phase an event belongs to, in our words."""
    name = str(event.phase.value).lower()
    return next((phase for phase in PHASES if phase in name), name)


def checked(recorder: Any) -> Iterator[tuple[int, list[tuple[str, Exception]]]]:
    """The exchanges of a scenario, by number, with the checks that failed on them."""
    for id_, interaction in recorder.interactions.items():
        response = interaction.response
        number = int(response.headers.get(NUMBER, ["0"])[0]) if response else 0
        failed = [node for node in recorder.checks.get(id_, ()) if node.failure_info]
        if number:
            yield number, [(node.name, node.failure_info.failure) for node in failed]


def _note(
    phase: str, number: int, failures: list[tuple[str, Exception]], bridge: Bridge, explored: Explored
) -> None:
    exchange = bridge.exchanges.get(number)
    if exchange is None:
        return
    explored.looked_at.add((phase, exchange.name))
    found = list(bridge.findings.pop(number, ()))
    for check, failure in failures if not found and not already_reported(exchange) else ():
        try:
            report(check, failure, exchange)
        except Broken as broken:
            found += broken.findings
    explored.add(phase, found)
