"""What became of the workflows of a run, by how their tests ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from conformance.report.verdict import State, WorkflowVerdict
from conformance.runner.outcome import Kind
from conformance.workflows import TESTS
from conformance.workflows.model import Workflow

STATES = {Kind.PASSED: State.HELD, Kind.WAIVED: State.HELD, Kind.UNMET: State.BROKEN}
"""How a test ended → what that says of its workflow; all other ends leave it open."""


def verdicts(
    workflows: Iterable[Workflow], ended: Mapping[str, str], reasons: Mapping[str, str]
) -> Iterator[WorkflowVerdict]:
    """One for each workflow; `ended` and `reasons` go by the ids of tests."""
    for workflow in workflows:
        test = f"{TESTS}::test_workflow[{workflow.id}]"
        state = STATES.get(Kind(ended[test]), State.UNDECIDED) if test in ended else State.UNDECIDED
        reason = "" if state is State.HELD else reasons.get(test) or "it was not told"
        yield WorkflowVerdict(workflow.id, workflow.file, state, reason)
