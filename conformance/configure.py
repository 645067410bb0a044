"""iModels with permissions of their own, given to identities of the run by their role or by their user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conformance.api import succeed
from conformance.make import Entity, Maker, offered
from conformance.shared import Shared
from conformance.story import NotOffered
from conformance.target import MAIN

WEBVIEW, READ, WRITE, MANAGE = ALL = ("imodels_webview", "imodels_read", "imodels_write", "imodels_manage")


@dataclass(frozen=True)
class Kind:
    """One way to configure an iModel: the operation, the member it takes, and what names an entry."""

    operation: str
    collection: str
    key: str


KINDS = {
    "role": Kind("update-imodel-role-permissions", "rolePermissions", "roleId"),
    "user": Kind("update-imodel-user-permissions", "userPermissions", "userId"),
}


def configure(make: Maker, imodel: str, by: str, permitted: Mapping[str, Sequence[str]]) -> list[Entity]:
    """Give an iModel permissions of its own, by id of role or user, and return them as answered."""
    kind = KINDS[by]
    entries = [{kind.key: id_, "permissions": list(granted)} for id_, granted in permitted.items()]
    asked = offered(make.api(kind.operation, id=imodel, body={kind.collection: entries}))
    if by == "user" and not (asked.ok and _shows(asked.json, kind, entries)):
        # Of this preview only the idea is documented: another form of it is not the one that rows speak of.
        raise NotOffered(f"{kind.operation} answers in a form of its own", kind.operation)
    made: list[Entity] = succeed(asked)
    return made


def _shows(answered: object, kind: Kind, entries: list[Entity]) -> bool:
    found = answered.get(kind.collection) if isinstance(answered, dict) else None
    named = {str(entry.get(kind.key)).casefold() for entry in found or () if isinstance(entry, dict)}
    return {str(entry[kind.key]).casefold() for entry in entries} <= named


def entries_by_id(kind: Kind, entries: Sequence[Entity]) -> Mapping[str, frozenset[str]]:
    """Whom a configuration names, with what it permits them."""
    return {str(entry[kind.key]).casefold(): frozenset(entry["permissions"]) for entry in entries}


@dataclass
class Gallery:
    """An iModel that is configured in one way, `by` role or user; tests share it, each says what it needs."""

    shared: Shared
    by: str
    workshops: Shared
    told: list[Entity] = field(default_factory=list)
    _id: str = ""
    _permitted: dict[str, Sequence[str]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def open(self) -> str:
        """The id of the iModel, for somebody who configures it by himself."""
        self._permitted = {}
        return str(self.shared()["id"])

    def permit(self, **permitted: Sequence[str]) -> Entity:
        """The iModel that permits the named identities so much, main everything and nobody else anything."""
        imodel = self.shared()
        if (self._id, self._permitted) != (imodel["id"], permitted):
            # Whoever is no administrator needs an entry, so the one who configures is always named.
            everyone = {MAIN: ALL, **permitted}
            make = self.shared.run.maker()
            named = {self.identify(who): granted for who, granted in everyone.items()}
            self.told = configure(make, imodel["id"], self.by, named)
        self._id, self._permitted = imodel["id"], permitted
        return imodel

    def identify(self, who: str) -> str:
        """The id of an identity's role, or of its user, who owns what they acquire."""
        run = self.shared.run
        if self.by == "role":
            return run.target.roles[who]
        if who not in self._names:
            self._names[who] = str(run.maker().as_(who).briefcase(self.workshops()["id"])["ownerId"])
        return self._names[who]
