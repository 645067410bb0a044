"""Sweeping: deleting what runs left behind that were killed, or could not reach their target at the end."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from conformance.api import Api, Road
from conformance.contract import load
from conformance.runner.cleaning import Cleaning, Found, ask, named
from conformance.runner.ledger import Ledger
from conformance.runner.run import PREFIX, RUN
from conformance.story import CURRENT, Story
from conformance.target import MAIN, Target
from conformance.transport.journal import Busy, Journal, Made, journals_in
from conformance.transport.pace import Pace
from conformance.transport.wire import Wire

ROOTS = ("reports", "imodels-reports")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Left:
    """What is left of one journal, and where it is."""

    cleaning: Cleaning
    found: list[Made]

    @property
    def unknown(self) -> list[Made]:
        """What may have been made under a name that is no proof: somebody else's may be called so."""
        journal = self.cleaning.journal
        return [made for made in journal.unsettled() if made.name and not made.name.startswith(journal.run)]


def journals(folders: tuple[Path, ...], target: Target, say: Say) -> Iterator[Journal]:
    """Open the journals of runs on this target that have ended, in these folders or the usual ones."""
    given = folders or tuple(
        run for root in ROOTS for run in sorted(Path(root).glob("*")) if not run.is_symlink()
    )
    for folder in folders:
        if not journals_in(folder):
            say(f"{folder} holds no journal")
    for path in (path for folder in given for path in journals_in(folder)):
        try:
            journal = Journal(path)
        except Busy as busy:
            say(f"left alone: {busy}")
            continue
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            say(f"left alone: {path} is no journal of a run")
            continue
        if journal.target == target.base_url:
            yield journal
        else:
            if folders:
                say(f"left alone: {path} is about {journal.target or 'no target'}")
            journal.close()


@contextmanager
def sweeping(target: Target, journal: Journal, pace: Pace | None = None) -> Iterator[Api]:
    """The target as the main identity, which may write to what the journal holds and to nothing else."""
    wire = Wire.to(target, journal, pace)
    token = CURRENT.set(Story("sweep", Ledger(), random.Random()))
    try:
        yield Api(Road(load(), wire), MAIN).unjudged
    finally:
        CURRENT.reset(token)
        wire.close()


def look(api: Api, journal: Journal) -> Left:
    """What is left of a journal: what it names and is there, and what bears the name of its run."""
    cleaning = Cleaning(api, journal, api.road.wire.target.itwins)
    for made in journal.alive():
        if ask(api, "get-imodel-details", {"id": made.id}).status == 404:
            journal.gone(made.id)
    if journal.run:
        cleaning.adopt()
        end = time.monotonic() + api.road.wire.target.lag
        # The last request of a run that was killed may still be on its way.
        while journal.unsettled() and not _told(journal) and time.monotonic() < end:
            time.sleep(api.road.wire.target.poll)
            cleaning.adopt()
    return Left(cleaning, journal.alive())


def _told(journal: Journal) -> bool:
    """Whether everything that was intended bears a name that was found."""
    names = {made.name for made in journal.intended() if made.id}
    return all(made.name in names for made in journal.unsettled())


def orphans(api: Api, age: timedelta, running: frozenset[str]) -> Iterator[Found]:
    """What runs made that began at least so long ago, by their names alone; none of runs under way here."""
    for itwin in api.road.wire.target.itwins:
        for found in named(api, itwin, PREFIX):
            run = RUN.match(found.name)
            if run and run.group() not in running and _since(run.group(1)) >= age:
                yield found


def _since(began: str) -> timedelta:
    return datetime.now(UTC) - datetime.strptime(began, "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
