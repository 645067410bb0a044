"""Looking at a finding again: open the target as the run did, repeat or tell again, say what came of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Any

from conformance.exchange import Finding
from conformance.kept import ReportsError, finding_of, read_kept
from conformance.replay.repeating import Repetition
from conformance.replay.slices import Recorded, Untold
from conformance.report.documents import contract_identity, seen
from conformance.requirements import promise_of
from conformance.runner.conduct import Conduct
from conformance.runner.options import API, MOCK, Options
from conformance.runner.preflight import preflight
from conformance.runner.run import Run
from conformance.transport.recording import read_recording, recordings

FOLDER = "replays"
OTHER_VIEW = f"{MOCK}, "


class Again(IntEnum):
    """What came of a finding, as an exit code."""

    NO_LONGER = 0
    STILL_BROKEN = 1
    UNTOLD = 3


@dataclass
class Replayed:
    """What came of it, in words: what was done, what was seen, what stayed on the target."""

    outcome: Again
    how: str
    words: str
    left: list[str]


def look_again(folder: Path, fingerprint: str, given: Options) -> Replayed:
    """Look at a finding of the run in a folder again; `given` adds what a run does not write down.

    Raises ReportsError where the folder does not hold what it takes.
    """
    finding, verdict = finding_of(folder, fingerprint), read_kept(folder, "verdict.json")
    try:
        options = _options(verdict, given)
        recorded = _recorded(folder, finding)
    except (KeyError, TypeError, OSError, ValueError) as error:
        raise ReportsError(f"{folder} does not hold the whole of a run: {error}") from error
    place = folder / FOLDER / fingerprint
    shutil.rmtree(place, ignore_errors=True)
    try:
        if finding["by"] != "check":
            raise Untold("it takes more than one exchange to see it")
        return _repeated(finding, verdict, recorded, replace(options, reports=str(place)))
    except Untold as reason:
        return _retold(finding, verdict, str(reason), replace(options, reports=str(place / "test")))


def _recorded(folder: Path, finding: Mapping[str, Any]) -> dict[int, Recorded]:
    """The exchanges of the part of the run that made the finding; all of them number from one."""
    last = finding["exchanges"][-1] if finding["exchanges"] else {}
    found: dict[int, Recorded] = {}
    for path in recordings(folder):
        found = {each["number"]: each for each in read_recording(path)}
        decisive = found.get(last.get("number", 0), {})
        if decisive.get("request", {}).get("url") == last.get("request", {}).get("url"):
            break
    return found


def _options(verdict: Mapping[str, Any], given: Options) -> Options:
    """The options of the run that is looked at again."""
    run, url = verdict["run"], str(verdict["target"]["url"])
    mock = url == MOCK or url.startswith(OTHER_VIEW)
    return replace(
        given,
        target=MOCK if mock else url,
        view=url.removeprefix(OTHER_VIEW).removesuffix(" view") if url.startswith(OTHER_VIEW) else API,
        itwins=() if mock else given.itwins or tuple(verdict["target"]["itwins"]),
        seed=run["seed"],
        profile=run["profile"] if run["profile"] != "soak" else "full",
        faults=tuple(run["mock"]["faults"]),
        liberties=tuple(run["mock"]["liberties"]),
        drops=tuple(run["mock"]["drops"]),
    )


def _opened(options: Options, verdict: Mapping[str, Any]) -> Run:
    run = Run(options)
    now, then = contract_identity(run), verdict["contract"]
    if now != then:
        run.finish()
        files = [then["file"], *(overlay["file"] for overlay in then["overlays"])]
        raise ReportsError(
            f"the run was held against {' with '.join(files)}: give --contract and --overlay so"
        )
    return run


def _repeated(
    finding: Mapping[str, Any], verdict: Mapping[str, Any], recorded: Mapping[int, Recorded], options: Options
) -> Replayed:
    run = _opened(options, verdict)
    try:
        if reason := preflight(run):
            seen_at_once = [f for f in run.ledger.findings() if f.fingerprint == finding["fingerprint"]]
            outcome = Again.STILL_BROKEN if seen_at_once else Again.UNTOLD
            return Replayed(outcome, "nothing else was repeated", reason, [])
        with run.story(f"replay {finding['fingerprint']}") as story:
            decisive = finding["exchanges"][-1]["number"]
            found = Repetition(run, verdict, recorded).repeat(decisive, finding["requirement"])
            done = ", ".join(f"{each.name} {each.status}" for each in story.exchanges)
    finally:
        run.finish()
    how = f"{len(story.exchanges)} exchange{'s' * (len(story.exchanges) != 1)} repeated: {done}"
    return _told(found, how, run)


def _told(found: Finding | None, how: str, run: Run) -> Replayed:
    if found is None:
        return Replayed(Again.NO_LONGER, how, "the promise was kept", run.left_behind)
    words = run.redaction.text(f"expected {found.deviation.expected}, saw {seen(found)}")
    return Replayed(Again.STILL_BROKEN, how, " ".join(words.split()), run.left_behind)


def _retold(finding: Mapping[str, Any], verdict: Mapping[str, Any], why: str, options: Options) -> Replayed:
    """Tell the test again that found it: some things are only seen over several exchanges."""
    from conformance.plugin import execute

    test, name = str(finding["test"]), str(finding["requirement"])
    how = f"{why}; the test was told again: {test}"
    if "::" not in test:
        return Replayed(Again.UNTOLD, f"{why}; no test can be told again", f"it was seen in {test}", [])
    run = _opened(replace(options, requirements=(promise_of(name).name,), tests=(test,)), verdict)
    conduct = Conduct.of(run)
    if reason := preflight(run):
        return Replayed(Again.UNTOLD, how, conduct.end(reason).line, run.left_behind)
    ended = execute(conduct)
    entry = run.ledger.entry(name)
    if entry.findings:
        return _told(entry.findings[-1], how, run)
    if entry.held and not entry.flaky and not ended.trouble and not ended.stopped:
        return _told(None, how, run)
    stopped = [ended.stopped] if ended.stopped else []
    words = "; ".join([*stopped, *entry.reasons, *ended.trouble]) or "it was not looked at"
    return Replayed(Again.UNTOLD, how, "it did not repeat" if entry.flaky else words, run.left_behind)
