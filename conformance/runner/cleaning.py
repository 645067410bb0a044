"""Cleaning: delete what a run made, find what it was never told of, and look whether it is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from conformance.api import Api
from conformance.exchange import Answer, Unlisted
from conformance.runner.preflight import unlisted
from conformance.transport.journal import Journal, Made

TRIES = 3
LONGEST = 50
"""Pages of a list that are read when it takes no search."""
LIST, READ, DELETE = "get-itwin-imodels", "get-imodel-details", "delete-imodel"


@dataclass(frozen=True)
class Found:
    """An iModel that a list shows."""

    id: str
    name: str
    itwin: str


@dataclass(frozen=True)
class Cleaning:
    """What belongs to the clean-up of one journal; nothing that is sent for it is judged.

    `finish` is asked to bring an iModel to an end that is not deleted before, and says whether it did.
    """

    api: Api
    journal: Journal
    itwins: tuple[str, ...]
    finish: Callable[[str], bool] = lambda _: False

    def find(self, prefix: str) -> Iterator[Found]:
        """The iModels of the iTwins whose names begin with a prefix."""
        # Where every request was refused nothing was made, and what was named may be no iTwin.
        taken = [made for made in self.journal.intended() if made.state != "refused"]
        known = {made.itwin.lower(): made.itwin for made in taken}
        failed: Unlisted | None = None
        for itwin in filter(None, dict.fromkeys((*self.itwins, *known))):
            try:
                yield from named(self.api, itwin, prefix)
            except Unlisted as error:
                failed = error
        if failed:
            raise failed

    def adopt(self) -> None:
        """Write down what the run made without ever being told: its names begin with the run's id."""
        for found in self.find(self.journal.run):
            self.journal.adopt(found.name, found.itwin, found.id)

    def delete(self) -> list[Made]:
        """Delete what is there, the newest first; returns what is left."""
        for attempt in range(TRIES):
            if attempt and self.journal.alive():
                time.sleep(self.api.road.wire.target.poll)
            for made in self.journal.alive():
                _quietly(self._delete, made.id)
        return self.journal.alive()

    def _delete(self, imodel: str) -> None:
        answer = ask(self.api, DELETE, {"id": imodel})
        if answer.status == 409 and self.finish(imodel):
            answer = ask(self.api, DELETE, {"id": imodel})
        if answer.status in {204, 404}:
            self.journal.gone(imodel)


def clean_up(cleaning: Cleaning) -> list[str]:
    """Delete every iModel of the run, look whether any is left, and return the names of those that stay."""
    if not cleaning.journal.intended():
        return []
    cleaning.delete()
    unknown: list[Made] = []
    try:
        cleaning.adopt()
    except Exception:
        unknown = cleaning.journal.unsettled()
    left = [f"{made.name} ({made.id})" for made in cleaning.delete()]
    return left + [f"{made.name} (nobody could look whether it was made)" for made in unknown]


def named(api: Api, itwin: str, prefix: str) -> Iterator[Found]:
    """The iModels of an iTwin whose names begin with a prefix; raises Unlisted."""
    query: dict[str, Any] = {"iTwinId": itwin, "$top": 1000}
    page = ask(api, LIST, {}, query | {"$search": prefix})
    if page.status == 422:
        page = ask(api, LIST, {}, query)
    for _ in range(LONGEST):
        body = page.json if page.status == 200 and isinstance(page.json, dict) else None
        if body is None:
            told = unlisted(page, itwin, api.road.wire.target.base_url)
            raise Unlisted(told or f"the list of the iModels of iTwin {itwin} is none")
        for item in body.get("iModels", ()):
            name = str(item.get("displayName", item.get("name", "")))
            if name.startswith(prefix):
                yield Found(str(item["id"]).lower(), name, itwin)
        following = (body.get("_links") or {}).get("next")
        if not following:
            return
        page = api.unjudged.follow(following["href"]).answer


def ask(api: Api, operation: str, path: dict[str, str], query: dict[str, Any] | None = None) -> Answer:
    """Send one request of an operation, unjudged; limits and ended tokens are dealt with as in a test."""
    return api.unjudged.send(api.request(operation, path, query), api.described(operation), path).answer


def _quietly(action: Callable[..., object], *arguments: Any) -> None:
    # Clean-up goes on whatever the target does; what stays behind is reported by name.
    with suppress(Exception):
        action(*arguments)
