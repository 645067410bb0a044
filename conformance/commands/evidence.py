"""The command `evidence`: the rows that recordings of the live service decide get their date."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.contract import load
from conformance.target import TargetError


@click.command()
@click.argument(
    "recordings", nargs=-1, required=True, metavar="RECORDING...", type=click.Path(path_type=Path)
)
@click.option("--service", metavar="URL", help="Whose answers count; default: the service of the contract.")
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where evidence is kept; default: beside the register.",
)
def evidence(recordings: tuple[Path, ...], service: str | None, path: Path | None) -> int:
    """Date the rows that a RECORDING decided: the reports of a run against the service, or its recording.har.

    Each row keeps the newest. What the mock or another service answered is refused, and so is a run that did
    not come to its end.
    """
    from conformance.evidence import decided, evidence_file, newest, read, write
    from conformance.recorded import recorded

    path = path or evidence_file()
    parts = [decided(recorded(recording), service or load().service) for recording in recordings]
    before = read(path)
    rows = newest([before, *parts])
    try:
        write(path, rows)
    except OSError as error:
        raise TargetError(f"cannot write {path}: {error.strerror or error}") from error
    renewed = sum(before.get(name) != found for name, found in rows.items())
    click.echo(f"{renewed} rows dated, {len(rows)} have evidence: {path}")
    return 0
