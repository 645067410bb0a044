"""Set-up through the API: what a test needs before it can judge; what fails here is never a finding."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from conformance.api import Api, succeed
from conformance.exchange import PLAINEST, Exchange
from conformance.offer import TURNED_AWAY, free_to_refuse
from conformance.paging import onward
from conformance.story import CURRENT, NotOffered, SetupFailed

T = TypeVar("T")
Entity = dict[str, Any]
NAME_LIMIT = 255
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Maker:
    """Makes iModels and what belongs to them as one identity, under names that carry the run id."""

    api: Api
    itwin: str
    run: str

    def as_(self, identity: str) -> Maker:
        """The same set-up as somebody else."""
        return Maker(self.api.as_(identity), self.itwin, self.run)

    def name(self, words: str = "") -> str:
        """A name nobody else uses: run id, test's own number, words; at most 255 characters."""
        unique = f"{CURRENT.get().random.getrandbits(32):08x}"
        return f"{self.run} {unique} {words}".strip()[:NAME_LIMIT]

    def imodel(self, **body: Any) -> Entity:
        """Make an iModel, initialized at once unless the body asks for another mode."""
        sent = {"iTwinId": self.itwin, "name": self.name()} | body
        made: Entity = succeed(self.api("create-imodel", body=sent, expected=None if body else PLAINEST))
        return made

    def briefcase(self, imodel: str, device: str = "bench") -> Entity:
        """Acquire a briefcase."""
        asked = self.api("acquire-imodel-briefcase", id=imodel, body={"deviceName": device})
        return _told(asked, lambda: {"id": placed(asked), "briefcaseId": int(placed(asked))})

    def changeset_id(self) -> str:
        """A fresh changeset id: 40 hex digits."""
        return f"{CURRENT.get().random.getrandbits(160):040x}"

    def content(self, size: int = 64) -> bytes:
        """Bytes for a file."""
        return CURRENT.get().random.randbytes(size)

    def push_body(self, briefcase: int, parent: str | None, data: bytes, **body: Any) -> Entity:
        """The body of a create-changeset request that fits the file `data`."""
        sent: Entity = {"id": self.changeset_id(), "briefcaseId": briefcase, "fileSize": len(data)}
        if parent:
            sent["parentId"] = parent
        return sent | body

    def push(
        self, imodel: str, briefcase: int, parent: str | None = None, *, data: bytes = b"", **body: Any
    ) -> Entity:
        """Push one changeset whole (metadata, bytes, completion) and return it as completed."""
        data = data or self.content()
        sent = self.push_body(briefcase, parent, data, **body)
        asked = self.api("create-imodel-changeset", id=imodel, body=sent)
        if asked.ok and not asked.answer.body:
            # A service that says nothing of it has nothing more to ask for: it is done.
            told: Entity = succeed(self.api("get-imodel-changeset-details", id=imodel, changeset=sent["id"]))
            return told
        begun = succeed(asked)
        stored = self.api.upload(begun["_links"]["upload"], data)
        if not stored.ok:
            raise SetupFailed(f"the upload of a changeset answered {stored.status}")
        done = self.complete(imodel, sent["id"], briefcase)
        made: Entity = succeed(done)
        return made

    def complete(self, imodel: str, changeset: str, briefcase: int) -> Exchange:
        """Send the completion of a push and return the exchange."""
        body = {"state": "fileUploaded", "briefcaseId": briefcase}
        done = self.api("update-imodel-changeset", id=imodel, changeset=changeset, body=body)
        if done.ok:
            self.api.road.heads[imodel] = changeset
        return done

    def pushes(self, imodel: str, briefcase: int, number: int, parent: str | None = None) -> list[Entity]:
        """Push several changesets, each on top of the one before."""
        made: list[Entity] = []
        for place in range(number):
            made.append(self.push(imodel, briefcase, parent, description=f"step {place + 1}"))
            parent = made[-1]["id"]
        return made

    def named_version(self, imodel: str, changeset: str | None = None, **body: Any) -> Entity:
        """Make a named version on a changeset, or on the baseline."""
        sent: Entity = {"name": self.name()} | ({"changesetId": changeset} if changeset else {}) | body
        asked = self.api("create-imodel-named-version", id=imodel, body=sent)
        read = "get-imodel-named-version-details"
        return _told(asked, lambda: succeed(self.api(read, id=imodel, namedVersionId=placed(asked))))

    def baseline_version(self, imodel: str, instead: str) -> Entity:
        """Make a named version on the baseline, or on a changeset where the service wants one named."""
        asked = self.api("create-imodel-named-version", id=imodel, body={"name": self.name()})
        made: Entity = asked.entity if asked.ok else self.named_version(imodel, instead)
        return made

    def group(self, imodel: str, **body: Any) -> Entity:
        """Open a changeset group."""
        sent: Entity = {"description": "together"} | body
        made: Entity = succeed(self.api("create-imodel-changeset-group", id=imodel, body=sent))
        return made

    def close(self, imodel: str, group: str) -> Exchange:
        """Ask for the end of a changeset group and return the exchange."""
        body = {"state": "completed"}
        return self.api("update-imodel-changeset-group", id=imodel, changesetGroupId=group, body=body)

    def data(self, **members: Any) -> str:
        """Extended data as it is sent: a JSON object in base64."""
        return base64.b64encode(json.dumps({"kind": "note"} | members).encode()).decode()

    def attach(self, imodel: str, changeset: object, data: str = "") -> Exchange:
        """Attach extended data to a changeset, given by id or index, and return the exchange."""
        body = {"data": data or self.data(number=CURRENT.get().random.getrandbits(32))}
        return self.api("create-imodel-changeset-extended-data", id=imodel, changeset=changeset, body=body)

    def share(self, imodel: str, permission: str = "imodels_webview", **body: Any) -> Entity:
        """Make a share, which a service may not offer."""
        sent: Entity = {"name": self.name(), "expiresAt": expiry(), "permission": permission} | body
        made: Entity = succeed(offered(self.api("create-imodel-share", id=imodel, body=sent)))
        return made

    def copy(self, source: str, operation: str = "clone-imodel", **body: Any) -> str:
        """Ask for a clone or fork, wait until it is made, and return its id."""
        sent: Entity = {"iTwinId": self.itwin, "name": self.name()} | body
        asked = self.api(operation, id=source, body=sent, expected=None if body else PLAINEST)
        return self.wait(self.copied(asked))

    def copied(self, asked: Exchange) -> str:
        """The id of the new iModel from the 202 of a clone or fork."""
        if offered(asked).status != 202:
            raise SetupFailed(f"{asked.name} answered {asked.status} without naming a copy")
        return placed(asked)

    def wait(self, imodel: str) -> str:
        """Wait until an iModel is made and initialized; return its id. SetupFailed when it ends otherwise."""
        ended = self.outcome(imodel)
        if ended != MADE:
            raise SetupFailed(f"the create operation ended as {ended[0]}, the iModel as {ended[1]}")
        return imodel

    def outcome(self, imodel: str) -> tuple[str, str]:
        """How the making of an iModel ended: the state of its create operation, and then its own.

        Nobody documents how long it may take: while the operation runs nothing can be said, and SetupFailed
        ends the waiting. One that calls itself successful leaves its iModel the same time to follow.
        """
        ended = self.until(lambda: str(self.operation(imodel)["state"]), lambda seen: seen not in RUNNING)
        longest = self.api.road.wire.target.deadline if ended == "successful" else 0
        state = self._looked(
            lambda: str(succeed(self.api("get-imodel-details", id=imodel))["state"]),
            lambda seen: seen == "initialized",
            longest,
        )
        return ended, state

    def operation(self, imodel: str) -> Entity:
        """The create-operation of an iModel."""
        found: Entity = succeed(self.api("get-create-imodel-operation-details", id=imodel))
        return found

    def soon(self, look: Callable[[], T], good: Callable[[T], bool]) -> T:
        """Look until it is good, at most as long as a list may lag behind; returns what was seen last."""
        return self._looked(look, good, self.api.road.wire.target.lag, LISTS)

    def until(self, look: Callable[[], T], good: Callable[[T], bool]) -> T:
        """Look at the target's poll pace until it is good; SetupFailed after the deadline."""
        deadline = self.api.road.wire.target.deadline
        if not good(seen := self._looked(look, good, deadline, WORK)):
            raise SetupFailed(f"still {seen!r} after {deadline:.0f} s")
        return seen

    def _looked(self, look: Callable[[], T], good: Callable[[T], bool], longest: float, what: str = "") -> T:
        begin, late = time.monotonic(), 0.0
        while not (done := good(seen := look())) and time.monotonic() < begin + longest:
            time.sleep(self.api.road.wire.target.poll)
            late = time.monotonic() - begin
        if done and what:
            CURRENT.get().ledger.waited(what, late)
        return seen

    def walk(
        self,
        operation: str,
        collection: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **path: Any,
    ) -> list[Any]:
        """Follow a list from its first page to the last and return all items."""
        first = offered(self.api(operation, query=query, headers=headers, **path))
        succeed_list(first, collection)
        pages = onward(first, collection, lambda href: self.api.follow(href, headers=headers))
        return [item for page in pages for item in succeed_list(page, collection)]

    def listed(self, itwin: str, **query: Any) -> set[str]:
        """The ids of the iModels an iTwin lists."""
        full = {"iTwinId": itwin, "$top": 1000} | query
        return {item["id"] for item in self.walk("get-itwin-imodels", "iModels", query=full)}

    def history(self, imodel: str, at_least: int = 0) -> list[Entity]:
        """All changesets of an iModel in the order of their index, whole, once the list shows `at_least`."""

        def look() -> list[Entity]:
            return self.walk("get-imodel-changesets", "changesets", id=imodel, headers=REPRESENTATION)

        # Put in order here: whether a service sorts as it is asked to is a question of its own.
        listed = self.soon(look, lambda seen: len(seen) >= at_least)
        return sorted(listed, key=lambda changeset: int(changeset["index"]))

    def head(self, imodel: str) -> str | None:
        """The id of the latest changeset of an iModel that this run alone pushes to, if it has any."""
        return self.api.road.heads.get(imodel)

    def delete(self, imodel: str) -> Exchange:
        """Delete an iModel of this run."""
        return self.api("delete-imodel", id=imodel, expected=PLAINEST)


def expiry(ahead: timedelta = MONTH) -> str:
    """A moment to expire at, so far ahead of now."""
    return (datetime.now(UTC) + ahead).isoformat(timespec="milliseconds").replace("+00:00", "Z")


LISTS, WORK = "lists", "work"
"""What is waited for: that what was written can be seen, and that work comes to an end."""
REPRESENTATION = {"prefer": "return=representation"}
RUNNING = {"scheduled", "waitingForFile"}
MADE = ("successful", "initialized")
"""What `outcome` says of an iModel whose making went well."""


def _told(asked: Exchange, read: Callable[[], Entity]) -> Entity:
    """What the answer says was made, or what is read of it where the answer has no body."""
    made: Entity = read() if asked.ok and not asked.answer.body else succeed(asked)
    return made


def offered(asked: Exchange) -> Exchange:
    """The same exchange; raise NotOffered where the service turns away what it need not offer."""
    if asked.operation and free_to_refuse(asked.operation) and asked.status in TURNED_AWAY:
        raise NotOffered(f"{asked.name} is refused with {asked.status}: not offered", asked.name)
    return asked


def placed(asked: Exchange) -> str:
    """The id of what was made, from the header Location; set-up reads it where the answer has no body."""
    location = asked.answer.headers.get("location", "")
    if not location:
        raise SetupFailed(f"{asked.name} answered {asked.status} without naming what it made")
    return location.rstrip("/").rsplit("/", 1)[-1]


def succeed_list(exchange: Exchange, collection: str) -> list[Any]:
    """The items of a list answer; SetupFailed when it is none."""
    if (
        not exchange.ok
        or not isinstance(exchange.json, dict)
        or not isinstance(exchange.json.get(collection), list)
    ):
        raise SetupFailed(f"{exchange.name} answered {exchange.status} without {collection}")
    items: list[Any] = exchange.json[collection]
    return items
