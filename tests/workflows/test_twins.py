"""The suite's own workflows call what their twins in Python call, in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from conformance.exchange import Exchange
from conformance.plugin import execute
from conformance.runner.conduct import Conduct
from conformance.runner.options import Options
from conformance.runner.run import Run
from conformance.workflows.reading import read_workflows
from conformance.workflows.telling import Teller

LIFE, IMODELS = "scenarios/test_life_of_an_imodel.py", "scenarios/test_imodels.py"
TWINS = {
    "create-and-wait": (f"{IMODELS}::test_an_empty_one_becomes_initialized", "create-imodel"),
    "push": ("scenarios/test_timeline.py::test_a_push_takes_three_steps", "acquire-imodel-briefcase"),
    "version": (
        "scenarios/test_named_versions.py::test_a_mark_reads_as_it_was_made",
        "create-imodel-named-version",
    ),
    "clone-and-wait": ("scenarios/test_copies.py::test_a_clone_tells_the_same_history", "clone-imodel"),
    "delete": (f"{LIFE}::test_a_copy_outlives_its_source_and_both_can_be_gone", "delete-imodel"),
}
"""Workflow → its twin, and the operation with which the part begins that both tell."""
SET_UP = {"set-up: neighbour"}
"""Set-up that is part of what a twin tells."""


def _sequence(exchanges: list[Exchange], first: str) -> list[str]:
    """The operations from the first on; what is polled or paged counts once."""
    names = [name for name, _ in groupby(exchange.name for exchange in exchanges)]
    return names[names.index(first) :]


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Exchange]]:
    """What each twin asks, told in one run."""
    tests = tuple(test for test, _ in TWINS.values())
    run = Run(Options(reports=str(tmp_path_factory.mktemp("reports")), tests=tests))
    seen: list[Exchange] = []
    run.road.listeners.append(seen.append)
    verdict = execute(Conduct.of(run))
    assert verdict.tests == {"planned": len(TWINS), "passed": len(TWINS)}
    return {test: [e for e in seen if e.test in {test, *SET_UP}] for test in tests}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    run = Run(Options(reports=str(tmp_path_factory.mktemp("reports"))))
    yield run
    run.finish()


def test_every_workflow_has_a_twin(root: Path) -> None:
    files = (root / "spec" / "workflows").glob("*.arazzo.yaml")
    assert {file.name.removesuffix(".arazzo.yaml") for file in files} == TWINS.keys()


@pytest.mark.parametrize("name", TWINS)
def test_a_workflow_calls_what_its_twin_calls(
    name: str, run: Run, stories: dict[str, list[Exchange]]
) -> None:
    test, first = TWINS[name]
    (workflow,) = read_workflows([name], run.contract)
    with run.story(name) as story:
        teller = Teller(run.api(), run.maker())
        for need in workflow.needs:
            teller.tell(need)
        begin = len(story.exchanges)
        teller.tell(workflow)
    told = _sequence(story.exchanges[begin:], first)
    assert told == _sequence(stories[test], first)
    assert len(told) > 2
