"""The inputs of a workflow: a JSON Schema with defaults, and what only the run can give."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from conformance.make import Maker
from conformance.story import Undecided
from conformance.workflows.expressions import WorkflowError
from conformance.workflows.keywords import mapping

GIVEN = {
    "name": "ic-20260101-000000-0123ab 89abcdef",
    "itwin": "4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012",
    "second-itwin": "4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9013",
    "changeset-id": "0123456789abcdef0123456789abcdef01234567",
}
"""What `x-given` may ask for, with a value of that form."""


def read_inputs(raw: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """The defaults by name, and what the run gives by name; raises WorkflowError."""
    schema = mapping(raw, "inputs")
    members = {
        name: mapping(member, f"the input {name}")
        for name, member in mapping(schema.get("properties", {}), "the properties of inputs").items()
    }
    given = {name: str(member["x-given"]) for name, member in members.items() if "x-given" in member}
    for name, kind in given.items():
        if kind not in GIVEN:
            raise WorkflowError(f"input {name}: x-given is one of {', '.join(GIVEN)}, not {kind}")
    defaults = {
        name: member["default"]
        for name, member in members.items()
        if "default" in member and name not in given
    }
    _validate(schema, defaults | {name: GIVEN[kind] for name, kind in given.items()})
    return defaults, given


def _validate(schema: Any, values: dict[str, Any]) -> None:
    try:
        validator = jsonschema_rs.Draft202012Validator(schema)
    except (ValueError, TypeError) as error:
        told = next(iter(str(error).splitlines()), "")
        raise WorkflowError(f"inputs is not a JSON Schema: {told}") from error
    wrong = next(validator.iter_errors(values), None)
    if wrong is not None:
        raise WorkflowError(f"inputs: what is given does not fit the schema: {wrong.message}")


def give(kind: str, make: Maker) -> str:
    """What the run gives."""
    if kind == "name":
        return make.name()
    if kind == "changeset-id":
        return make.changeset_id()
    itwins = make.api.road.wire.target.itwins
    if kind == "second-itwin" and len(itwins) < 2:
        raise Undecided("the workflow needs a second iTwin")
    return itwins[0] if kind == "itwin" else itwins[1]
