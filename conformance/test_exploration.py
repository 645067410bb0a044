"""Exploration: an engine calls the operations in orders of its own; the checks judge every answer."""

from __future__ import annotations

import pytest

from conformance.contract import load
from conformance.exchange import Broken
from conformance.exploration.engine import ON_LIVE, ON_MOCK, PHASES, Explored, explore
from conformance.runner.run import Run
from conformance.story import SetupFailed


@pytest.fixture(scope="session")
def explored(run: Run) -> Explored:
    """What the engine found in its only run of the session."""
    return explore(run, ON_MOCK if run.target.embedded else ON_LIVE)


@pytest.mark.engine
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("operation", list(load().operations))
def test_exploration(operation: str, phase: str, explored: Explored) -> None:
    """Nothing was found wrong with the operation in the phase."""
    if findings := explored.findings.get((phase, operation)):
        raise Broken(findings)


@pytest.mark.engine
def test_the_engine_came_through(explored: Explored) -> None:
    """The engine came to its end, without trouble of its own, and got answers."""
    if explored.trouble or explored.stopped != "completed" or not explored.looked_at:
        raise SetupFailed(f"the engine {explored.stopped or 'broke off'}: {'; '.join(explored.trouble[:3])}")
