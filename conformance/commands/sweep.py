"""The command `sweep`: delete what earlier runs left on a target."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from conformance.commands.aim import aimed, aiming, pacing
from conformance.commands.typed import Finite
from conformance.live import live_target
from conformance.runner.cleaning import Cleaning
from conformance.runner.options import MOCK
from conformance.runner.sweeping import ROOTS, Left, journals, look, orphans, sweeping
from conformance.target import Target, TargetError
from conformance.targetfile import read
from conformance.transport.journal import JOURNAL, Busy, Journal, journals_in, run_of
from conformance.transport.pace import Pace

LEFT = 3
"""The exit code when something stays behind."""


@click.command()
@click.argument("folders", nargs=-1, metavar="[DIR]...", type=click.Path(path_type=Path))
@aiming
@click.option("--orphans", "by_name", is_flag=True, help="Whatever bears the name of a run, journal or not.")
@click.option(
    "--older-than",
    default=24.0,
    show_default=True,
    type=Finite(0, 1_000_000),
    metavar="HOURS",
    help="With --orphans: of runs that began so long ago.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pacing
def sweep(**given: Any) -> int:
    """Delete what earlier runs left on a target: by the journals of runs in DIR, default all reports.

    \b
    Exit codes: 0 nothing is left, 2 wrong use, 3 something is left.
    """
    chosen = aimed(given)
    if chosen["target"] == MOCK:
        raise TargetError("sweep needs a live --target; the built-in mock keeps nothing")
    target = live_target(chosen["target"], tuple(chosen["itwins"]), read(chosen["file"]))
    with ExitStack() as stack:
        return _delete(list(_look(target, chosen, stack)), chosen["yes"])


def _look(target: Target, chosen: dict[str, Any], stack: ExitStack) -> Iterator[Left]:
    for journal in journals(chosen["folders"], target, click.echo):
        stack.callback(journal.close)
        api = stack.enter_context(sweeping(target, journal, Pace(chosen["rate"], chosen["tier"])))
        yield look(api, journal)
    if chosen["by_name"]:
        yield _orphans(target, chosen, stack)


def _orphans(target: Target, chosen: dict[str, Any], stack: ExitStack) -> Left:
    root = next((Path(root) for root in ROOTS if Path(root, "README.md").is_file()), Path(ROOTS[-1]))
    name = f"sweep-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    journal = Journal(root / name / JOURNAL, name, target.base_url)
    stack.callback(journal.close)
    api = stack.enter_context(sweeping(target, journal, Pace(chosen["rate"], chosen["tier"])))
    for found in orphans(api, timedelta(hours=chosen["older_than"]), frozenset(_running())):
        journal.adopt(found.name, found.itwin, found.id)
    return Left(Cleaning(api, journal, target.itwins), journal.alive())


def _running() -> Iterator[str]:
    """The runs that are under way on this machine, as far as their reports lie here."""
    for root in ROOTS:
        for path in (path for folder in Path(root).glob("*") for path in journals_in(folder)):
            try:
                Journal(path).close()
            except Busy:
                yield run_of(path)
            except (ValueError, KeyError, TypeError, OSError):
                continue


def _delete(left: list[Left], yes: bool) -> int:
    number = sum(len(one.found) for one in left)
    for made in (made for one in left for made in one.unknown):
        click.echo(f"nobody knows whether this was made: {made.name!r} in {made.itwin}")
    for made in (made for one in left for made in one.found):
        click.echo(f"  {made.name} ({made.id}) in {made.itwin}")
    if not number:
        click.echo("nothing is left behind")
        return 0
    if not yes:
        if not sys.stdin.isatty():
            raise TargetError("say --yes where nobody can be asked")
        click.confirm(f"delete these {number} iModels?", abort=True)
    stay = [made for one in left for made in one.cleaning.delete()]
    click.echo(f"deleted {number - len(stay)} of {number} iModels")
    for made in stay:
        click.echo(f"left behind: {made.name} ({made.id})")
    return LEFT if stay else 0
