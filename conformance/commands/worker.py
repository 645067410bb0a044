"""The hidden command `worker`: one shard of a run that several processes share."""

from __future__ import annotations

import click

from conformance.runner.options import Options


@click.command(hidden=True)
@click.argument("options")
def worker(options: str) -> int:
    """Judge a target as OPTIONS ask for, which `run --workers` wrote."""
    from conformance.cli import complain
    from conformance.runner.judging import judge
    from conformance.runner.workers import attended

    attended()
    return judge(Options.parse(options), complain)
