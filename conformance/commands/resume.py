"""The options --resume, --failed and --shard of `run`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from conformance.kept import BookError
from conformance.runner.options import Options
from conformance.runner.shard import Shard
from conformance.target import TargetError

OPEN = {"broken", "flaky", "undecided"}


def checked(shard: str) -> None:
    """Raise TargetError where a shard is none."""
    try:
        Shard.parse(shard)
    except ValueError as error:
        raise TargetError(str(error)) from error


def resumable(folder: Path) -> Options:
    """The options of the run in a folder, to go on with; raises BookError."""
    from conformance.runner.book import read_book

    options = Options.parse(read_book(folder)["options"])
    return replace(options, reports=str(folder), resume=True)


def resumed_alone(folder: Path) -> Options:
    """The same, where nothing else is asked for: the run goes on as it was begun."""
    context = click.get_current_context()
    others = [
        parameter.opts[-1]
        for parameter in context.command.params
        if parameter.name != "resumed"
        and context.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
    ]
    if others:
        raise BookError(f"--resume goes on with a run as it was asked for: leave out {', '.join(others)}")
    return resumable(folder)


def again(given: dict[str, Any], failed: str) -> dict[str, Any]:
    """The rows that an earlier run did not decide in favour, to be looked at again."""
    if not failed:
        return {}
    try:
        rows = json.loads((Path(failed) / "verdict.json").read_text(encoding="utf-8"))["rows"]
        names = [row["name"] for row in rows if row["state"] in OPEN]
    except OSError as error:
        raise BookError(f"no run in {failed}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BookError(f"no run in {failed}: verdict.json is none") from error
    if not names:
        raise BookError(f"the run in {failed} left nothing open or broken")
    return {"requirements": (*given["requirements"], *names)}
