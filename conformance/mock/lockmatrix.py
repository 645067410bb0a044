"""Who may lock what: the decisions about one update of locks, taken before anything changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.mock.call import Call
from conformance.mock.entities import Held
from conformance.mock.faults import fault
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem
from conformance.mock.rules import rule

SHARED, EXCLUSIVE, NONE = "shared", "exclusive", "none"
LEVELS = (SHARED, EXCLUSIVE, NONE)
OWNED = "Lock(s) is owned by another Briefcase."
NEWER = "One or more objects have been locked in a newer Changeset."

SHARED_BY_ONE = fault.switch("locks/shared-by-many")
RELEASE_IGNORED = fault.switch("locks/release")
AGAIN_REFUSED = fault.switch("locks/asked-again")
RAISED_UNLOOKED = fault.switch("locks/freshness:raised")
OTHERS_LOST = fault.switch("answers/follow-the-history")
DEMOTED_LISTED = fault.switch("locks/released-without-demoted")

REQUESTER_NAMED = liberty.switch("requester-among-holders")
OTHERS_RELEASED_409 = liberty.switch("release-of-anothers-lock-409")
PARTLY_RELEASED = liberty.switch("release-of-what-is-held")
KEPT_EXCLUSIVE = liberty.switch("exclusive-kept-when-shared-asked")
UNSAID_IS_FRESH = liberty.switch("no-changeset-is-fresh")
SHARED_MUST_BE_FRESH = liberty.switch("freshness-for-shared")


@dataclass(frozen=True)
class Request:
    """What one briefcase asks for: a level for each object, and the changeset it claims to know."""

    briefcase: int
    wanted: Mapping[str, str]
    claimed: int | None = None

    def objects(self, *levels: str) -> list[str]:
        """The objects asked for at these levels."""
        return [id for id, level in self.wanted.items() if level in levels]


def decide(call: Call, request: Request) -> None:
    """Refuse an update that cannot be granted: what is not held, then conflicts, then what is outdated."""
    all_held(call, request)
    conflicts = [found for id in request.wanted if (found := _conflict(call, request, id))]
    if conflicts:
        raise Problem("ConflictWithAnotherUser", message=OWNED, conflictingLocks=conflicts)
    fresh(call, request)


@rule("locks/not-held")
def all_held(call: Call, request: Request) -> None:
    """Only what the briefcase holds can be released."""
    locks = call.imodel.locks
    released = request.objects(NONE)
    missing = [id for id in released if id not in locks or request.briefcase not in locks[id].briefcases]
    if not missing or (call.bent(PARTLY_RELEASED) and len(missing) < len(released)):
        return
    others = [_holders(call, request, id, locks[id]) for id in missing if id in locks]
    if others and call.bent(OTHERS_RELEASED_409):
        raise Problem("ConflictWithAnotherUser", message=OWNED, conflictingLocks=others)
    raise Problem("LockNotFound", objectIds=missing)


def _conflict(call: Call, request: Request, id: str) -> dict[str, Any] | None:
    held, level = call.imodel.locks.get(id), request.wanted[id]
    if held and request.briefcase in held.briefcases and level != NONE and call.bent(AGAIN_REFUSED):
        return _holders(call, request, id, held)
    if level == NONE or held is None or not held.briefcases - {request.briefcase}:
        return None
    if held.level == EXCLUSIVE:
        hindered = exclusive_excludes(call)
    elif level == EXCLUSIVE:
        hindered = shared_blocks(call)
    else:
        hindered = call.bent(SHARED_BY_ONE)
    return _holders(call, request, id, held) if hindered else None


@rule("locks/exclusive-conflicts", otherwise=False)
def exclusive_excludes(call: Call) -> bool:
    """What another holds exclusively is for nobody else."""
    return True


@rule("locks/shared-blocks-exclusive", otherwise=False)
def shared_blocks(call: Call) -> bool:
    """What others share is exclusive to nobody."""
    return True


def _holders(call: Call, request: Request, id: str, held: Held) -> dict[str, Any]:
    named = held.briefcases if call.bent(REQUESTER_NAMED) else held.briefcases - {request.briefcase}
    return {"objectId": id, "lockLevel": held.level, "briefcaseIds": sorted(named)}


@rule("locks/freshness")
def fresh(call: Call, request: Request) -> None:
    """What was released with a newer changeset than the claimed one must be brought up to date first."""
    if request.claimed is None and call.bent(UNSAID_IS_FRESH):
        return
    asked = (
        request.objects(EXCLUSIVE, SHARED) if call.bent(SHARED_MUST_BE_FRESH) else request.objects(EXCLUSIVE)
    )
    released, locks, claimed = call.imodel.released, call.imodel.locks, request.claimed or 0
    needed = SHARED if call.bent(RAISED_UNLOOKED) else ""
    outdated = [
        id
        for id in asked
        if released.get(id, 0) > claimed and not _holds(locks.get(id), request, needed or request.wanted[id])
    ]
    if outdated:
        raise Problem("NewerChangesExist", message=NEWER, objectIds=outdated)


def _holds(held: Held | None, request: Request, level: str) -> bool:
    """Whether the briefcase has what it asks for already."""
    return held is not None and request.briefcase in held.briefcases and held.level in {level, EXCLUSIVE}


def grant(call: Call, request: Request) -> None:
    """Change the locks as asked."""
    for id, level in request.wanted.items():
        held = call.imodel.locks.get(id)
        if level == NONE:
            _release(call, request, id, held)
        elif held is None:
            call.imodel.locks[id] = Held(level, {request.briefcase})
        else:
            held.briefcases.add(request.briefcase)
            if held.level == EXCLUSIVE and level == SHARED and call.bent(DEMOTED_LISTED):
                call.imodel.released[id] = request.claimed or 1
            held.level = held.level if level == SHARED and call.bent(KEPT_EXCLUSIVE) else level


def _release(call: Call, request: Request, id: str, held: Held | None) -> None:
    if held is None or request.briefcase not in held.briefcases or call.bent(RELEASE_IGNORED):
        return
    record = call.imodel.released if held.level == EXCLUSIVE else call.imodel.released_shared
    if (request.claimed or 0) > record.get(id, 0):
        record[id] = request.claimed or 0
    held.briefcases.discard(request.briefcase)
    # Found by nobody who does not let three share, and one of them go.
    if len(held.briefcases) == 2 and call.bent(OTHERS_LOST):
        held.briefcases.clear()
    if not held.briefcases:
        del call.imodel.locks[id]
