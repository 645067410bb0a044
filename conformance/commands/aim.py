"""The options that say where to go: on the command line, in the environment, in the target file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from conformance.commands.typed import Finite, named
from conformance.runner.options import MOCK, Options
from conformance.target import TargetError
from conformance.targetfile import USUAL, TargetFile, find, read
from conformance.transport.pace import STANDARD, TIERS

F = TypeVar("F", bound=Callable[..., Any])
FOR_RUN = ("profile", "rate", "tier", "max-requests", "max-time", "max-imodels", "strict", "require-complete")


def _defaults(context: click.Context, parameter: click.Parameter, given: str) -> str:
    """Let the target file say what neither the command line nor the environment says."""
    name = find(named(context, parameter, given))
    context.default_map = said(read(name))
    return name


def said(file: TargetFile) -> dict[str, Any]:
    """What a target file says, by the names of options."""
    found = {key.replace("-", "_"): file.get("run", key) for key in FOR_RUN}
    found |= {"target": file.get("target", "url"), "itwins": file.get("target", "itwins")}
    found |= {"dedicated": file.get("target", "dedicated")}
    if waivers := file.get("run", "waivers"):
        found["waivers"] = str(file.beside(waivers))
    return {name: value for name, value in found.items() if value is not None}


def aiming(command: F) -> F:
    """The options --file, --target and --itwin."""
    options = (
        click.option(
            "--file",
            default="",
            is_eager=True,
            callback=_defaults,
            metavar="FILE",
            help=f"The target file; default: {USUAL} where it lies here.",
        ),
        click.option(
            "--target",
            default=MOCK,
            show_default=True,
            metavar="URL",
            envvar="IMODELS_TARGET",
            show_envvar=True,
            help="Base URL, or the built-in mock.",
        ),
        click.option(
            "--itwin",
            "itwins",
            multiple=True,
            metavar="GUID",
            envvar="IMODELS_ITWIN",
            show_envvar=True,
            help="Where to make iModels; twice for copies.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def pacing(command: F) -> F:
    """The options --rate and --tier."""
    options = (
        click.option(
            "--rate",
            default=0.0,
            type=Finite(min=0),
            metavar="N",
            help="At most N requests a second.",
        ),
        click.option(
            "--tier",
            default=STANDARD,
            show_default=True,
            type=click.Choice(TIERS),
            help="Of the application: whose documented limits are kept.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def spending(command: F) -> F:
    """The options that bound what a run takes of its target."""
    for option in (
        click.option("--max-imodels", type=click.IntRange(1), metavar="N", help="Make at most N iModels."),
        click.option("--max-time", type=Finite(0, min_open=True), metavar="MIN", help="Minutes."),
        click.option("--max-requests", type=click.IntRange(1), metavar="N", help="Send at most N requests."),
    ):
        command = option(command)
    return command


def aimed(given: dict[str, Any]) -> dict[str, Any]:
    """The options of a command; what is said of a live service is left aside for the mock."""
    if given["target"] != MOCK:
        return given
    source = click.get_current_context().get_parameter_source
    if given["itwins"] and source("itwins") is ParameterSource.COMMANDLINE:
        raise TargetError("--itwin belongs to a live --target; the mock has iTwins of its own")
    aside = {name for name in given if source(name) is ParameterSource.DEFAULT_MAP} | {"itwins", "file"}
    return given | {name: getattr(Options, name) for name in aside}
