"""What a mock remembers: plain records, whose status follows from the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

WEBVIEW, READ, WRITE = "imodels_webview", "imodels_read", "imodels_write"
MANAGE, DELETE = "imodels_manage", "imodels_delete"
LADDER = (WEBVIEW, READ, WRITE, MANAGE, DELETE)
EVERYTHING = frozenset(LADDER)


@dataclass(frozen=True)
class Application:
    """The program behind a token."""

    id: str
    name: str


@dataclass(frozen=True)
class User:
    """Someone who can call the service."""

    id: str
    email: str
    given_name: str
    surname: str
    application: Application


@dataclass
class ITwin:
    """A project: who may do what in it, who has which role, who owns or administers it, and its iModels."""

    id: str
    data_center: str = "East US"
    grants: dict[str, frozenset[str]] = field(default_factory=dict)
    roles: dict[str, frozenset[str]] = field(default_factory=dict)
    administrators: frozenset[str] = frozenset()
    imodels: dict[str, IModel] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    display_name: str = ""
    number: str = ""

    def __getstate__(self) -> dict[str, Any]:
        # What its iModels say themselves is not kept twice: `Store.relink` finds it again.
        return {**vars(self), "imodels": {}, "names": {}}


@dataclass
class Changeset:
    """One link of a timeline; pending until it is pushed."""

    id: str
    parent_id: str
    briefcase_id: int
    file_size: int
    creator_id: str
    created: datetime
    index: int = 0
    description: str | None = None
    pushed: datetime | None = None
    containing_changes: int = 0
    group_id: str | None = None
    application: Application | None = None
    synchronization_info: dict[str, Any] | None = None
    extended_data: str | None = None


@dataclass
class ChangesetGroup:
    """Changesets that belong together; `closed` is how it was ended, `expires` when it ends by itself."""

    id: str
    creator_id: str
    created: datetime
    description: str | None = None
    closed: str | None = None
    expires: datetime | None = None

    def state(self, now: datetime) -> str:
        """Open, or how it came to be closed."""
        if self.closed is not None:
            return self.closed
        return "timedOut" if self.expires is not None and now >= self.expires else "inProgress"


@dataclass
class NamedVersion:
    """A name for one point of a timeline."""

    id: str
    name: str
    creator_id: str
    created: datetime
    changeset_id: str | None = None
    changeset_index: int = 0
    description: str | None = None
    state: str = "visible"
    application: Application | None = None


@dataclass
class Checkpoint:
    """A stored file of one point of a timeline."""

    changeset_id: str | None
    changeset_index: int
    ready: datetime | None
    failed: bool = False


@dataclass
class Briefcase:
    """A local copy someone holds."""

    number: int
    owner_id: str
    created: datetime
    device_name: str | None = None
    application: Application | None = None

    @property
    def id(self) -> str:
        """The number as text."""
        return str(self.number)


@dataclass
class Held:
    """A lock on one object: shared by many or exclusive to one."""

    level: str
    briefcases: set[int]


@dataclass
class Share:
    """A key that opens an iModel to anonymous readers, until it expires or is revoked."""

    id: str
    name: str
    imodel_id: str
    creator_id: str
    created: datetime
    expires: datetime
    permission: str
    key: str
    revoked: bool = False


@dataclass
class Visit:
    """When a user first and last came to an iModel."""

    user: User
    created: datetime
    last: datetime

    @property
    def id(self) -> str:
        """The id of the user."""
        return self.user.id


@dataclass(frozen=True)
class Mark:
    """An iModel in a list of a user's own, and since when it is there."""

    imodel: IModel
    created: datetime

    @property
    def id(self) -> str:
        """The id of the iModel."""
        return self.imodel.id


Marks = dict[str, Mark]
"""The iModels of one such list, by id, the one added last at the end."""


@dataclass(frozen=True)
class Source:
    """The point of another iModel that a copy was made from; no changeset means its baseline."""

    imodel_id: str
    changeset_id: str
    relationship_id: str | None = None


@dataclass
class IModel:
    """An iModel and everything under it; `ready` is None as long as its file is awaited.

    `failed` says that the work of making it ends without success.
    """

    id: str
    itwin_id: str
    name: str
    creator_id: str
    created: datetime
    ready: datetime | None
    failed: bool = False
    data_center: str = "East US"
    description: str | None = None
    extent: dict[str, Any] | None = None
    containers_enabled: int = 0
    origin: str = "empty"
    baseline_size: int = 0
    cloned_from: Source | None = None
    forked_from: Source | None = None
    role_permissions: dict[str, frozenset[str]] = field(default_factory=dict)
    user_permissions: dict[str, frozenset[str]] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    last_push: datetime | None = None
    arriving: list[Changeset] = field(default_factory=list)
    timeline: list[Changeset] = field(default_factory=list)
    changesets: dict[str, Changeset] = field(default_factory=dict)
    pending: Changeset | None = None
    groups: dict[str, ChangesetGroup] = field(default_factory=dict)
    versions: dict[str, NamedVersion] = field(default_factory=dict)
    checkpoints: dict[int, Checkpoint] = field(default_factory=dict)
    briefcases: dict[int, Briefcase] = field(default_factory=dict)
    last_briefcase: int = 1
    acquired: dict[str, list[datetime]] = field(default_factory=dict)
    locks: dict[str, Held] = field(default_factory=dict)
    released: dict[str, int] = field(default_factory=dict)
    released_shared: dict[str, int] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)

    @property
    def secured(self) -> bool:
        """Whether it has permissions of its own."""
        return bool(self.role_permissions or self.user_permissions)

    def initialized(self, now: datetime) -> bool:
        """Whether the work of making it is done, and well."""
        return self.over(now) and not self.failed

    def over(self, now: datetime) -> bool:
        """Whether the work of making it is done, well or not."""
        return self.ready is not None and now >= self.ready

    def settle(self, now: datetime) -> None:
        """Let copied changesets arrive once the iModel is initialized."""
        if self.arriving and self.initialized(now):
            arrived, self.arriving = self.arriving, []
            for changeset in arrived:
                self.append(changeset)

    def append(self, changeset: Changeset) -> None:
        """Put a pushed changeset at the end of the timeline."""
        changeset.index = len(self.timeline) + 1
        self.timeline.append(changeset)
        self.changesets[changeset.id.lower()] = changeset
        self.last_push = changeset.pushed

    def close_groups(self, now: datetime) -> None:
        """Close the groups that are still open, because the iModel is about to be cloned."""
        for group in self.groups.values():
            group.closed = group.closed or ("forciblyClosed" if group.state(now) == "inProgress" else None)

    def find_changeset(self, text: str) -> Changeset | None:
        """A pushed changeset by id or by index."""
        if text.isascii() and text.isdigit() and len(text) < 40:
            index = int(text)
            return self.timeline[index - 1] if 0 < index <= len(self.timeline) else None
        return self.changesets.get(text.lower())

    def visited(self, user: User, now: datetime) -> None:
        """Remember that a user was here."""
        self.visits.setdefault(user.id, Visit(user, now, now)).last = now
