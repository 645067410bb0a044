"""Reads Arazzo documents into workflows; whatever is wrong with one is said in one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance.contract import Contract, own_document
from conformance.document import read_yaml
from conformance.openapi import ContractError
from conformance.workflows.expressions import WorkflowError, parse
from conformance.workflows.inputs import read_inputs
from conformance.workflows.keywords import Node, mapping, name_of, node, several, text, within
from conformance.workflows.model import Workflow
from conformance.workflows.references import check
from conformance.workflows.stepping import Steps

ENDING = ".arazzo.yaml"
VERSION = "1.0."


def read_workflows(files: Iterable[str], contract: Contract) -> tuple[Workflow, ...]:
    """The workflows to tell: all in the files but those that others of the same file depend on."""
    told: dict[str, Workflow] = {}
    for file in map(located, files):
        with within(str(file)):
            try:
                found = _document(file, contract)
            except RecursionError as error:
                raise WorkflowError("it is nested too deeply") from error
            for workflow in found:
                if workflow.id in told:
                    raise WorkflowError(f"a workflow {workflow.id} was given before")
                told[workflow.id] = workflow
    return tuple(told.values())


def located(name: str) -> Path:
    """The file of that name, or the suite's own workflow that is called so."""
    own = own_document().parent / "workflows" / f"{name}{ENDING}"
    return own if not Path(name).exists() and own.is_file() else Path(name)


def _document(file: Path, contract: Contract) -> list[Workflow]:
    try:
        raw = read_yaml(file)
    except ContractError as error:
        raise WorkflowError(str(error).removeprefix(f"{file}: ")) from error
    read = node(raw, "document")
    if not str(read["arazzo"]).startswith(VERSION):
        raise WorkflowError(f"Arazzo {VERSION}x is read, not {read['arazzo']}")
    with within("info"):
        node(read["info"], "info")
    sources = [_source(source) for source in several(read, "sourceDescriptions", needed=True)]
    raws = [node(one, "workflow") for one in several(read, "workflows", needed=True)]
    unread = {name_of(one, "workflowId"): one for one in raws}
    if len(unread) < len(raws):
        raise WorkflowError("two workflows have one workflowId")
    reader = _Reader(file.name, unread, Steps(contract, sources))
    for id_ in unread:
        reader.workflow(id_)
    return [workflow for workflow in reader.done.values() if workflow.id not in reader.needed]


def _source(raw: Any) -> str:
    with within("sourceDescriptions"):
        found = node(raw, "source")
        if found.get("type", "openapi") != "openapi":
            raise WorkflowError(f"a source of type {found['type']} is not read")
        return text(found, "name")


class _Reader:
    """Reads each workflow of a document once, after those it depends on."""

    def __init__(self, file: str, unread: Mapping[str, Node], steps: Steps) -> None:
        self.file = file
        self.unread = unread
        self.steps = steps
        self.done: dict[str, Workflow] = {}
        self.needed: set[str] = set()
        self._open: list[str] = []

    def workflow(self, id_: str) -> Workflow:
        """The workflow of that id."""
        if id_ not in self.done:
            if id_ in self._open:
                raise WorkflowError(f"dependsOn goes in a circle: {' → '.join([*self._open, id_])}")
            self._open.append(id_)
            needs = tuple(self._need(id_, name) for name in several(self.unread[id_], "dependsOn"))
            self._open.pop()
            with within(f"workflow {id_}"):
                self.done[id_] = self._workflow(id_, self.unread[id_], needs)
        return self.done[id_]

    def _need(self, id_: str, name: Any) -> Workflow:
        if name not in self.unread:
            raise WorkflowError(f"workflow {id_}: dependsOn names no workflow of this file: {name}")
        self.needed.add(name)
        return self.workflow(name)

    def _workflow(self, id_: str, raw: Node, needs: tuple[Workflow, ...]) -> Workflow:
        inputs, given = read_inputs(raw.get("inputs", {}))
        shared = several(raw, "parameters")
        steps = tuple(self.steps.step(one, shared) for one in several(raw, "steps", needed=True))
        taken = {name.lower() for step in steps for _, name in step.parameters}
        if idle := [one["name"] for one in shared if one["name"].lower() not in taken]:
            raise WorkflowError(f"no step takes the parameter {idle[0]}")
        read = Workflow(
            id_,
            str(raw.get("summary", id_)),
            self.file,
            steps,
            needs,
            inputs,
            given,
            {name: parse(str(value)) for name, value in mapping(raw.get("outputs", {}), "outputs").items()},
        )
        check(read)
        return read
