"""The options that say what to decide, and under which contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from conformance.commands.typed import named
from conformance.contract import load
from conformance.names import known
from conformance.requirements import PROFILES, register
from conformance.runner.options import FIXED_SEED

F = TypeVar("F", bound=Callable[..., Any])
OPTIONS = (
    click.option(
        "--contract", default="", callback=named, metavar="FILE", help="Another OpenAPI document of this API."
    ),
    click.option(
        "--overlay",
        "overlays",
        multiple=True,
        callback=named,
        metavar="FILE",
        help="OpenAPI Overlay to apply to it; repeatable.",
    ),
    click.option(
        "--profile", default="gate", show_default=True, type=click.Choice(PROFILES), help="How much to do."
    ),
    click.option(
        "--seed", default=FIXED_SEED, show_default=True, type=int, help="Where all randomness starts."
    ),
    click.option(
        "--requirement", "requirements", multiple=True, metavar="NAME", help="Only what decides this row."
    ),
    click.option("--operation", "operations", multiple=True, metavar="ID", help="Only this operation."),
    click.option(
        "--resource", "resources", multiple=True, metavar="TAG", help="Only operations of this resource."
    ),
)


def choosing(command: F) -> F:
    """All of them."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def chosen(given: dict[str, Any]) -> dict[str, Any]:
    """The options with every name as it is defined; raises UnknownName or ContractError."""
    operations = load(given["contract"] or None, given["overlays"]).operations
    tags = dict.fromkeys(operation.tag for operation in operations.values())
    return given | {
        "requirements": known("requirement", given["requirements"], register()),
        "operations": known("operation", given["operations"], operations),
        "resources": known("resource", given["resources"], tags),
    }
