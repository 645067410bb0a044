"""The command `parity`: where the mock answers otherwise than a service did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conformance.drift.telling import NOTHING, WrongFile, reporting, tell
from conformance.kept import ReportsError
from conformance.requirements import register


@click.command()
@click.argument("recording", type=click.Path(path_type=Path))
@click.argument("mock", required=False, type=click.Path(path_type=Path))
@click.option("--base", metavar="PATH", help="Path of the service; default: as the contract's server has it.")
@reporting
def parity(recording: Path, mock: Path | None, base: str | None, **given: Any) -> int:
    """Compare what a service answered, and the rows it decided, with what the mock answers.

    RECORDING: the reports of a run against the service, or its recording.har. MOCK: the same of a run
    against the mock; without it one is made with the seed, profile, selection and identities of RECORDING.
    """
    from conformance.contract import load
    from conformance.drift.parity import parity as judged
    from conformance.drift.rows import DriftError
    from conformance.drift.runs import profile
    from conformance.drift.traffic import traffic
    from conformance.evidence import summary

    try:
        service = profile(traffic(recording), load(), base)
        asked = _told(recording)
        mock = mock or _mirrored(recording, asked)
        mocked = profile(traffic(mock), load(), base)
    except DriftError as error:
        raise WrongFile(str(error)) from error
    if not service.exchanges or not mocked.exchanges:
        click.echo("nothing could be compared: no exchange below the base path; see --base", err=True)
        return NOTHING
    found = judged(service, mocked, (asked.get("rows", {}), _told(mock).get("rows", {})))
    code = tell(found.rows, given)
    click.echo(f"{found.line}\n{summary(len(register()))}", err=given["form"] != "table")
    return code


def _told(recording: Path) -> dict[str, Any]:
    """What a recording says of its run; nothing where another tool has made it."""
    from conformance.recorded import recorded

    try:
        return recorded(recording)
    except ReportsError:
        return {}


def _mirrored(recording: Path, asked: dict[str, Any]) -> Path:
    """The reports of a run against the mock that asks for the same as the same identities."""
    from conformance.runner.book import target_of
    from conformance.runner.options import Options, asserting
    from conformance.runner.rehearsal import mirror

    folder = (recording if recording.is_dir() else recording.parent) / "parity"
    click.echo("the mock is asked the same", err=True)
    asserting()
    if not asked:
        mirror(Options(), None, folder)
        return folder
    run = asked["run"]
    chosen: dict[str, Any] = {
        name: tuple(run["selection"][name]) for name in ("requirements", "operations", "resources")
    }
    mirror(Options(seed=run["seed"], profile=run["profile"], **chosen), target_of(asked), folder)
    return folder
