"""Locks: list who holds what, acquire and release."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from conformance.mock.access import may_act_for
from conformance.mock.call import Answer, Call
from conformance.mock.entities import Briefcase, Changeset
from conformance.mock.faults import fault
from conformance.mock.gaps import gap
from conformance.mock.handlers import handler
from conformance.mock.liberties import liberty
from conformance.mock.lists import cut
from conformance.mock.lockmatrix import EXCLUSIVE, LEVELS, NONE, SHARED, Request, decide, grant
from conformance.mock.problems import Problem, invalid
from conformance.mock.rules import rule
from conformance.mock.views import ok

NEWEST_UNLISTED = fault.switch("locks/listed")
BRIEFCASE_IGNORED = fault.switch("locks/briefcase-filter")
LEVEL_IGNORED = fault.switch("locks/level-filter")
GRANTED_LATE = fault.switch("locks/won-once")
GRANTED_IN_PART = fault.switch("locks/refusal-changes-nothing")

NOTHING_ASKED_422 = liberty.switch("empty-locked-objects-422")

MOST = 1000
Unit = tuple[int, str, str]


@handler("get-imodel-locks")
async def list_locks(call: Call) -> Answer:
    """List the locks of an iModel, object by object."""
    window, links = cut(call, _units(call), lambda unit: "/".join(map(str, unit)))
    locks = [
        {"briefcaseId": number, "lockedObjects": _grouped([unit[1:] for unit in units])}
        for number, units in groupby(window, key=lambda unit: unit[0])
    ]
    return Answer(200, {"locks": locks, "_links": links})


def _units(call: Call) -> list[Unit]:
    number, level = call.query.get("briefcaseId"), call.query.get("lockLevel")
    locks = list(call.imodel.locks.items())
    if call.bent(NEWEST_UNLISTED):
        del locks[-1:]
    units = [(holder, held.level, id) for id, held in locks for holder in held.briefcases]
    if number is not None and not call.bent(BRIEFCASE_IGNORED):
        units = [unit for unit in units if unit[0] == number]
    if level is not None and not call.bent(LEVEL_IGNORED):
        units = [unit for unit in units if unit[1] == level]
    return sorted(units, key=lambda unit: (unit[0], LEVELS.index(unit[1])))


def _grouped(pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    groups = ((level, [id for held, id in pairs if held == level]) for level in (SHARED, EXCLUSIVE))
    return [{"lockLevel": level, "objectIds": ids} for level, ids in groups if ids]


@handler("update-imodel-locks")
async def update_locks(call: Call) -> Answer:
    """Acquire and release locks for one briefcase, all of them or none."""
    asked = _asked(call)
    not_too_many(call, asked)
    if not asked and call.bent(NOTHING_ASKED_422):
        raise invalid("InvalidValue", "LockedObjects")
    number = call.number("briefcaseId") or 0
    briefcase = call.imodel.briefcases.get(number)
    briefcase_known(call, briefcase)
    request = Request(number, {id: level for level, id in asked}, _claimed(call))
    if briefcase is not None:
        own_or_manage(call, briefcase)
    _decide(call, request)
    await gap(call, GRANTED_LATE)
    grant(call, request)
    acquired = [(level, id) for id, level in request.wanted.items() if level != NONE]
    return ok("lock", {"briefcaseId": number, "lockedObjects": _grouped(acquired)})


def _asked(call: Call) -> list[tuple[str, str]]:
    """Each object with its level; entries that are none get here only when a rule is dropped."""
    parts = call.body.get("lockedObjects")
    found = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return [
        (part["lockLevel"], id)
        for part in found
        if part.get("lockLevel") in LEVELS and isinstance(part.get("objectIds"), list)
        for id in part["objectIds"]
        if isinstance(id, str)
    ]


@rule("locks/too-many")
def not_too_many(call: Call, asked: list[tuple[str, str]]) -> None:
    """One request names at most a thousand objects, over all levels."""
    if len(asked) > MOST:
        raise Problem("RequestTooLarge")


@rule("locks/unknown-briefcase")
def briefcase_known(call: Call, briefcase: Briefcase | None) -> None:
    """The briefcase must be held."""
    if briefcase is None:
        raise Problem("BriefcaseNotFound")


def _claimed(call: Call) -> int | None:
    """The index of the changeset that the caller claims to know."""
    given = call.text("changesetId")
    if not given:
        return None
    changeset = call.imodel.changesets.get(given.lower())
    changeset_known(call, changeset)
    return changeset.index if changeset else None


@rule("locks/unknown-changeset")
def changeset_known(call: Call, changeset: Changeset | None) -> None:
    """The changeset must have been pushed."""
    if changeset is None:
        raise Problem("ChangesetNotFound")


@rule("locks/own-or-manage")
def own_or_manage(call: Call, briefcase: Briefcase) -> None:
    """The locks of what another holds take the permission to manage."""
    if not may_act_for(call, briefcase.owner_id):
        raise Problem("InsufficientPermissions")


def _decide(call: Call, request: Request) -> None:
    try:
        decide(call, request)
    except Problem as problem:
        if call.bent(GRANTED_IN_PART) and problem.code == "ConflictWithAnotherUser":
            hindered = {lock["objectId"] for lock in problem.extra["conflictingLocks"]}
            free = {id: level for id, level in request.wanted.items() if id not in hindered}
            grant(call, Request(request.briefcase, free, request.claimed))
        raise
