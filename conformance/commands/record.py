"""The command `record`: the exchanges of a run as HTTP Archive."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.kept import ReportsError
from conformance.target import TargetError


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def record(folder: Path) -> int:
    """Write what a run sent and was answered, secrets masked, as DIR/recording.har."""
    from conformance.report.har import write_archive

    try:
        path = write_archive(folder)
    except OSError as error:
        raise TargetError(f"no recording in {folder}: {error.strerror or error}") from error
    except ReportsError as error:
        raise TargetError(f"no recording in {folder}: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise TargetError(f"no recording in {folder}: not the reports of a run") from error
    click.echo(f"recording: {path}")
    return 0
