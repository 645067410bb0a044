"""The command `parity`: where the mock answers otherwise than a service did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from conformance.drift.cli import NOTHING, WrongFile, reporting, tell
from conformance.runner.options import Options, asserting


@click.command()
@click.argument("recording", type=click.Path(path_type=Path))
@click.argument("mock", required=False, type=click.Path(path_type=Path))
@click.option("--base", metavar="PATH", help="Path of the service; default: as the contract's server has it.")
@reporting
def parity(recording: Path, mock: Path | None, base: str | None, **given: Any) -> int:
    """Compare what a service answered with what the mock answers.

    RECORDING: the reports of a run against the service, or its recording.har. MOCK: the reports of a run
    against the mock; without it one is made with the seed, the profile and the selection of the recording.
    """
    from conformance.contract import load
    from conformance.drift.parity import parity as judged
    from conformance.drift.rows import DriftError
    from conformance.drift.runs import profile
    from conformance.drift.traffic import traffic

    folders = recording, mock or _rehearsed(recording)
    try:
        service, mocked = (profile(traffic(path), load(), base) for path in folders)
    except DriftError as error:
        raise WrongFile(str(error)) from error
    if not service.exchanges or not mocked.exchanges:
        click.echo("nothing could be compared: no exchange below the base path; see --base", err=True)
        return NOTHING
    found = judged(service, mocked, folders)
    code = tell(found.rows, given)
    click.echo(found.line, err=given["form"] != "table")
    return code


def _rehearsed(recording: Path) -> Path:
    """The reports of a run against the mock that asks for the same."""
    from conformance.runner.judging import judge

    folder = (recording if recording.is_dir() else recording.parent) / "parity"
    asserting()
    judge(Options(reports=str(folder), **_asked(recording)), lambda text, code: code)
    return folder


def _asked(recording: Path) -> dict[str, Any]:
    """What the recorded run set out to do; of an archive nobody knows."""
    file = recording / "verdict.json"
    if not file.is_file():
        return {}
    try:
        run = json.loads(file.read_text(encoding="utf-8"))["run"]
        chosen = {name: tuple(run["selection"][name]) for name in ("requirements", "operations", "resources")}
        return {"seed": run["seed"], "profile": run["profile"], **chosen}
    except (ValueError, KeyError, TypeError) as error:
        raise WrongFile(f"{file}: not the verdict of a run") from error
