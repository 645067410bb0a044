"""The command `report`: the reports of a run as pages."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.kept import ReportsError, reports_folder


@click.command()
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
def report(folder: Path | None) -> int:
    """Render the reports of a run as HTML: a page of its own, and Allure where its package is at hand."""
    from conformance.report import ALLURE, PAGE, page_of, read_reports, write
    from conformance.report.render import render_allure

    folder = reports_folder(folder)
    try:
        write(folder / PAGE, page_of(read_reports(folder)))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        reason = (
            error.strerror if isinstance(error, OSError) and error.strerror else "not the reports of a run"
        )
        raise ReportsError(f"no reports in {folder}: {reason}") from error
    allure = render_allure(folder / ALLURE, folder / "allure-report")
    click.echo(f"page:   {folder / PAGE}")
    click.echo(
        f"allure: {allure or 'not rendered; it needs Node and the npm package allure (npm install allure)'}"
    )
    return 0
