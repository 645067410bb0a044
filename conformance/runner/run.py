"""One run: its options, and everything that lives from the first request to the verdict."""

from __future__ import annotations

import hashlib
import random
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.api import Api, Listener, Road
from conformance.contract import Contract, load
from conformance.credentials import Tokens
from conformance.live import live_target
from conformance.make import Maker
from conformance.relations.history import History
from conformance.runner.awaited import Awaited
from conformance.runner.cleaning import Cleaning, clean_up
from conformance.runner.ledger import Ledger
from conformance.runner.options import MOCK, Options
from conformance.runner.plan import Plan, Selection, make_plan
from conformance.story import CURRENT, Story
from conformance.target import IDENTITIES, MAIN, Target
from conformance.targetfile import read
from conformance.transport.budget import Budget
from conformance.transport.journal import JOURNAL, Journal, set_aside
from conformance.transport.pace import NONE, Pace
from conformance.transport.provenance import Provenance
from conformance.transport.recording import RECORDING, Recording, part, recordings
from conformance.transport.redaction import Redaction
from conformance.transport.transcript import Transcript
from conformance.transport.wire import Wire
from conformance.waivers import read_waivers
from conformance.workflows.reading import read_workflows

if TYPE_CHECKING:
    from conformance.mock.server import MockServer

PREFIX = "ic-"
RUN = re.compile(r"ic-(\d{8}-\d{6})-[0-9a-f]{6}(?![0-9a-z])")
"""The id of a run, with which the names of all it makes begin, and when it began in it."""
STORIES = "scenarios/"
"""How the ids of hand-written tests begin: they say what they look at, so that their own words come first."""
MOCK_IDENTITIES = tuple("admin" if name == MAIN else name for name in IDENTITIES)


class Run:
    """Opens target, journal and recording; hands out Api and Maker; closes and cleans up."""

    def __init__(self, options: Options, target: Target | None = None) -> None:
        self.options = options
        self.started = datetime.now(UTC)
        self.id = new_id(self.started)
        self.contract: Contract = load(options.contract or None, options.overlays)
        self.workflows = read_workflows(options.workflows, self.contract)
        self.ledger = Ledger(read_waivers(options.waivers, [*load().operations, *self.contract.operations]))
        self.folder = folder_of(options.reports, self.id)
        self.mock: MockServer | None = None
        self.target: Target = target or self._target()
        if not options.resume:
            set_aside(self.folder / JOURNAL, self.id)
        self.journal = Journal(self.folder / JOURNAL, self.id, self.target.base_url)
        self.redaction = Redaction(self.target.network.secrets)
        self.target.tokens.listen(self.redaction.token)
        if options.resume:
            self.id = self.journal.run or self.id
        self.transcript = Transcript(self.id)
        given = (*self.target.itwins, *self.target.roles.values())
        self.recording = Recording(_recording(self.folder, options.resume), self.redaction, Provenance(given))
        pace = Pace(options.rate, NONE if self.target.embedded else options.tier, sharers=options.sharers)
        self.wire = Wire.to(self.target, self.journal, pace)
        minutes = options.max_time or 0.0
        self.wire.budget = Budget(options.max_requests or 0, options.max_imodels or 0, minutes * 60)
        self.awaited = Awaited()
        listeners: list[Listener] = [self.redaction.learn, self.recording.add, self.transcript.add]
        listeners.append(self.awaited.hear)
        told = History(self.id, self.target.lag)
        self.road = Road(self.contract, self.wire, listeners, history=told)
        self.plan: Plan = make_plan(self.contract, self.target, self.selection)
        self.left_behind: list[str] = []
        self.remarks: list[str] = []
        self.round = 0
        self._told: Counter[str] = Counter()

    @property
    def selection(self) -> Selection:
        """The part of the options that picks tests and rows."""
        chosen = self.options
        return Selection(
            chosen.profile,
            frozenset(chosen.requirements),
            frozenset(chosen.operations),
            frozenset(chosen.resources),
            chosen.cross_section,
            self.target.read_only,
            bool(chosen.workflows),
        )

    def api(self, identity: str = "main", scope: str = "") -> Api:
        """The API as an identity."""
        return Api(self.road, identity, scope)

    def maker(self, identity: str = "main", scope: str = "") -> Maker:
        """Set-up as an identity in the first iTwin.

        It knows the API, not only what somebody's document says of it: held against such a document, what it
        sends is not judged.
        """
        api = replace(self.api(identity, scope), judges=self.contract.own is None)
        return Maker(api, self.target.itwins[0], self.id)

    @contextmanager
    def story(self, test: str) -> Iterator[Story]:
        """Make `test` the running story, with randomness of its own drawn from the seed.

        A story told again draws other numbers: its names must not meet those it left behind the first time.
        """
        self._told[test] += 1
        times = self._told[test]
        seed = self.seed_of(test if times == 1 else f"{test} #{times}")
        told = Story(test, self.ledger, random.Random(seed), patient=test.startswith(STORIES))
        token = CURRENT.set(told)
        try:
            yield told
        finally:
            CURRENT.reset(token)

    def seed_of(self, test: str) -> int:
        """The seed of one test: order, sharding and resuming do not change it."""
        told = f"{self.options.seed} {test}" + (f" round {self.round}" if self.round else "")
        return int.from_bytes(hashlib.sha256(told.encode()).digest()[:8])

    def begin_round(self) -> None:
        """Draw other numbers from here on, and forget the ids of resources that are gone by now."""
        self.round += 1
        self.recording.forget()
        self.transcript.forget()
        self.road.history.clear()

    def finish(self) -> None:
        """Delete what the run made, close files and connections, stop the mock."""
        # What was made is deleted, however much that takes.
        self.wire.budget = Budget()
        try:
            self.left_behind = self.clean()
        finally:
            self.recording.close()
            self.journal.close()
            self.wire.close()
            if self.mock:
                self.mock.stop()

    def clean(self) -> list[str]:
        """Delete what the run has made so far; returns the names of what stays."""
        with self.story("clean-up"):
            make = Maker(self.api().unjudged, self.target.itwins[0], self.id)
            finish = partial(self.awaited.see_through, make)
            return clean_up(Cleaning(make.api, self.journal, self.target.itwins, finish))

    def _target(self) -> Target:
        if self.options.target != MOCK:
            asked = self.options
            return live_target(
                asked.target,
                asked.itwins,
                read(asked.file),
                dedicated=asked.dedicated,
                read_only=asked.read_only,
            )
        from conformance.mock import tokens
        from conformance.mock.server import MockServer
        from conformance.mock.settings import Settings

        chosen = self.options
        self.mock = MockServer(
            Settings(seed=chosen.seed),
            faults=chosen.faults,
            liberties=chosen.liberties,
            drop=chosen.drops,
            view=chosen.view,
        ).start()
        known = {MAIN if name == "admin" else name: tokens.token(name) for name in MOCK_IDENTITIES}
        itwins = (tokens.ITWIN, tokens.SECOND_ITWIN)
        roles = {MAIN if name == "admin" else name: role for name, role in tokens.ROLES.items()}
        return Target(
            self.mock.url,
            itwins,
            Tokens.fixed(known),
            embedded=True,
            dedicated=True,
            roles=roles,
            poll=0.02,
            deadline=10.0,
            lag=2.0,
        )


def new_id(started: datetime) -> str:
    """An id for a run that begins now."""
    return f"{PREFIX}{started:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def folder_of(chosen: str, run: str) -> Path:
    """The folder of a run's reports: the chosen one, or one of its own where reports usually lie."""
    if chosen:
        folder = Path(chosen)
    else:
        root = Path("reports") if Path("reports/README.md").is_file() else Path("imodels-reports")
        folder = root / run
        root.mkdir(parents=True, exist_ok=True)
        latest = root / "latest"
        if latest.is_symlink() or not latest.exists():
            latest.unlink(missing_ok=True)
            latest.symlink_to(run)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _recording(folder: Path, resume: bool) -> Path:
    """Where the exchanges go; those of the part before stay beside."""
    path = folder / RECORDING
    if resume and path.exists():
        path.rename(part(folder, len(recordings(folder))))
    return path
