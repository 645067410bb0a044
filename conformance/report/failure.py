"""What a failed test says: the promise, what was expected and seen, and how to repeat the request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace

from conformance.exchange import HISTORY, Finding
from conformance.report.curl import curl
from conformance.report.documents import clause, evidence, seen
from conformance.requirements import promise_of
from conformance.runner.run import Run


class Failure(str):
    """The text of a failed test; JUnit writers take its first line as the message."""

    __slots__ = ()

    @property
    def reprcrash(self) -> SimpleNamespace:
        """What pytest looks for on the representation of an exception."""
        return SimpleNamespace(message=self.partition("\n")[0])


def failure(run: Run, findings: Iterable[Finding]) -> Failure:
    """Tell findings as the text of a failed test."""
    return Failure(run.redaction.text("\n\n".join("\n".join(_lines(run, finding)) for finding in findings)))


def _lines(run: Run, finding: Finding) -> Iterator[str]:
    row, deviation, told = promise_of(finding.requirement), finding.deviation, seen(finding)
    yield f"{row.name} ({row.level}) on {finding.operation}: {' '.join(told.split())}"
    yield f"promise   {row.says}"
    if deviation.expected != row.says:
        yield f"expected  {deviation.expected}"
    yield f"seen      {told}"
    if shown := evidence(finding):
        yield f"answer    {shown[-1].status} to exchange #{shown[-1].number}"
        # What many steps led to takes all of them to repeat.
        repeated = shown if deviation.kind == HISTORY else shown[-1:]
        yield from (f"repeat    {curl(each, run.redaction, run.target.tokens)}" for each in repeated)
    yield f"clause    {clause(row.clause)}"
