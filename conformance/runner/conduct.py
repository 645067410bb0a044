"""What is kept while the tests of a run go by: who listens, what went wrong, what an earlier run found."""

from __future__ import annotations

import errno
import json
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange import Finding
from conformance.report import write
from conformance.report.allure import Attachments
from conformance.report.console import Progress
from conformance.report.documents import selection, target_name
from conformance.report.history import Previous, previous
from conformance.report.verdict import Verdict
from conformance.runner.book import BOOK, book, done, read_book, recall
from conformance.runner.conclude import conclude
from conformance.runner.outcome import told
from conformance.runner.run import Run
from conformance.runner.soak import Soak
from conformance.transport.wire import Unreachable
from conformance.workflows.verdicts import verdicts

PAUSE = 1.0
"""Seconds between two writings of what is known; a run that is killed loses no more."""
DEAD_AFTER = 3
"""Tests in a row that met no answer before the run asks whether the target is down."""


@dataclass
class Conduct:
    """A run on its way from the first test to the verdict."""

    run: Run
    attachments: Attachments
    progress: Progress = field(default_factory=Progress)
    before: Previous | None = None
    trouble: list[str] = field(default_factory=list)
    tests: dict[str, int] = field(default_factory=dict)
    crash: str = ""
    silent: int = 0
    soak: Soak = field(init=False)
    verdict: Verdict | None = None
    told: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    written: float = 0.0

    @classmethod
    def of(cls, run: Run, progress: Progress | None = None) -> Conduct:
        """Begin to conduct a run, or go on with it."""
        before = previous(run.folder, target_name(run), selection(run))
        conduct = cls(run, Attachments(run), progress or Progress(), before)
        if run.options.resume:
            earlier = read_book(run.folder)
            recall(earlier, run.ledger, run.contract)
            # Workflows are few: they are told again.
            conduct.told = {} if run.workflows else done(earlier)
            run.wire.sent = earlier["requests"]
        return conduct

    def __post_init__(self) -> None:
        self.soak = Soak(self.run, self.progress.say)

    def count(self, test: str, outcome: str, reason: str) -> None:
        """Count a test by its outcome; what is known by then is on disk soon after."""
        self.reasons[test] = reason
        self.tests[outcome] = self.tests.get(outcome, 0) + 1
        self.told[test] = outcome
        if time.monotonic() - self.written > PAUSE:
            self.keep()
            self.written = time.monotonic()

    def keep(self, **ended: Any) -> None:
        """Write down what is decided so far."""
        with suppress(OSError):
            text = json.dumps(book(self.run, self.told, self.trouble, **ended))
            write(self.run.folder / BOOK, text)

    def troubled(self, where: str, text: str) -> None:
        """Remember the first line of something that went wrong besides the target."""
        first = next(iter(text.strip().splitlines()), "")
        self.trouble.append(self.run.redaction.text(f"{where}: {first}"))

    def crashed(self, error: BaseException) -> None:
        """Remember an error of the suite itself, or of this machine, that ended the session."""
        text = self.run.redaction.text
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        self.crash = text(f"{'the disk is full' if full else 'internal error'}: {told(error)}")
        with suppress(OSError):
            trace = "".join(traceback.format_exception(error))
            (self.run.folder / "internal-error.txt").write_text(text(trace), encoding="utf-8")

    def lost(self, unreachable: bool, probe: Callable[[], object]) -> str:
        """Why to stop, when test after test met no answer and the target does not answer a probe either."""
        self.silent = self.silent + 1 if unreachable else 0
        if self.silent < DEAD_AFTER:
            return ""
        self.silent = 0
        try:
            probe()
        except Unreachable as error:
            return f"target down: {error}"
        return ""

    def doubt(self, first: list[Finding], again: list[Finding], standing: set[str]) -> set[str]:
        """Take back what a repeated test did not show again, unless it stood before; returns its rows."""
        repeated = {finding.fingerprint for finding in again}
        gone = [f for f in first if f.fingerprint not in repeated and f.fingerprint not in standing]
        self.run.ledger.forgive({finding.fingerprint for finding in gone})
        return {finding.requirement for finding in gone}

    def end(self, stopped: str = "") -> Verdict:
        """Decide, write the reports and clean up, once."""
        if self.verdict is None:
            self.progress.end()
            self.verdict = conclude(
                self.run,
                trouble=self.trouble,
                stopped=stopped,
                tests=self.tests,
                workflows=verdicts(self.run.workflows, self.told, self.reasons),
                before=self.before,
                say=self.progress.say,
            )
            self.keep(stopped=self.verdict.stopped, left_behind=self.verdict.left_behind)
        return self.verdict
