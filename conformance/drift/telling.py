"""What the commands of `drift` share: their options, how rows are told, and the exit codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance.drift.output import FORMATS, sarif
from conformance.drift.rows import FAIL_ON, DriftError, Row, fails, ordered, remembered, waived

DRIFT, NOTHING = 1, 3
F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)


class WrongFile(click.ClickException):
    """A file that cannot be used."""

    exit_code = 2


def reporting(command: F) -> F:
    """The options that every command has which tells rows."""
    for option in (
        click.option(
            "--allure", type=FILE, metavar="DIR", help="Write the results of an Allure report there, too."
        ),
        click.option(
            "--history", type=FILE, metavar="FILE", help="Mark what this file knows, then renew it."
        ),
        click.option("--waivers", type=FILE, metavar="FILE", help="What is accepted, why, and until when."),
        click.option("--output", type=FILE, metavar="FILE", help="Write it there instead of to the console."),
        click.option(
            "--fail-on",
            default="breaking",
            show_default=True,
            type=click.Choice(FAIL_ON),
            help="What is exit 1.",
        ),
        click.option(
            "--format",
            "form",
            default="table",
            show_default=True,
            type=click.Choice(list(FORMATS)),
            help="How.",
        ),
    ):
        command = option(command)
    return command


def held_against(command: F) -> F:
    """The options that say which document traffic is held against."""
    for option in (
        click.option("--no-unseen", is_flag=True, help="Leave out what is documented and never came."),
        click.option(
            "--base", metavar="PATH", help="Path of the service; default: as the document's server has it."
        ),
        click.option(
            "--overlay", "overlays", multiple=True, type=FILE, metavar="FILE", help="Overlay for it."
        ),
        click.option(
            "--contract", type=FILE, metavar="FILE", help="The document; default: the suite's own contract."
        ),
    ):
        command = option(command)
    return command


def tell(rows: Sequence[Row], given: dict[str, Any], about: Path = Path()) -> int:
    """Write the rows, which are about a file, as asked; return the exit code."""
    try:
        told, gone = remembered(ordered(waived(rows, given["waivers"])), given["history"])
    except DriftError as error:
        raise WrongFile(str(error)) from error
    forms = FORMATS | {"sarif": partial(sarif, about=about)}
    write(given["output"], forms[given["form"]](told))
    if given["history"]:
        known = sum(row.known for row in told)
        click.echo(f"since last time: {len(told) - known} new, {known} known, {len(gone)} gone", err=True)
        for one in gone:
            click.echo(f"gone: {one}", err=True)
    if given["allure"]:
        results(told, given["allure"], given["fail_on"])
    return DRIFT if fails(told, given["fail_on"]) else 0


def results(rows: Sequence[Row], folder: Path, fail_on: str) -> None:
    """Write the rows as Allure results."""
    from conformance.drift.allure import write_results

    try:
        write_results(rows, folder, fail_on)
    except OSError as error:
        raise WrongFile(f"cannot write to {folder}: {error.strerror or error}") from error


def write(path: Path | None, text: str) -> None:
    """Write a text to a file, or to the console."""
    if path is None:
        click.echo(text)
        return
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise WrongFile(f"cannot write to {path}: {error.strerror or error}") from error
