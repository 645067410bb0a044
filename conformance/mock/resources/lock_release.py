"""Releasing locks: all of a briefcase's chunk by chunk, and what was released after a changeset."""

from __future__ import annotations

from itertools import groupby

from conformance.mock.access import may_act_for
from conformance.mock.call import Answer, Call
from conformance.mock.entities import Briefcase, Changeset
from conformance.mock.faults import fault
from conformance.mock.handlers import handler
from conformance.mock.liberties import liberty
from conformance.mock.lists import cut
from conformance.mock.lockmatrix import EXCLUSIVE, NONE, SHARED, Request, grant
from conformance.mock.problems import Problem
from conformance.mock.rules import rule

LAST_KEPT = fault.switch("locks/release-chunk")
OTHERS_TOO = fault.switch("locks/release-chunk-spares-others")
NOTHING_REFUSED = fault.switch("locks/release-chunk-of-nothing")
NEWEST_UNLISTED = fault.switch("locks/released-listed")
INDEX_INCLUDED = fault.switch("locks/released-after-index")

SMALL_CHUNKS = liberty.switch("small-lock-chunks")
ENDS_EMPTY = liberty.switch("last-lock-chunk-is-empty")
ONE_ENTRY = liberty.switch("released-locks-in-one-entry")

Unit = tuple[int, str, str]


@handler("release-imodel-locks-chunk")
async def release_chunk(call: Call) -> Answer:
    """Release some of the locks of a briefcase, and say whether they were the last."""
    number = call.number("briefcaseId") or 0
    briefcase = call.imodel.briefcases.get(number)
    briefcase_known(call, briefcase)
    given = call.text("changesetId")
    changeset = call.imodel.changesets.get(given.lower()) if given else None
    changeset_known(call, given, changeset)
    if briefcase is not None:
        own_or_manage(call, briefcase)
    held = _held(call, number)
    if not held and call.bent(NOTHING_REFUSED):
        raise Problem("BriefcaseNotFound")
    chunk = held[: call.settings.small_page if call.bent(SMALL_CHUNKS) else call.settings.lock_chunk]
    last = not held if call.bent(ENDS_EMPTY) else len(chunk) == len(held)
    _release(call, number, chunk[:-1] if last and call.bent(LAST_KEPT) else chunk, changeset)
    if call.bent(OTHERS_TOO):
        for other in call.imodel.briefcases:
            _release(call, other, _held(call, other), changeset)
    return Answer(200, {"isLastChunk": last})


def _held(call: Call, number: int) -> list[str]:
    return [id for id, held in call.imodel.locks.items() if number in held.briefcases]


def _release(call: Call, number: int, ids: list[str], changeset: Changeset | None) -> None:
    grant(call, Request(number, dict.fromkeys(ids, NONE), changeset.index if changeset else None))


@rule("locks/release-chunk-unknown-briefcase")
def briefcase_known(call: Call, briefcase: Briefcase | None) -> None:
    """The briefcase must be held."""
    if briefcase is None:
        raise Problem("BriefcaseNotFound")


@rule("locks/release-chunk-unknown-changeset")
def changeset_known(call: Call, given: str | None, changeset: Changeset | None) -> None:
    """The changeset must have been pushed."""
    if given and changeset is None:
        raise Problem("ChangesetNotFound")


@rule("locks/release-chunk-own-or-manage")
def own_or_manage(call: Call, briefcase: Briefcase) -> None:
    """The locks of what another holds take the permission to manage."""
    if not may_act_for(call, briefcase.owner_id):
        raise Problem("InsufficientPermissions")


@handler("get-imodel-released-locks")
async def list_released(call: Call) -> Answer:
    """List the locks released after a changeset, object by object."""
    window, links = cut(call, _units(call), lambda unit: "/".join(map(str, unit)))
    if call.bent(ONE_ENTRY):
        window = sorted((0, *unit[1:]) for unit in window)
    groups = groupby(window, key=lambda unit: unit[:2])
    entries = [{"lockLevel": level, "objectIds": [unit[2] for unit in units]} for (_, level), units in groups]
    return Answer(200, {"releasedLocks": entries, "_links": links})


def _units(call: Call) -> list[Unit]:
    after = call.query.get("afterChangesetIndex", 0) - call.bent(INDEX_INCLUDED)
    imodel = call.imodel
    records = ((SHARED, imodel.released_shared), (EXCLUSIVE, imodel.released))
    units = [(index, level, id) for level, known in records for id, index in known.items() if index > after]
    units.sort(key=lambda unit: unit[:2])
    return units[:-1] if call.bent(NEWEST_UNLISTED) else units
