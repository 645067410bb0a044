"""Permissions of an iModel of its own, given to identities of the run by their role or by their user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.api import succeed
from conformance.make import Entity, Maker, offered
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


def configure(make: Maker, imodel: str, by: str, **permitted: Sequence[str]) -> list[Entity]:
    """Give an iModel permissions of its own and return them as answered; the maker keeps every permission.

    Whoever is not an administrator needs an entry: the one who configures is always among those named.
    """
    kind = KINDS[by]
    entries = [
        {kind.key: identify(make, imodel, by, who), "permissions": list(granted)}
        for who, granted in {MAIN: ALL, **permitted}.items()
    ]
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


def identify(make: Maker, imodel: str, by: str, who: str) -> str:
    """The id of an identity's role, or of its user, who owns what they acquire."""
    if by == "role":
        return make.api.road.wire.target.roles[who]
    return str(make.as_(who).briefcase(imodel)["ownerId"])


def entries_by_id(kind: Kind, entries: Sequence[Entity]) -> Mapping[str, frozenset[str]]:
    """Whom a configuration names, with what it permits them."""
    return {str(entry[kind.key]).casefold(): frozenset(entry["permissions"]) for entry in entries}
