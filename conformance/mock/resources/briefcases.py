"""Briefcases: acquire, list, read, release."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conformance.mock.access import may_act_for
from conformance.mock.call import Answer, Call
from conformance.mock.entities import Briefcase
from conformance.mock.faults import fault
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.lists import page
from conformance.mock.problems import Problem, invalid
from conformance.mock.rules import rule
from conformance.mock.views import application, date, link, ok

OTHER_DISPLAY_NAME = fault.switch("briefcases/acquire-echoes")
PADDED_ID = fault.switch("briefcases/id-is-text-of-briefcase-id")
OTHER_OWNER = fault.switch("briefcases/owner-is-caller")
SAME_ID = fault.switch("briefcases/ids-differ")
NEWEST_UNLISTED = fault.switch("briefcases/listed")
OWNER_IGNORED = fault.switch("briefcases/owner-filter")
ME_UNKNOWN = fault.switch("briefcases/owner-filter:me")
NOT_RELEASED = fault.switch("briefcases/release-removes")
LOCKS_KEPT = fault.switch("briefcases/release-frees-locks")
NO_CHECKPOINT_LINK = fault.switch("briefcases/checkpoint-link")

FEW_AT_ONCE = liberty.switch("few-briefcases-at-once")
QUOTA_ON_TOP = liberty.switch("quota-as-top-level-code")

LAST_ID = 16_777_215
MINUTE, MOMENT = timedelta(minutes=1), timedelta(seconds=1)


def minimal(call: Call, briefcase: Briefcase) -> dict[str, Any]:
    """A briefcase in short."""
    id, device = briefcase.id, briefcase.device_name
    name = f"#{id}" if device is None else f"#{id} {device}"
    return {
        "id": f"0{id}" if call.bent(PADDED_ID) else id,
        "displayName": f"Briefcase {id}" if call.bent(OTHER_DISPLAY_NAME) else name,
    }


def entity(call: Call, briefcase: Briefcase) -> dict[str, Any]:
    """A briefcase in full."""
    imodel, owner = call.imodel, briefcase.owner_id
    if call.bent(OTHER_OWNER):
        owner = next((id for id in call.store.users if id != owner), owner)
        imodel.visited(call.store.users[owner], call.now)
    links = {"owner": link(call, imodel.id, "users", owner)}
    if not call.bent(NO_CHECKPOINT_LINK):
        links["checkpoint"] = link(call, imodel.id, "briefcases", "checkpoint")
    return {
        **minimal(call, briefcase),
        "briefcaseId": briefcase.number,
        "ownerId": owner,
        "acquiredDateTime": date(call, briefcase.created),
        "fileSize": max(1, imodel.baseline_size),
        "deviceName": briefcase.device_name,
        "application": application(briefcase.application),
        "_links": links,
    }


@handler("acquire-imodel-briefcase")
async def acquire_briefcase(call: Call) -> Answer:
    """Give the caller a briefcase with an id that none had before."""
    imodel = call.imodel
    within_quota(call)
    within_rate(call)
    if not (call.bent(SAME_ID) and imodel.last_briefcase in imodel.briefcases):
        imodel.last_briefcase += 1
    number, caller = imodel.last_briefcase, call.caller
    made = Briefcase(number, caller.id, call.now, call.text("deviceName"), caller.application)
    imodel.briefcases[number] = made
    imodel.acquired.setdefault(caller.id, []).append(call.now)
    return ok("briefcase", entity(call, made), 201)


@rule("briefcases/quota")
def within_quota(call: Call) -> None:
    """A user holds only so many briefcases of an iModel."""
    held = sum(briefcase.owner_id == call.caller.id for briefcase in call.imodel.briefcases.values())
    if held >= call.settings.briefcases_per_user:
        if call.bent(QUOTA_ON_TOP):
            raise Problem("ResourceQuotaExceeded")
        raise invalid("ResourceQuotaExceeded", None, "MaximumNumberOfBriefcasesPerUser")


def within_rate(call: Call) -> None:
    """A user acquires only so many briefcases of an iModel in a while."""
    few = call.bent(FEW_AT_ONCE)
    limit = call.settings.briefcases_at_once if few else call.settings.briefcases_per_minute
    span = MOMENT if few else MINUTE
    recent = [when for when in call.imodel.acquired.get(call.caller.id, []) if when > call.now - span]
    if len(recent) >= limit:
        wait = recent[-limit] + span - call.now
        headers = {"Retry-After": str(int(wait.total_seconds()) + 1)}
        raise Problem("RateLimitExceeded", headers=headers)
    call.imodel.acquired[call.caller.id] = recent


@handler("get-imodel-briefcases")
async def list_briefcases(call: Call) -> Answer:
    """List the briefcases of an iModel."""
    owner = call.query.get("ownerId")
    if owner == "me" and not call.bent(ME_UNKNOWN):
        owner = call.caller.id
    found = [call.imodel.briefcases[number] for number in sorted(call.imodel.briefcases)]
    if call.bent(NEWEST_UNLISTED):
        del found[-1:]
    if owner is not None and not call.bent(OWNER_IGNORED):
        found = [briefcase for briefcase in found if briefcase.owner_id == str(owner).lower()]
    return page(call, found, minimal, entity, {"acquiredDateTime": lambda briefcase: briefcase.created})


def find_briefcase(call: Call) -> Briefcase:
    """The briefcase a path names."""
    text = call.params["briefcaseId"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(LAST_ID)) else 0
    found = call.imodel.briefcases.get(number)
    known(call, found)
    return found or Briefcase(number or LAST_ID, call.caller.id, call.now)


@rule("briefcases/unknown")
def known(call: Call, found: Briefcase | None) -> None:
    """The briefcase must be held."""
    if found is None:
        raise Problem("BriefcaseNotFound")


@finding("get-imodel-briefcase-details", find_briefcase)
async def get_briefcase(call: Call, briefcase: Briefcase) -> Answer:
    """Read a briefcase."""
    return ok("briefcase", entity(call, briefcase))


@finding("release-imodel-briefcase", find_briefcase)
async def release_briefcase(call: Call, briefcase: Briefcase) -> Answer:
    """Give a briefcase back, and with it the locks it holds."""
    own_or_manage(call, briefcase)
    if not call.bent(NOT_RELEASED):
        call.imodel.briefcases.pop(briefcase.number, None)
    if not call.bent(LOCKS_KEPT):
        for id, held in list(call.imodel.locks.items()):
            held.briefcases.discard(briefcase.number)
            if not held.briefcases:
                del call.imodel.locks[id]
    return Answer(204)


@rule("briefcases/release-of-anothers")
def own_or_manage(call: Call, briefcase: Briefcase) -> None:
    """Releasing what another holds takes the permission to manage."""
    if not may_act_for(call, briefcase.owner_id):
        raise Problem("InsufficientPermissions")
