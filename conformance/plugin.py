"""The pytest plugin of a run: options, selection, stories, outcomes; nothing else knows the runner."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import allure_commons
import pytest
from _pytest.main import pytest_runtestloop as runtestloop
from _pytest.runner import runtestprotocol

from conformance.contract import ContractError
from conformance.exchange import Broken, Finding
from conformance.items import MARKERS, decides, included, labels, operation, turn, unit
from conformance.report.allure import Finishing
from conformance.report.failure import Failure, failure
from conformance.report.verdict import Verdict
from conformance.requirements import RegisterError, promise_of
from conformance.runner.conduct import Conduct
from conformance.runner.options import Options
from conformance.runner.outcome import Kind, Outcome, outcome_of
from conformance.runner.preflight import probe
from conformance.runner.run import Run
from conformance.runner.session import arguments, own_settings
from conformance.runner.shard import Shard
from conformance.story import CURRENT, Waived
from conformance.target import TargetError
from conformance.waivers import WaiverError

RUN = pytest.StashKey[Run]()
VERDICT = pytest.StashKey[Verdict]()
CONDUCT = pytest.StashKey[Conduct]()
OUTCOME = pytest.StashKey[Outcome]()
RETRIED = pytest.StashKey[set[int]]()
WRONG = {Kind.BROKEN, Kind.UNMET}


class Handover:
    """Gives the plugin a run that was opened before pytest started."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Put the run where the plugin looks for it."""
        config.stash[CONDUCT] = self._conduct


class Watch:
    """Keeps an error of the suite itself for the verdict, instead of a traceback on the screen."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Take the error."""
        self._conduct.crashed(excinfo.value)
        return True


def execute(conduct: Conduct) -> Verdict:
    """Run the tests of the suite in this process and return the verdict."""
    folder = conduct.run.folder.absolute()
    with own_settings(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.main(arguments(folder, conduct.run.options.tests), plugins=[Handover(conduct)])
    return conduct.end(conduct.crash or "internal error: the test session ended before it began")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one option that carries the run's options as JSON."""
    parser.getgroup("imodels").addoption("--imodels-run", default="", help="options of the run, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Open the run, unless it was handed over."""
    if not __debug__:
        raise pytest.UsageError("asserts are switched off (python -O): nothing could be judged")
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if CONDUCT not in config.stash:
        config.stash[CONDUCT] = Conduct.of(_opened(config.getoption("--imodels-run")))
    config.pluginmanager.register(Watch(config.stash[CONDUCT]))
    run = config.stash[RUN] = config.stash[CONDUCT].run
    finishing = Finishing(run.redaction)
    allure_commons.plugin_manager.register(finishing)
    config.add_cleanup(lambda: allure_commons.plugin_manager.unregister(finishing))


def _opened(options: str) -> Run:
    try:
        return Run(Options.parse(options))
    except (ContractError, RegisterError, TargetError, WaiverError, OSError) as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, pytest.CollectReport]:
    """Keep what cannot be collected as trouble."""
    report: pytest.CollectReport = yield
    if report.failed and CONDUCT in collector.config.stash:
        lines = str(report.longrepr).strip().splitlines()
        text = next((line for line in reversed(lines) if line.startswith("E ")), lines[-1] if lines else "")
        collector.config.stash[CONDUCT].troubled(collector.nodeid, text.removeprefix("E ").strip())
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that the plan asks for: first those that spare later ones an iModel, last the late."""
    run = config.stash[RUN]
    shard, told = Shard.parse(run.options.shard), config.stash[CONDUCT].told
    kept = [item for item in items if included(item, run) and shard.takes(unit(item))]
    kept = [item for item in kept if item.nodeid not in told]
    kept.sort(key=turn)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say how many tests there are."""
    conduct = session.config.stash[CONDUCT]
    conduct.tests["planned"] = len(session.items)
    conduct.progress.begin(len(session.items))


@dataclass(frozen=True)
class Attempt:
    """One go at a test: how it ended and why, what it found, and what the runner says of it."""

    kind: Kind
    reason: str
    findings: list[Finding]
    reports: list[pytest.TestReport]


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Run all tests, and in a soak all of them again until the time is over."""
    done = yield
    for _ in session.config.stash[CONDUCT].soak.rounds():
        runtestloop(session)
    return done


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run each test as a story of its own; one that breaks is repeated once on fresh resources."""
    conduct, hook = item.config.stash[CONDUCT], item.ihook
    if conduct.soak.over:
        return True
    standing = {finding.fingerprint for finding in conduct.run.ledger.findings()}
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    attempt = _attempt(item, nextitem, conduct)
    if attempt.kind is not Kind.PASSED:
        _forget_failed_fixtures(item)
    if attempt.kind in {*WRONG, Kind.FLAKY} and item.get_closest_marker("races") is None:
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        attempt = _compared(attempt, _attempt(item, nextitem, conduct), conduct, standing)
    for report in attempt.reports:
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    conduct.count(item.nodeid, attempt.kind, attempt.reason)
    conduct.progress.finished(item.nodeid, attempt.kind)
    wire = conduct.run.wire
    if nextitem is not None:
        item.session.shouldstop = item.session.shouldstop or wire.budget.spent(wire.sent)
    return True


def _attempt(item: pytest.Item, nextitem: pytest.Item | None, conduct: Conduct) -> Attempt:
    ledger = conduct.run.ledger
    before = ledger.findings()
    item.stash[OUTCOME] = Outcome(Kind.PASSED)
    with conduct.run.story(item.nodeid):
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    found = [finding for finding in ledger.findings() if not any(finding is old for old in before)]
    ended = item.stash[OUTCOME]
    return Attempt(ended.kind, ended.reason, found, reports)


def _compared(first: Attempt, again: Attempt, conduct: Conduct, standing: set[str]) -> Attempt:
    """What two attempts say together: only what the second could have shown and did not is in doubt."""
    if again.kind in {*WRONG, Kind.TROUBLE}:
        return again
    flaky = again.kind is Kind.FLAKY
    shown = [] if flaky else again.findings
    rows = conduct.doubt(first.findings + (again.findings if flaky else []), shown, standing)
    if flaky and not rows:
        conduct.troubled(again.reports[0].nodeid, "a failure did not repeat, and no finding tells which")
    for report in again.reports:
        if report.when == "call":
            report.outcome = "skipped"
            report.longrepr = (
                report.location[0],
                report.location[1] or 0,
                f"flaky: {', '.join(sorted(rows)) or first.reason}",
            )
    return Attempt(Kind.FLAKY, f"it did not repeat: {first.reason}", again.findings, again.reports)


def _forget_failed_fixtures(item: pytest.Item) -> None:
    """Let whoever asks next make anew what a test failed to make, once for each fixture."""
    retried = item.session.stash.setdefault(RETRIED, set())
    information = getattr(item, "_fixtureinfo", None)
    for definitions in information.name2fixturedefs.values() if information else ():
        for definition in definitions:
            cached = definition.cached_result
            if cached is not None and cached[2] is not None and id(definition) not in retried:
                retried.add(id(definition))
                # The runner has taken the item's own request away by now.
                item._initrequest()  # type: ignore[attr-defined]
                definition.finish(item._request)  # type: ignore[attr-defined]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Let the history speak when a test has had its say, and one that waivers let pass say so."""
    try:
        yield
    except Broken:
        raise
    except Exception:
        CURRENT.get().conclude()
        raise
    CURRENT.get().conclude()
    run = item.config.stash[RUN]
    spared = run.ledger.spared.get(item.nodeid, {}).values()
    if told := [
        f"{f.requirement} on {f.operation}: {w.words}" for f in spared if (w := run.ledger.waiver(f))
    ]:
        raise Waived("; ".join(told))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, pytest.TestReport]:
    """Sort what a test raised: findings fail it, an open question skips it, everything else is trouble."""
    report: pytest.TestReport = yield
    conduct = item.config.stash[CONDUCT]
    if report.when == "setup":
        labels(item).apply(conduct.run.contract)
    error = call.excinfo.value if call.excinfo else None
    raised = Outcome(Kind.PASSED)
    if error is not None and not report.skipped:
        raised = item.stash[OUTCOME] = outcome_of(error)
        _tell(item, report, raised, conduct)
    if report.when == "call" or (report.when == "setup" and not report.passed):
        conduct.attachments.add(raised.findings, CURRENT.get().exchanges)
        reason = conduct.lost(raised.unreachable, lambda: probe(conduct.run))
        item.session.shouldstop = reason or item.session.shouldstop
    return report


def _tell(item: pytest.Item, report: pytest.TestReport, raised: Outcome, conduct: Conduct) -> None:
    """Say in the runner's report what was raised, and give the rows that stay open a reason."""
    redaction = conduct.run.redaction
    if raised.kind in {Kind.UNDECIDED, Kind.WAIVED}:
        report.outcome = "skipped"
        report.longrepr = (str(item.path), 0, redaction.text(f"{raised.kind}: {raised.reason}"))
    elif raised.kind is Kind.UNMET:
        report.longrepr = Failure(redaction.text(raised.reason))
    elif raised.findings:
        report.longrepr = failure(conduct.run, raised.findings)
    else:
        report.longrepr = Failure(redaction.text(f"{raised.reason}\n\n{report.longrepr}"))
    if raised.kind is not Kind.WAIVED:
        _leave_open(item, raised, conduct)


def _leave_open(item: pytest.Item, raised: Outcome, conduct: Conduct) -> None:
    """Keep what went wrong, and why the rows of a test that it did not come to are open."""
    redaction = conduct.run.redaction
    if raised.kind is Kind.TROUBLE:
        for text in raised.troubles:
            conduct.troubled(item.nodeid, text)
    own, ledger = operation(item), conduct.run.ledger
    if own and raised.lacking:
        ledger.lacking[own] = raised.lacking
    for name in decides(item) - {finding.requirement for finding in raised.findings}:
        ledger.undecided(name, redaction.text(raised.reason))
        if raised.lacking:
            ledger.lacks(name, raised.lacking, [own] if own else promise_of(name).operations)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    """Clean up, decide and write the reports, whatever ended the session."""
    stash = session.config.stash
    # What the set-up of an interrupted test takes down still sends requests, which belong to some story.
    last = stash[RUN].story("interrupted") if RUN in stash else nullcontext()
    try:
        with last:
            yield
    finally:
        if CONDUCT in stash:
            verdict = stash[VERDICT] = stash[CONDUCT].end(_stopped(session))
            session.exitstatus = int(verdict.exit)


def _stopped(session: pytest.Session) -> str:
    if crash := session.config.stash[CONDUCT].crash:
        return crash
    if session.shouldstop:
        return str(session.shouldstop)
    return "interrupted" if session.exitstatus == pytest.ExitCode.INTERRUPTED else ""
