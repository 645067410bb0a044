"""The command `init`: a commented target file to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.target import TargetError
from conformance.targetfile import COMMENTED, USUAL


@click.command()
@click.argument("file", default=USUAL, type=click.Path(path_type=Path))
def init(file: Path) -> int:
    """Write a commented target file; an existing one stays as it is."""
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(COMMENTED)
    except FileExistsError as error:
        raise TargetError(f"{file} is there already; nothing was written") from error
    except OSError as error:
        raise TargetError(f"cannot write {file}: {error.strerror}") from error
    click.echo(f"wrote {file}: fill in [target], then imodels-conformance plan")
    return 0
