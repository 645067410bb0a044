"""The end of a run: decide, write the reports, clean up, write them again with what stayed behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from conformance.report import write_reports
from conformance.report.history import Previous
from conformance.report.verdict import Verdict, WorkflowVerdict, decide
from conformance.runner.outcome import told
from conformance.runner.run import Run

Say = Callable[[str], None]


def conclude(
    run: Run,
    *,
    trouble: Iterable[str] = (),
    stopped: str = "",
    tests: dict[str, int] | None = None,
    workflows: Iterable[WorkflowVerdict] = (),
    before: Previous | None = None,
    say: Say = lambda line: None,
) -> Verdict:
    """Decide and write the reports; they are on disk before the clean-up, which may take long, begins."""
    verdict = judged(run, [*dict.fromkeys(trouble)], stopped, tests or {})
    verdict = _written(run, replace(verdict, workflows=[*workflows]), before)
    try:
        if alive := len(run.journal.alive()):
            say(f"cleaning up: {alive} iModel{'s' * (alive != 1)} of this run")
        run.finish()
        left = run.left_behind
    except KeyboardInterrupt:
        verdict = replace(verdict, stopped=verdict.stopped or "interrupted")
        left = [f"{made.name} ({made.id})" for made in run.journal.alive()]
    except Exception as error:
        verdict = _with(verdict, f"clean-up: {told(error)}")
        left = [f"{made.name} ({made.id})" for made in run.journal.alive()]
    return _written(run, replace(verdict, left_behind=left), before)


def judged(run: Run, trouble: list[str], stopped: str, tests: dict[str, int]) -> Verdict:
    """What the decisions of a run add up to, with everything besides them that touches the verdict."""
    return replace(
        decide(run.plan, run.ledger, run.contract),
        trouble=trouble,
        stopped=stopped,
        tests=tests,
        strict=run.options.strict,
        require_complete=run.options.require_complete,
        shard=run.options.shard,
    )


def _written(run: Run, verdict: Verdict, before: Previous | None) -> Verdict:
    try:
        write_reports(run, verdict, before)
    except Exception as error:
        # Whatever stands in the way of the reports, the clean-up must follow and the verdict be told.
        reason = getattr(error, "strerror", None) or told(error)
        return _with(verdict, f"cannot write the reports to {run.folder}: {reason}")
    return verdict


def _with(verdict: Verdict, trouble: str) -> Verdict:
    return replace(verdict, trouble=[*dict.fromkeys((*verdict.trouble, trouble))])
