"""The console: the plan, how far the run is, the summary; plain lines where nobody watches a terminal."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import TextIO

from rich.console import Console
from rich.status import Status
from rich.text import Text

from conformance.report.documents import contract_identity, identities, target_name
from conformance.report.summary import contract_words
from conformance.requirements import LEVELS, promise_of
from conformance.runner.run import Run
from conformance.visible import visible

STYLES = {
    "verdict: conformant": "bold green",
    "verdict: not": "bold red",
    "verdict: inconclusive": "bold yellow",
}


class Screen(Console):
    """A console that goes silent when nobody reads it any more: the verdict must not hang on the reader."""

    def on_broken_pipe(self) -> None:
        """Write to nowhere from now on."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Progress:
    """Says nothing: what a run uses when nobody listens."""

    def begin(self, tests: int) -> None:
        """The tests are known."""

    def finished(self, test: str, outcome: str) -> None:
        """A test is over; its outcome is passed, failed or skipped."""

    def say(self, line: str) -> None:
        """Something worth a line happened."""

    def end(self) -> None:
        """All tests are over."""


class Told(Progress):
    """Tells a person: one live line on a terminal, a line for each module elsewhere."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.console = Screen(file=out or sys.stdout, highlight=False, soft_wrap=True, emoji=False)
        self._total = 0
        self._seen: Counter[str] = Counter()
        self._module = ""
        self._inside: Counter[str] = Counter()
        self._status: Status | None = None

    def begin(self, tests: int) -> None:
        """Start the live line."""
        self._total = tests
        if self.console.is_terminal:
            self._status = self.console.status(f"0 of {tests} tests")
            self._status.start()

    def finished(self, test: str, outcome: str) -> None:
        """Count a test; a line when its module is over."""
        module = test.partition("::")[0]
        if module != self._module:
            self._flush()
            self._module = module
        self._seen[outcome] += 1
        self._inside[outcome] += 1
        if self._status:
            self._status.update(
                f"{sum(self._seen.values())} of {self._total} tests · {_words(self._seen)} · {module}"
            )

    def say(self, line: str) -> None:
        """Print a line."""
        try:
            self.console.print(Text(visible(line), style=_style(line)))
        except OSError:
            # A disk that is full takes the screen, not the verdict.
            self.console.on_broken_pipe()

    def lines(self, lines: list[str]) -> None:
        """Print several lines."""
        for line in lines:
            self.say(line)

    def end(self) -> None:
        """Close the live line."""
        self._flush()
        if self._status:
            self._status.stop()
            self._status = None

    def _flush(self) -> None:
        if self._module and self._status is None:
            self.say(f"{self._module}: {_words(self._inside)}")
        self._module = ""
        self._inside.clear()


def plan_lines(run: Run) -> list[str]:
    """The plan of a run, as it is said before the first test."""
    plan, contract, chosen = run.plan, contract_identity(run), run.options
    planned = Counter(promise_of(name).level for name in plan.rows)
    rows = ", ".join(f"{planned[level]} {level}" for level in LEVELS)
    reasons = Counter(plan.left_out.values())
    left = [
        f"  left out: {number} row{'s' * (number != 1)}: {reason}" for reason, number in reasons.most_common()
    ]
    return [
        f"imodels-conformance run {run.id}",
        f"target    {target_name(run)} ({run.target.base_url}) as {', '.join(identities(run))}"
        if run.target.embedded
        else f"target    {target_name(run)} as {', '.join(identities(run))}",
        f"contract  {contract_words(contract)}",
        f"profile   {chosen.profile}, seed {chosen.seed}",
        f"planned   {rows}; {len(plan.subjects)} of {contract['operations']} operations",
        *left,
        f"reports   {run.folder}",
        "",
    ]


def _words(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())) or "nothing"


def _style(line: str) -> str:
    return next((style for start, style in STYLES.items() if line.startswith(start)), "")
