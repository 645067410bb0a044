"""What is read of Arazzo 1.0: a keyword that is not in these lists stops the run instead of being ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from conformance.workflows.expressions import WorkflowError

Node = Mapping[str, Any]
NAME = re.compile(r"[A-Za-z0-9_-]+")
REQUIRED = {
    "document": ("arazzo", "info", "sourceDescriptions", "workflows"),
    "info": ("title", "version"),
    "source": ("name", "url"),
    "workflow": ("workflowId", "steps"),
    "step": ("stepId",),
    "parameter": ("name", "in", "value"),
    "request body": ("payload",),
    "criterion": ("condition",),
    "success action": ("name", "type"),
    "failure action": ("name", "type"),
    "x-upload": ("link", "content"),
    "x-download": ("link", "content"),
    "x-cut": ("from", "pattern"),
}
OPTIONAL = {
    "document": (),
    "info": ("summary", "description"),
    "source": ("type",),
    "workflow": ("summary", "description", "inputs", "dependsOn", "parameters", "outputs"),
    "step": (
        "description",
        "operationId",
        "operationPath",
        "parameters",
        "requestBody",
        "successCriteria",
        "onSuccess",
        "onFailure",
        "outputs",
        "x-upload",
        "x-download",
        "x-cut",
    ),
    "parameter": (),
    "request body": ("contentType",),
    "criterion": ("context", "type"),
    "success action": ("stepId", "criteria"),
    "failure action": ("stepId", "criteria", "retryAfter", "retryLimit", "x-undecided"),
    "x-upload": (),
    "x-download": (),
    "x-cut": (),
}


@contextmanager
def within(where: str) -> Iterator[None]:
    """Say where in the file an error is."""
    try:
        yield
    except WorkflowError as error:
        raise WorkflowError(f"{where}: {error}") from error


def node(raw: Any, kind: str) -> Node:
    """An object of a kind, with all keywords it needs and none that nobody would read."""
    found = mapping(raw, f"this {kind}")
    for key in found:
        if key not in REQUIRED[kind] and key not in OPTIONAL[kind]:
            raise WorkflowError(f"{key!r} is not read in a {kind}")
    for key in REQUIRED[kind]:
        if key not in found:
            raise WorkflowError(f"no {key}")
    return found


def mapping(raw: Any, what: str) -> Node:
    """An object with names as keys."""
    if not isinstance(raw, dict) or not all(isinstance(key, str) for key in raw):
        raise WorkflowError(f"{what} is not an object")
    return raw


def several(parent: Node, key: str, *, needed: bool = False) -> list[Any]:
    """The list under a keyword, empty where there is none."""
    found = parent.get(key, [])
    if not isinstance(found, list) or (needed and not found):
        raise WorkflowError(f"{key} is not a list" + (" of at least one" if needed else ""))
    return found


def text(parent: Node, key: str) -> str:
    """The text under a keyword."""
    found = parent.get(key)
    if not isinstance(found, str) or not found:
        raise WorkflowError(f"{key} is not a text")
    return found


def name_of(parent: Node, key: str) -> str:
    """The name under a keyword, of letters, digits, hyphens and underscores: expressions can name it."""
    found = text(parent, key)
    if not NAME.fullmatch(found):
        raise WorkflowError(f"{key} has signs that no expression can name: {found}")
    return found


def number(parent: Node, key: str, usual: float | None, *, whole: bool = False) -> Any:
    """The number under a keyword, which is not below zero."""
    found = parent.get(key, usual)
    kinds = int if whole else (int, float)
    if found is not None and (isinstance(found, bool) or not isinstance(found, kinds) or found < 0):
        raise WorkflowError(f"{key} is not a {'whole ' if whole else ''}number from 0 on")
    return found
