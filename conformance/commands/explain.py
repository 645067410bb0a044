"""The command `explain`."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.kept import FINGERPRINT, finding_of, reports_folder
from conformance.names import known
from conformance.requirements import promise_of, register


@click.command()
@click.argument("name")
@click.option(
    "--reports",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Whose finding; default: the last run's.",
)
def explain(name: str, reports: Path | None) -> int:
    """Explain a requirement by its NAME, or a finding of a run by its fingerprint.

    Tells the promise, its source and the words it rests on, what decides it, the mutants of the mock that
    break it, and the commands that show it.
    """
    from conformance.explanation import finding_lines, requirement_lines

    if FINGERPRINT.fullmatch(name):
        folder = reports_folder(reports)
        lines = list(finding_lines(finding_of(folder, name), folder))
    else:
        (found,) = known("requirement", [name], register())
        lines = list(requirement_lines(promise_of(found)))
    click.echo("\n".join(lines))
    return 0
