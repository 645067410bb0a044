"""The preflight: before any test, does the target answer as the API at all, and does it know who asks?"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from conformance.credentials import NoToken
from conformance.exchange import NOT_JSON, Answer, Broken
from conformance.transport.budget import OverBudget
from conformance.transport.pace import RETRIES
from conformance.transport.wire import Unreachable

if TYPE_CHECKING:
    from conformance.runner.run import Run

TRIES = 3
PAUSE = 1.0
TOLERATED = 60.0
"""Seconds that two clocks may differ before it is worth a word."""
LIST = "get-itwin-imodels"
OURS = "2"
MEDIA_TYPE = re.compile(r"application/vnd\.bentley\.itwin-platform\.v(\d+)\+json", re.IGNORECASE)


def preflight(run: Run) -> str:
    """List the iModels of each given iTwin as the main identity; returns why the run must stop, or nothing.

    An answer that shows the service itself broken (5xx again and again, a success that is no JSON) is put
    before the checks: it ends the run as a finding.
    """
    try:
        for identity in run.target.tokens:
            run.target.tokens[identity]
    except NoToken as error:
        return f"token refused: {error}"
    if LIST not in run.contract.operations:
        return ""
    for itwin in run.target.itwins:
        if reason := _look(run, itwin):
            return reason
    return ""


def _look(run: Run, itwin: str) -> str:
    try:
        answer = _answer(run, itwin)
        if answer.status >= 500 or (answer.status == 200 and answer.json is NOT_JSON):
            return _judged(run, itwin)
    except OverBudget as error:
        return str(error)
    except Unreachable as error:
        return f"target down: {error}"
    if not run.remarks:
        run.remarks += _remarks(answer)
    return unlisted(answer, itwin, run.target.base_url)


def _remarks(answer: Answer) -> Iterator[str]:
    """What is worth a word before a run, and ends none."""
    if ahead := skew(answer):
        yield f"the clock of this machine is {ahead:+.0f} s off the target's"
    if version := other_version(answer):
        yield f"the target answers as version {version} of the API, this suite judges version {OURS}"


def other_version(answer: Answer) -> str:
    """The version of the API that an answer speaks, `""` for ours and where nobody can tell.

    A media type names it; version 1 besides says `projectId` where version 2 says `iTwinId`.
    """
    named = MEDIA_TYPE.match(answer.headers.get("content-type", ""))
    if named:
        return "" if named[1] == OURS else named[1]
    return "1" if b'"projectId"' in answer.body and b'"iTwinId"' not in answer.body else ""


def skew(answer: Answer, now: datetime | None = None) -> float:
    """By how many seconds our clock is ahead of a service's; 0 where it is close or nobody can tell."""
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
        ahead = ((now or datetime.now(UTC)) - told).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    return ahead if abs(ahead) > TOLERATED else 0.0


def probe(run: Run, itwin: str = "") -> Answer:
    """Ask for the list of an iTwin's iModels once, unjudged; raises Unreachable."""
    query = {"iTwinId": itwin or run.target.itwins[0], "$top": 1}
    answer = run.wire.send(run.api().request(LIST, {}, query))
    for _ in range(RETRIES):
        if answer.status != 429:
            break
        run.wire.pace.rest(answer)
        answer = run.wire.send(run.api().request(LIST, {}, query))
    return answer


def _answer(run: Run, itwin: str) -> Answer:
    """The first answer below 500, or the last of a few."""
    last: Unreachable | None = None
    answer: Answer | None = None
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE)
        try:
            answer = probe(run, itwin)
        except Unreachable as error:
            last = error
            continue
        if answer.status < 500:
            return answer
    if answer is None:
        raise last or Unreachable("no answer")
    return answer


def _judged(run: Run, itwin: str) -> str:
    with run.story("preflight"):
        try:
            run.api()(LIST, query={"iTwinId": itwin, "$top": 1})
        except Broken as broken:
            return f"stopped at the first request: {broken.findings[0].deviation.seen}"
    return ""


def unlisted(answer: Answer, itwin: str, base_url: str) -> str:
    """Why an answer to the list of an iTwin's iModels is no list of them; nothing where it may be one."""
    body = answer.json if isinstance(answer.json, dict) else {}
    error = body.get("error")
    code = str(error.get("code", "")) if isinstance(error, dict) else ""
    seen = f"{answer.status} {code}".strip()
    if answer.status in {200, 429}:
        return ""
    if answer.status == 401:
        return f"token refused: {seen}; set IMODELS_TOKEN to a bearer token that is valid now"
    if answer.status == 403:
        return f"token refused: {seen}; IMODELS_TOKEN may not list the iModels of iTwin {itwin}"
    if answer.status == 404 and code == "iTwinNotFound":
        return f"unknown iTwin: the target knows no iTwin {itwin}, or IMODELS_TOKEN may not see it"
    other = other_version(answer)
    what = (
        f"version {other} of this API" if other else "not this API" if answer.status < 500 else "target down"
    )
    return f"{what}: {base_url} answered {seen} to the list of an iTwin's iModels"
