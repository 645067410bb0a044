"""The model: what a service should know of an iModel after all that a walk did to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

SHARED, EXCLUSIVE = "shared", "exclusive"
OPEN, CLOSED = "inProgress", "completed"
VISIBLE, HIDDEN = "visible", "hidden"


@dataclass(frozen=True)
class Pushed:
    """A changeset: who pushed it, and into which group."""

    id: str
    briefcase: int
    group: str | None


@dataclass
class Version:
    """A named version and the place of its changeset in the timeline."""

    name: str
    place: int
    state: str = VISIBLE


@dataclass
class Known:
    """One iModel: its briefcases with their owners, its timeline, versions, groups and locks."""

    id: str
    briefcases: dict[int, str] = field(default_factory=dict)
    timeline: list[Pushed] = field(default_factory=list)
    versions: dict[str, Version] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    locks: dict[str, dict[int, str]] = field(default_factory=dict)

    @property
    def head(self) -> str:
        """The id of the latest changeset, empty while there is none."""
        return self.timeline[-1].id if self.timeline else ""

    def of(self, user: str) -> list[int]:
        """The briefcases that a user holds."""
        return [number for number, owner in self.briefcases.items() if owner == user]

    def holders(self, object_id: str, besides: int) -> dict[int, str]:
        """Who else holds a lock on an object, and at which level."""
        held = self.locks.get(object_id, {})
        return {number: level for number, level in held.items() if number != besides}

    def level(self, object_id: str, briefcase: int) -> str:
        """The level of a briefcase's lock on an object, empty for none."""
        return self.locks.get(object_id, {}).get(briefcase, "")

    def grant(self, object_id: str, briefcase: int, level: str) -> None:
        """Let a briefcase hold a lock."""
        self.locks.setdefault(object_id, {})[briefcase] = level

    def release(self, object_id: str, briefcase: int) -> None:
        """End a lock."""
        self.locks.get(object_id, {}).pop(briefcase, None)

    def holdings(self, briefcase: int) -> Iterator[str]:
        """The objects that a briefcase has locked."""
        return (object_id for object_id, held in self.locks.items() if briefcase in held)

    def taken(self, name: str, besides: str = "") -> set[str]:
        """The states of other versions that have a name."""
        return {v.state for id_, v in self.versions.items() if v.name == name and id_ != besides}
