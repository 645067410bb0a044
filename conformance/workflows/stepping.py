"""Reads the steps of a workflow: the operation, what it is sent, what must be, what follows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from conformance.contract import Contract
from conformance.names import UnknownName, known
from conformance.openapi import JSON, Operation, operation_path, shape_of
from conformance.workflows import conditions
from conformance.workflows.conditions import Criterion
from conformance.workflows.expressions import ABSENT, EMBEDDED, LOOKS_LIKE_ONE, WorkflowError, parse
from conformance.workflows.keywords import Node, mapping, name_of, node, number, several, text, within
from conformance.workflows.model import Action, Cut, Step, Transfer

USUAL = {"accept", "content-type"}
"""Headers that every operation takes; the run has tokens of its own."""
PLACES = ("path", "query", "header")
SOURCE = re.compile(r"\$sourceDescriptions\.([\w-]+)\.(.+)")
PATH = re.compile(r"\{\$sourceDescriptions\.([\w-]+)\.url\}#/paths/.+")


class Steps:
    """Reads steps by the operations of a contract; `sources` are the names of a file's documents."""

    def __init__(self, contract: Contract, sources: list[str]) -> None:
        self._contract = contract
        self._sources = sources
        self._called = {**contract.called, **contract.operations}

    def step(self, raw: Any, shared: list[Any]) -> Step:
        """One step; `shared` are the parameters of all steps of its workflow."""
        found = node(raw, "step")
        id_ = name_of(found, "stepId")
        with within(f"step {id_}"):
            operation = self._operation(found)
            return Step(
                id_,
                operation,
                _parameters(operation, shared, several(found, "parameters")),
                _payload(operation, found["requestBody"]) if "requestBody" in found else ABSENT,
                _criteria(found, "successCriteria"),
                _transfer(found, "x-upload"),
                _transfer(found, "x-download"),
                tuple(_action(one, "success action") for one in several(found, "onSuccess")),
                tuple(_action(one, "failure action") for one in several(found, "onFailure")),
                {
                    name: parse(str(value))
                    for name, value in mapping(found.get("outputs", {}), "outputs").items()
                },
                {name: _cut(one) for name, one in mapping(found.get("x-cut", {}), "x-cut").items()},
            )

    def _operation(self, step: Node) -> Operation:
        if ("operationId" in step) == ("operationPath" in step):
            raise WorkflowError("one of operationId and operationPath says what it calls")
        if "operationId" in step:
            return self._by_id(text(step, "operationId"))
        place = text(step, "operationPath")
        found = PATH.fullmatch(place)
        if not found:
            raise WorkflowError(f"operationPath is {{$sourceDescriptions.NAME.url}}#/paths/…, not {place}")
        self._source(found[1])
        method, path = operation_path(place)
        operation = self._contract.shapes.get((method, shape_of(path)))
        if operation is None:
            raise WorkflowError(f"unknown operation {method} {path}")
        return operation

    def _by_id(self, name: str) -> Operation:
        if found := SOURCE.fullmatch(name):
            self._source(found[1])
            name = found[2]
        if name in self._called:
            return self._called[name]
        try:
            (near,) = known("operation", [name], self._called)
        except UnknownName as error:
            raise WorkflowError(str(error)) from error
        raise WorkflowError(f"unknown operation {name!r}; did you mean {near}?")

    def _source(self, name: str) -> None:
        if name not in self._sources:
            raise WorkflowError(f"no source description is called {name}")


def _parameters(operation: Operation, shared: list[Any], own: list[Any]) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for raw in (*shared, *own):
        given = node(raw, "parameter")
        place, name = text(given, "in"), text(given, "name")
        if place not in PLACES:
            raise WorkflowError(f"parameter {name}: in is one of {', '.join(PLACES)}, not {place}")
        if place == "header":
            name = name.lower()
        takes = {
            (p.location, p.name.lower() if p.location == "header" else p.name) for p in operation.parameters
        }
        if (place, name) in takes or (place == "header" and name in USUAL):
            found[place, name] = given["value"]
        elif raw in own:
            raise WorkflowError(f"{operation.id} takes no {place} parameter {name}")
    for parameter in operation.parameters:
        if parameter.location == "path" and ("path", parameter.name) not in found:
            raise WorkflowError(f"{operation.id} needs the path parameter {parameter.name}")
    return found


def _payload(operation: Operation, raw: Any) -> Any:
    given = node(raw, "request body")
    if given.get("contentType", JSON) != JSON:
        raise WorkflowError(f"a body is sent as {JSON}, not as {given['contentType']}")
    payload = given["payload"]
    if isinstance(payload, str) and not LOOKS_LIKE_ONE.match(payload):
        # A text stands for the JSON in it; where an expression stands in it, a digit would do as well.
        try:
            json.loads(EMBEDDED.sub("0", payload))
        except ValueError as error:
            raise WorkflowError("the payload is a text and no JSON") from error
    return payload


def _criteria(parent: Node, key: str) -> tuple[Criterion, ...]:
    return tuple(_criterion(node(one, "criterion")) for one in several(parent, key))


def _criterion(raw: Node) -> Criterion:
    condition, kind = text(raw, "condition"), raw.get("type", "simple")
    if kind == "simple":
        if "context" in raw:
            raise WorkflowError(f"a simple condition has no context: {condition}")
        return conditions.simple(condition)
    if kind not in ("regex", "jsonpath"):
        raise WorkflowError(f"a criterion is simple, regex or jsonpath, not {kind}")
    if "context" not in raw:
        raise WorkflowError(f"a criterion of type {kind} needs a context: {condition}")
    judge = conditions.regex if kind == "regex" else conditions.jsonpath
    return judge(condition, parse(text(raw, "context")))


def _action(raw: Any, kind: str) -> Action:
    given = node(raw, kind)
    with within(f"action {given['name']}"):
        does = given["type"]
        if does not in ("end", "goto", *(["retry"] if kind == "failure action" else [])):
            raise WorkflowError(f"a {kind} of type {does} is not read")
        _belongs(given, {"stepId"}, does, "goto")
        _belongs(given, {"retryAfter", "retryLimit"}, does, "retry")
        _belongs(given, {"x-undecided"}, does, "end")
        return Action(
            does,
            _criteria(given, "criteria"),
            text(given, "stepId") if does == "goto" else "",
            number(given, "retryAfter", None),
            number(given, "retryLimit", 1, whole=True),
            text(given, "x-undecided") if "x-undecided" in given else "",
        )


def _belongs(given: Node, keys: Iterable[str], does: str, owner: str) -> None:
    for key in keys:
        if key in given and does != owner:
            raise WorkflowError(f"{key} belongs to the type {owner}, not {does}")


def _transfer(step: Node, key: str) -> Transfer | None:
    if key not in step:
        return None
    with within(key):
        given = node(step[key], key)
        return Transfer(parse(text(given, "link")), text(given, "content").encode())


def _cut(raw: Any) -> Cut:
    with within("x-cut"):
        given = node(raw, "x-cut")
        try:
            pattern = re.compile(text(given, "pattern"))
        except re.error as error:
            raise WorkflowError(f"not a regular expression: {given['pattern']} ({error})") from error
        if pattern.groups != 1:
            raise WorkflowError(f"the pattern has one group, the part to keep: {given['pattern']}")
        return Cut(parse(text(given, "from")), pattern)
