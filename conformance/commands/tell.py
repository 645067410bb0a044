"""The option --workflow of `run`: only the stories that somebody hands in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from conformance.target import TargetError
from conformance.workflows import TESTS

F = TypeVar("F", bound=Callable[..., Any])
PICKING = {
    "requirements": "--requirement",
    "operations": "--operation",
    "resources": "--resource",
    "cross_section": "--cross-section",
    "shard": "--shard",
}
"""Options that pick among the suite's own tests."""


def telling(command: F) -> F:
    """The option."""
    return click.option(
        "--workflow",
        "workflows",
        multiple=True,
        metavar="FILE",
        help="Only the stories in an Arazzo file; repeatable.",
    )(command)


def alone(given: dict[str, Any]) -> dict[str, Any]:
    """The options with the tests that tell workflows; TargetError for what cannot stand beside."""
    if not given["workflows"]:
        return given
    for name, option in PICKING.items():
        if given[name]:
            raise TargetError(f"--workflow tells what is in its files and nothing else: not with {option}")
    if given["profile"] == "soak":
        raise TargetError("--workflow tells each workflow once: not with --profile soak")
    return given | {"tests": (TESTS,)}
