"""The command `replay`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conformance.commands.typed import Finite, named
from conformance.kept import FINGERPRINT, ReportsError, reports_folder
from conformance.runner.options import Options, asserting

OUTCOMES = {0: "no longer broken", 1: "still broken", 3: "could not be told"}


@click.command()
@click.argument("fingerprint")
@click.option(
    "--reports", type=click.Path(path_type=Path), metavar="DIR", help="Reports of its run; default: the last."
)
@click.option("--itwin", "itwins", multiple=True, metavar="GUID", help="Other iTwins than those of that run.")
@click.option(
    "--contract", default="", callback=named, metavar="FILE", help="The document that run was held against."
)
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    callback=named,
    metavar="FILE",
    help="The overlays it had; repeatable.",
)
@click.option("--rate", default=0.0, type=Finite(min=0), metavar="N", help="Requests a second.")
@click.option("--dedicated", is_flag=True, help="Nobody else uses IMODELS_TOKEN.")
def replay(fingerprint: str, reports: Path | None, **given: Any) -> int:
    """Look at the finding with this FINGERPRINT again, on the target of its run.

    \b
    Exit codes: 0 no longer broken, 1 still broken, 2 wrong use, 3 could not be told.
    What the finding takes is repeated on iModels made for it, with fresh ids and the tokens that are in
    the environment now, and deleted afterwards. Nothing else on the target is written to.
    """
    from conformance.replay.again import look_again

    asserting()
    if not FINGERPRINT.fullmatch(fingerprint):
        raise ReportsError(
            f"{fingerprint!r} is no fingerprint: findings.json has them, twelve hex digits each"
        )
    told = look_again(reports_folder(reports), fingerprint, Options(**given))
    click.echo(f"{fingerprint} {OUTCOMES[told.outcome]}: {told.words}")
    click.echo(told.how)
    if told.left:
        click.echo(f"left behind on the target: {', '.join(told.left)}")
    return int(told.outcome)
