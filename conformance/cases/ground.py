"""The ground generated tests stand on: iModels and what is in them, made when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.api import succeed
from conformance.configure import Gallery
from conformance.fixtures import Timeline
from conformance.make import Entity, Maker
from conformance.runner.run import Run
from conformance.shared import Shared
from conformance.story import SetupFailed
from conformance.target import DEDICATED


@dataclass
class Pushing:
    """A push that is begun and uploaded, but not completed."""

    id: str
    briefcase: int


@dataclass
class Sandbox:
    """An iModel for writes; `head` is its latest changeset, `loose` a briefcase nothing hangs on.

    `secured` says that it has permissions of its own, and is meant to.
    """

    id: str
    briefcase: int
    head: str | None = None
    version: Entity | None = None
    pushing: Pushing | None = None
    loose: int | None = None
    share: str | None = None
    shares: int = 0
    secured: bool = False
    crowded: bool = False
    group: str | None = None
    grouped: bool = False
    unlocked: bool = False
    bare: str | None = None
    annotated: list[str] = field(default_factory=list)


class Ground:
    """Hands out what a valid request needs; everything is reused until a request has used it up."""

    def __init__(
        self,
        run: Run,
        timeline: Timeline,
        unfinished: Shared,
        workshops: Shared,
        galleries: Mapping[str, Gallery],
    ) -> None:
        self.run = run
        self.make: Maker = run.maker()
        self.timeline = timeline
        self.spares: list[str] = []
        self.accepted: list[int] = []
        self._sandbox: Sandbox | None = None
        self._unfinished = unfinished
        self._workshops = workshops
        self._galleries = galleries
        self._uploaded = ""
        self._objects = 0
        self._marks: dict[str, list[str]] = {}

    @property
    def embedded(self) -> bool:
        """Whether the target is the mock that runs inside the suite."""
        return self.run.target.embedded

    @property
    def generous(self) -> bool:
        """Whether requests and iModels need no counting: on the mock, but for the smallest profile."""
        return self.embedded and self.run.options.profile != "smoke"

    @property
    def sandbox(self) -> Sandbox:
        """The iModel that writes go to."""
        if self._sandbox is None:
            self.enter(str(self.make.imodel()["id"]))
        assert self._sandbox is not None
        return self._sandbox

    def enter(self, imodel: str, *, secured: bool = False) -> None:
        """Send writes to this iModel from now on."""
        self._sandbox = Sandbox(imodel, int(self.make.briefcase(imodel)["briefcaseId"]), secured=secured)

    def soil(self) -> None:
        """Give the sandbox up: a request left it in a state nobody can tell."""
        self._sandbox = None
        self.unmark()

    def awaiting(self) -> str:
        """An iModel whose baseline file is uploaded and not completed."""
        made = self._unfinished()
        if self._uploaded != made["id"]:
            if not self.make.api.upload(made["_links"]["upload"], self.run.target.baseline).ok:
                raise SetupFailed("the upload of a baseline file was refused")
            self._uploaded = str(made["id"])
        return self._uploaded

    def completed(self) -> None:
        """The awaiting iModel is completed: the next one is a new one."""
        self._unfinished.used_up()

    def spare(self) -> str:
        """An iModel that may be deleted."""
        if not self.spares:
            self.spares.append(str(self.make.imodel()["id"]))
        return self.spares[-1]

    def begun(self) -> Pushing:
        """A push in the sandbox that only needs to be completed."""
        box = self.sandbox
        if box.pushing is None:
            data = self.make.content()
            sent = self.make.push_body(box.briefcase, box.head, data)
            link = succeed(self.make.api("create-imodel-changeset", id=box.id, body=sent))["_links"]["upload"]
            box.pushing = Pushing(sent["id"], box.briefcase)
            if not self.make.api.upload(link, data).ok:
                raise SetupFailed("the upload of a changeset was refused")
        return box.pushing

    def pushed(self, changeset: str) -> None:
        """Note that a push of the sandbox is completed."""
        self.sandbox.head, self.sandbox.pushing = changeset, None

    def settle(self) -> None:
        """Complete a push that is still open, so that the chain can go on."""
        pushing = self._sandbox.pushing if self._sandbox else None
        if pushing:
            succeed(self.make.complete(self.sandbox.id, pushing.id, pushing.briefcase))
            self.pushed(pushing.id)

    def unmarked(self) -> str:
        """A changeset of the sandbox without a named version."""
        self.settle()
        box = self.sandbox
        box.head = str(self.make.push(box.id, box.briefcase, box.head)["id"])
        return box.head

    def group(self) -> str:
        """A changeset group of the sandbox that is in progress."""
        if self.sandbox.group is None:
            self.sandbox.group = str(self.make.group(self.sandbox.id)["id"])
        return self.sandbox.group

    def closed(self) -> None:
        """The group is completed: the next one is a new one."""
        self.sandbox.group = None

    def bare(self) -> str:
        """A changeset of the sandbox without extended data."""
        if self.sandbox.bare is None:
            self.sandbox.bare = self.unmarked()
        return self.sandbox.bare

    def annotated(self, number: int = 1) -> str:
        """A changeset of the sandbox with extended data; there are at least so many of them then."""
        box = self.sandbox
        while len(box.annotated) < number:
            bare = self.bare()
            succeed(self.make.attach(box.id, bare))
            self.attached(bare)
        return box.annotated[0]

    def attached(self, changeset: str) -> None:
        """Note that a changeset of the sandbox has extended data."""
        self.sandbox.annotated.append(changeset)
        self.sandbox.bare = None

    def version(self) -> Entity:
        """A named version of the sandbox."""
        if self.sandbox.version is None:
            self.sandbox.version = self.make.named_version(self.sandbox.id, self.unmarked())
        return self.sandbox.version

    def loose(self) -> int:
        """A briefcase of the sandbox that may be released."""
        if self.sandbox.loose is None:
            self.sandbox.loose = int(self.make.briefcase(self.sandbox.id)["briefcaseId"])
        return self.sandbox.loose

    def released(self) -> None:
        """The loose briefcase is released: the next one is a new one."""
        self.sandbox.loose = None

    def favorites(self) -> list[str]:
        """iModels of this run that are favorites of the main identity."""
        return self._marked("add-imodel-to-my-favorites")

    def recents(self) -> list[str]:
        """iModels of this run that the main identity has used lately."""
        # Where the identity is somebody's, the list stays as it is.
        noted = DEDICATED in self.run.target.abilities
        return self._marked("add-imodel-to-my-recents") if noted else []

    def _marked(self, operation: str) -> list[str]:
        if operation not in self._marks:
            marked = [self.sandbox.id, self.timeline.id, str(self._workshops()["id"])]
            for id_ in marked:
                if not self.make.api(operation, id=id_).ok:
                    raise SetupFailed(f"{operation} was refused")
            self._marks[operation] = marked
        return self._marks[operation]

    def unmark(self) -> None:
        """Note that an iModel is gone from a list of the main identity: it is filled again when asked for."""
        self._marks.clear()

    def share(self) -> str:
        """A share of the sandbox."""
        if self.sandbox.share is None:
            self.sandbox.share = str(self.make.share(self.sandbox.id)["id"])
        return self.sandbox.share

    def revoked(self) -> None:
        """The share is revoked: the next one is a new one."""
        self.sandbox.share = None

    def configurable(self, by: str) -> str:
        """An iModel whose permissions are configured in one way."""
        return self._galleries[by].open()

    def objects(self, number: int) -> list[str]:
        """Object ids nobody has locked yet."""
        self._objects += number
        return [f"0x{place:x}" for place in range(self._objects - number + 16, self._objects + 16)]
