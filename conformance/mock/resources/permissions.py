"""Permissions of an iModel: what the caller may do, and its own configuration by role or by user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.mock import grants
from conformance.mock.access import held
from conformance.mock.call import Answer, Call
from conformance.mock.entities import DELETE, LADDER, IModel
from conformance.mock.faults import fault
from conformance.mock.handlers import handler
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem, invalid
from conformance.mock.rules import rule

ALWAYS_ALL = fault.switch("permissions/own-are-of-the-itwin")
ALWAYS_OF_ITWIN = fault.switch("permissions/own-are-of-the-imodel")
ROLES_CUT = fault.switch("permissions/roles-come-back")
ROLES_NOT_STORED = fault.switch("permissions/roles-are-readable")
USERS_CUT = fault.switch("permissions/users-come-back")
USERS_NOT_STORED = fault.switch("permissions/users-are-readable")

DELETE_TOO = liberty.switch("own-permissions-with-delete")
REPLACES_ALL = liberty.switch("configuration-replaces-all")
EMPTY_STAYS = liberty.switch("empty-configuration-stays")
CONFLICT_409 = liberty.switch("other-configuration-409")

Table = dict[str, frozenset[str]]


@dataclass(frozen=True)
class Kind:
    """One way to configure an iModel: by role or by user; `cut` and `lost` are its faults."""

    collection: str
    key: str
    cut: str
    lost: str

    def table(self, imodel: IModel) -> Table:
        """What the iModel permits to each."""
        return imodel.role_permissions if self is BY_ROLE else imodel.user_permissions

    def answer(self, call: Call, table: Table) -> Answer:
        """The configuration as it is told."""
        cut = LADDER[1:] if call.bent(self.cut) else LADDER
        entries = [{self.key: id, "permissions": [p for p in cut if p in own]} for id, own in table.items()]
        return Answer(200, {self.collection: entries})


BY_ROLE = Kind("rolePermissions", "roleId", ROLES_CUT, ROLES_NOT_STORED)
BY_USER = Kind("userPermissions", "userId", USERS_CUT, USERS_NOT_STORED)


@handler("get-imodel-permissions")
async def own_permissions(call: Call) -> Answer:
    """Read what the caller may do with an iModel."""
    found = held(call, call.imodel)
    itwin = call.store.itwins[call.imodel.itwin_id]
    if call.imodel.secured and call.bent(ALWAYS_OF_ITWIN):
        found = grants.in_itwin(call, itwin)
    if not call.imodel.secured and call.bent(ALWAYS_ALL):
        found = frozenset(LADDER)
    known = [each for each in LADDER if each in found and (each != DELETE or call.bent(DELETE_TOO))]
    return Answer(200, {"permissions": known})


@handler("get-imodel-role-permissions")
async def role_permissions(call: Call) -> Answer:
    """List what an iModel permits to each role."""
    return BY_ROLE.answer(call, BY_ROLE.table(call.imodel))


@handler("get-imodel-user-permissions")
async def user_permissions(call: Call) -> Answer:
    """List what an iModel permits to each user."""
    return BY_USER.answer(call, BY_USER.table(call.imodel))


@handler("update-imodel-role-permissions")
async def update_role_permissions(call: Call) -> Answer:
    """Configure what an iModel permits to single roles."""
    return _updated(call, BY_ROLE, BY_USER)


@handler("update-imodel-user-permissions")
async def update_user_permissions(call: Call) -> Answer:
    """Configure what an iModel permits to single users."""
    return _updated(call, BY_USER, BY_ROLE)


def _updated(call: Call, kind: Kind, other: Kind) -> Answer:
    entries: list[dict[str, Any]] = call.body.get(kind.collection, [])
    one_kind(call, other.table(call.imodel), entries)
    table = kind.table(call.imodel)
    if call.bent(REPLACES_ALL) and entries:
        table.clear()
    for entry in entries:
        id = str(entry.get(kind.key)).lower()
        table[id] = frozenset(entry.get("permissions", ()))
        if not table[id] and not call.bent(EMPTY_STAYS):
            del table[id]
    answer = kind.answer(call, table)
    if call.bent(kind.lost):
        # The last entry loses its permissions and stays, so that the iModel stays secured.
        table |= {id: frozenset() for id in list(table)[-1:]}
    return answer


@rule("permissions/one-kind")
def one_kind(call: Call, other: Table, entries: list[dict[str, Any]]) -> None:
    """An iModel is configured by role or by user, not by both."""
    if other and entries:
        raise Problem("DataConflict") if call.bent(CONFLICT_409) else invalid("InvalidChange")
