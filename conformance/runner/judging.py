"""Judging a target from the first look to the last word: open, plan, preflight, tests, summary."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from conformance.report import PAGE, documents_of, summary_of
from conformance.report.console import Told, plan_lines
from conformance.report.verdict import Exit, Verdict
from conformance.runner.conduct import Conduct
from conformance.runner.options import Options
from conformance.runner.preflight import preflight
from conformance.runner.run import Run

Complain = Callable[[str, int], int]


def judge(options: Options, complain: Complain) -> int:
    """Judge a target, tell the verdict and return the exit code; raises only what is wrong use."""
    try:
        run = Run(options)
    except OSError as error:
        where = error.filename or options.reports or "the reports folder"
        return complain(f"cannot write to {where}: {error.strerror or error}", Exit.USAGE)
    screen = Told()
    conduct = Conduct.of(run, screen)
    with terminated_like_interrupted():
        verdict, looked = _judged(conduct, screen)
    if looked:
        screen.lines(summary_of(documents_of(run, verdict, conduct.before), whole=False))
        screen.say("")
    screen.say(written(run))
    if verdict.exit in {Exit.INCONCLUSIVE, Exit.USAGE}:
        complain(run.redaction.text(verdict.line), verdict.exit)
    return int(verdict.exit)


def _judged(conduct: Conduct, screen: Told) -> tuple[Verdict, bool]:
    """The verdict, and whether the target was looked at beyond the first request."""
    try:
        screen.lines(plan_lines(conduct.run))
        reason = preflight(conduct.run)
        screen.lines(conduct.run.remarks)
        if reason:
            return conduct.end(reason), bool(conduct.run.ledger.findings())
        if conduct.run.options.resume:
            conduct.run.clean()
        from conformance.plugin import execute

        return execute(conduct), True
    except KeyboardInterrupt:
        return conduct.end("interrupted"), True
    except Exception as error:
        conduct.crashed(error)
        return conduct.end(conduct.crash), True


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """Let a CI service that stops the job get its reports and its target cleaned up as Ctrl-C would."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, kept)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def written(run: Run) -> str:
    """Where the page of a run is, as the user would type it here."""
    page = run.folder / PAGE
    return f"reports: {_shown(page)}" if page.is_file() else f"no report.html in {_shown(run.folder)}"


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
