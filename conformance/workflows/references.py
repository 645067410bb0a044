"""What a workflow refers to is there: inputs, steps, outputs, workflows it depends on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from conformance.workflows.expressions import Expression, WorkflowError, expressions
from conformance.workflows.keywords import within
from conformance.workflows.model import Action, Step, Workflow


def check(workflow: Workflow) -> None:
    """Raise WorkflowError for a reference to nothing."""
    for id_, times in Counter(step.id for step in workflow.steps).items():
        if times > 1:
            raise WorkflowError(f"two steps are called {id_}")
    for step in workflow.steps:
        with within(f"step {step.id}"):
            _check_step(workflow, step)
    with within("outputs"):
        _check_all(workflow, workflow.outputs.values(), answered=False)


def _check_step(workflow: Workflow, step: Step) -> None:
    sent = expressions([*step.parameters.values(), step.payload])
    _check_all(workflow, sent, answered=False)
    _check_all(workflow, _read(step), answered=True)
    for action in (*step.succeeding, *step.failing):
        if action.kind == "goto" and action.step not in {known.id for known in workflow.steps}:
            raise WorkflowError(f"goto names no step of this workflow: {action.step}")


def _read(step: Step) -> Iterator[Expression]:
    """What a step reads once there is an answer."""
    yield from step.outputs.values()
    yield from (cut.source for cut in step.cuts.values())
    yield from (transfer.link for transfer in (step.upload, step.download) if transfer)
    actions: tuple[Action, ...] = (*step.succeeding, *step.failing)
    for criterion in (*step.criteria, *(one for action in actions for one in action.criteria)):
        yield from criterion.reads


def _check_all(workflow: Workflow, found: Iterable[Expression], *, answered: bool) -> None:
    outputs = {("step", step.id): step.told for step in workflow.steps}
    outputs |= {("workflow", need.id): set(need.outputs) for need in workflow.needs}
    for one in found:
        if one.of_an_answer:
            if not answered:
                raise WorkflowError(f"{one.text}: there is no answer yet")
        elif one.of == "input":
            if one.name not in {*workflow.inputs, *workflow.given}:
                raise WorkflowError(f"{one.text}: no input of that name with a default or x-given")
        elif (one.of, one.name) not in outputs:
            where = "step of this workflow" if one.of == "step" else "workflow it depends on"
            raise WorkflowError(f"{one.text}: no {where} is called {one.name}")
        elif one.output not in outputs[one.of, one.name]:
            raise WorkflowError(f"{one.text}: {one.name} has no output {one.output}")
