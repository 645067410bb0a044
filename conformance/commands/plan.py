"""The command `plan`: what a run will take of its target, before anything is sent there."""

from __future__ import annotations

from typing import Any

import click

from conformance.commands.aim import aimed, aiming, pacing, spending
from conformance.commands.choose import choosing, chosen
from conformance.commands.typed import Finite
from conformance.live import live_target
from conformance.runner.options import MOCK, Options, asserting
from conformance.targetfile import read

TOO_LITTLE = 3


@click.command()
@aiming
@choosing
@pacing
@spending
@click.option("--dedicated", is_flag=True, help="As with run.")
@click.option("--strict", is_flag=True, hidden=True)
@click.option("--require-complete", is_flag=True, hidden=True)
@click.option(
    "--latency",
    default=0.2,
    show_default=True,
    type=Finite(min=0),
    metavar="SECONDS",
    help="What an answer is taken to need.",
)
def plan(latency: float, **given: Any) -> int:
    """Print what a run will take of its target: requests, iModels, minutes, and for which operations.

    It rehearses the run on the built-in mock; nothing is sent to the target. Without a target it
    plans for a service that offers everything.

    \b
    Exit codes: 0 within the limits given, 2 wrong use, 3 a --max-… is too little.
    """
    from conformance.runner.rehearsal import exceeded, rehearse, told

    asserting()
    options = Options(**chosen(aimed(given)))
    target = None
    if options.target != MOCK:
        file = read(options.file)
        target = live_target(options.target, options.itwins, file, dedicated=options.dedicated)
        click.echo(f"target    {target.base_url} as {', '.join(target.tokens)}")
    cost, verdict = rehearse(options, target)
    click.echo("\n".join(told(cost, options, latency)))
    if verdict.exit:
        click.echo(f"the rehearsal itself: {verdict.line}")
    too_little = exceeded(cost, options, latency)
    for line in too_little:
        click.echo(line)
    return TOO_LITTLE if too_little else 0
