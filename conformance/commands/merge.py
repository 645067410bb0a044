"""The command `merge`: shards of a run, joined to one verdict."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.commands.typed import named
from conformance.kept import BookError
from conformance.target import TargetError


@click.command()
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path))
@click.option(
    "--reports",
    default="",
    callback=named,
    metavar="DIR",
    help="Where the joined reports go; default: a new folder.",
)
def merge(folders: tuple[Path, ...], reports: str) -> int:
    """Join the reports of the shards of a run to one verdict.

    \b
    Exit codes: as of run; a shard that is missing or was interrupted makes it 3.
    """
    from conformance.cli import complain
    from conformance.report.console import Told
    from conformance.runner.gather import gathered, tell

    try:
        run, verdict = gathered(folders, Path(reports) if reports else None)
    except (BookError, TargetError) as error:
        raise TargetError(str(error)) from error
    return tell(run, verdict, Told(), complain)
