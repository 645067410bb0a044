"""The recorded exchanges of a finding, repeated through the road that every request takes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from conformance.api import Api
from conformance.exchange import Broken, Exchange, Expected, Finding, Request
from conformance.make import Maker
from conformance.replay.renaming import Renaming
from conformance.replay.slices import Recorded, Untold, link_source, slice_of
from conformance.runner.run import RUN, Run
from conformance.story import SetupFailed
from conformance.transport.guard import Refused
from conformance.transport.wire import Unreachable

MAKE_LATER = {"clone-imodel", "fork-imodel"}


class Repetition:
    """Repeats the slice of one exchange; what it makes is in the run's journal, and deleted with the run."""

    def __init__(self, run: Run, verdict: Mapping[str, Any], recorded: Mapping[int, Recorded]) -> None:
        self.run = run
        self.recorded = recorded
        self.old = _run_of(recorded) or str(verdict["run"]["id"])
        base = _base(recorded, urlsplit(run.target.base_url).path)
        itwins = dict(zip(verdict["target"]["itwins"], run.target.itwins, strict=False))
        self.renaming = Renaming({base: run.target.base_url, self.old: run.id} | itwins, run.journal)
        self.answers: dict[int, Exchange] = {}

    def repeat(self, decisive: int, requirement: str) -> Finding | None:
        """Repeat what leads to an exchange and then it; returns what its check finds, None when it holds.

        Raises Untold where the exchanges cannot be repeated, or no check of the row judges the last one.
        """
        try:
            *before, last = slice_of(decisive, self.recorded, self.old)
            for each in before:
                self._prepare(each)
            return self._decide(last, requirement)
        except (Refused, Unreachable, SetupFailed) as error:
            raise Untold(str(error)) from error

    def _prepare(self, each: Recorded) -> None:
        now = self._send(each, judges=False)
        was, found = each["answer"]["status"], now.status
        if (was < 300) != (found < 300):
            raise Untold(
                f"#{each['number']} {each['operation']} is answered with {found}, and was with {was}"
            )
        if each["operation"] in MAKE_LATER and now.ok:
            make = Maker(replace(self.run.api(), judges=False), self.run.target.itwins[0], self.run.id)
            make.wait(make.copied(now))

    def _decide(self, each: Recorded, requirement: str) -> Finding | None:
        ledger = self.run.ledger
        # What makes it raise is in the ledger.
        with suppress(Broken):
            self._send(each, judges=True)
        entry = ledger.entry(requirement)
        if entry.findings:
            return entry.findings[-1]
        if not entry.held[each["operation"]]:
            raise Untold(f"the answer, {self.answers[each['number']].status}, is not what the row is about")
        return None

    def _send(self, each: Recorded, *, judges: bool) -> Exchange:
        """Send a recorded request with fresh ids, and keep what its answer names."""
        self.renaming.prepare(each)
        api = replace(self.run.api(each["identity"]), judges=judges)
        operation = None if each["operation"] == "storage" else api.described(each["operation"])
        expected = Expected(**_known(each["expected"])) if each["expected"] else None
        request = self._request(api, each)
        try:
            now = api.send(request, operation, self.renaming.path(each), expected)
        except Broken as broken:
            now = broken.findings[0].exchanges[-1]
            self.answers[each["number"]] = now
            raise
        self.answers[each["number"]] = now
        self.renaming.learn(each, now)
        return now

    def _request(self, api: Api, each: Recorded) -> Request:
        if each["credentials"] == "other":
            raise Untold(f"the credentials of #{each['number']} were not recorded")
        if each["operation"] == "storage":
            url = self._link(each)
        elif each["whole"]:
            url = self.renaming.url(each)
        else:
            raise Untold(f"#{each['number']} {each['operation']} was not recorded whole")
        headers = {
            n: self.renaming.text(v) for n, v in each["request"]["headers"].items() if n != "authorization"
        }
        if each["credentials"] == "own":
            if api.identity not in self.run.target.tokens:
                raise Untold(f"there is no {api.identity} to send #{each['number']}")
            headers["authorization"] = f"Bearer {self.run.target.tokens[api.identity]}"
        return Request(each["request"]["method"], url, headers, self.renaming.body(each))

    def _link(self, each: Recorded) -> str:
        """The storage link that stands now where the recorded one stood."""
        number, pointer = link_source(each, self.recorded) or (0, "")
        here: Any = self.answers[number].json if number in self.answers else None
        for name in pointer.split("/")[1:]:
            here = (
                here[int(name)]
                if isinstance(here, list)
                else here.get(name)
                if isinstance(here, dict)
                else None
            )
        if not isinstance(here, str):
            raise Untold(f"no answer gives the link of #{each['number']}")
        return here


def _known(expected: Mapping[str, Any]) -> dict[str, Any]:
    return {**expected, "statuses": tuple(expected["statuses"])}


def _run_of(recorded: Mapping[int, Recorded]) -> str:
    """The id of the run that sent this: one shard of several has an id of its own."""
    found = (RUN.search(each["request"]["body"]) for each in recorded.values())
    return next((match[0] for match in found if match), "")


def _base(recorded: Mapping[int, Recorded], path: str) -> str:
    """The base URL of the recorded run; the port of a mock is another each time."""
    for each in recorded.values():
        if each["operation"] != "storage":
            parts = urlsplit(each["request"]["url"])
            return f"{parts.scheme}://{parts.netloc}{path}"
    raise Untold("nothing was recorded")
