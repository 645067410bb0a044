"""Briefcases and locks that are answered wrongly."""

from __future__ import annotations

from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.faults import fault
from conformance.mock.lookup import GUID
from conformance.mock.problems import invalid


def _entity(answer: Answer, name: str) -> dict[str, Any]:
    entity: dict[str, Any] = (answer.body or {}).get(name, {})
    return entity


@fault("briefcases/acquire-echoes:device", on=["acquire-imodel-briefcase"])
def no_device(call: Call, answer: Answer) -> None:
    """A device that gets lost."""
    _entity(answer, "briefcase")["deviceName"] = None


@fault("briefcases/readable", on=["get-imodel-briefcase-details"])
def other_device(call: Call, answer: Answer) -> None:
    """A briefcase on another device than it was acquired for."""
    _entity(answer, "briefcase")["deviceName"] = "Somewhere else"


@fault.before("briefcases/optional-body", on=["acquire-imodel-briefcase"])
def body_needed(call: Call) -> None:
    """A body that must be there."""
    if not call.request.body:
        raise invalid("InvalidRequestBody")


@fault.before("briefcases/optional-body:empty", on=["acquire-imodel-briefcase"])
def device_needed(call: Call) -> None:
    """A body that must say something."""
    if call.request.body and not call.body:
        raise invalid("MissingRequiredProperty", "deviceName")


@fault("locks/acquire-answers-acquired:released", on=["update-imodel-locks"])
def released_too(call: Call, answer: Answer) -> None:
    """What was released is named as if it were held."""
    for asked in call.body.get("lockedObjects", []):
        if asked["lockLevel"] == "none":
            _entity(answer, "lock")["lockedObjects"].append({**asked, "lockLevel": "shared"})


@fault("locks/acquire-answers-acquired", on=["update-imodel-locks"])
def all_shared(call: Call, answer: Answer) -> None:
    """What was acquired exclusively is named as shared."""
    for locked in _entity(answer, "lock")["lockedObjects"]:
        locked["lockLevel"] = "shared"


@fault("locks/release-chunk-unknown-imodel", on=["release-imodel-locks-chunk"], when="problem")
def chunk_of_nothing(call: Call, answer: Answer) -> None:
    """Nothing to release where there is no iModel, and no word of that."""
    id = call.params["id"].lower()
    if answer.status == 404 and id not in call.store.imodels and GUID.fullmatch(id):
        answer.status, answer.body = 200, {"isLastChunk": True}


@fault("locks/conflict-names-holders", on=["update-imodel-locks"], when="problem")
def nobody_holds(call: Call, answer: Answer) -> None:
    """A conflict with nobody."""
    for lock in _entity(answer, "error").get("conflictingLocks", []):
        lock["briefcaseIds"] = []
