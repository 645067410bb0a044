"""Changeset groups: open one, list, read, complete."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.entities import ChangesetGroup
from conformance.mock.faults import fault
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.lists import page
from conformance.mock.problems import Problem, invalid
from conformance.mock.rules import rule
from conformance.mock.views import date, link, ok

READ_OTHERWISE = fault.switch("changeset-groups/readable")
LISTED_OTHERWISE = fault.switch("changeset-groups/list-equals-details")
NEWEST_UNLISTED = fault.switch("changeset-groups/listed")
FORGOTTEN = fault.switch("changeset-groups/listed:forgotten")
NOT_APPLIED = fault.switch("changeset-groups/update-applies")
STILL_OPEN = fault.switch("changeset-groups/update-is-readable")
ONE_AT_A_TIME = fault.switch("changeset-groups/several-open")
BODY_NEEDED = fault.switch("changeset-groups/optional-body")

BODY_422 = liberty.switch("group-needs-description")

MOMENT = timedelta(seconds=1)


def entity(call: Call, group: ChangesetGroup) -> dict[str, Any]:
    """A group, always in full."""
    return {
        "id": group.id,
        "state": group.state(call.now),
        "description": group.description,
        "creatorId": group.creator_id,
        "createdDateTime": date(call, group.created),
        "_links": {"creator": link(call, call.imodel.id, "users", group.creator_id)},
    }


def _read(call: Call, group: ChangesetGroup) -> dict[str, Any]:
    found = entity(call, group)
    if call.bent(READ_OTHERWISE):
        found["description"] = None if group.description else "No description."
    if group.closed == "completed" and call.bent(STILL_OPEN):
        found["state"] = "inProgress"
    return found


def _listed(call: Call, group: ChangesetGroup) -> dict[str, Any]:
    found = _read(call, group)
    if call.bent(LISTED_OTHERWISE):
        found["description"] = "One of many."
    return found


@handler("create-imodel-changeset-group")
async def create_group(call: Call) -> Answer:
    """Open a group."""
    description = call.text("description")
    if description is None and call.bent(BODY_NEEDED):
        raise Problem("iModelNotInitialized")
    if description is None and call.bent(BODY_422):
        raise invalid("InvalidValue", "description")
    open_ones = [group for group in call.imodel.groups.values() if group.state(call.now) == "inProgress"]
    if open_ones and call.bent(ONE_AT_A_TIME):
        raise Problem("iModelNotInitialized")
    seconds = call.settings.group_seconds
    expires = None if seconds is None else call.now + timedelta(seconds=seconds)
    made = ChangesetGroup(call.store.new_id(), call.caller.id, call.now, description, expires=expires)
    call.imodel.groups[made.id] = made
    return ok("changesetGroup", entity(call, made), 201)


@handler("get-imodel-changeset-groups")
async def list_groups(call: Call) -> Answer:
    """List the groups of an iModel."""
    found = list(call.imodel.groups.values())
    if call.bent(NEWEST_UNLISTED):
        del found[-1:]
    if call.bent(FORGOTTEN):
        found = [group for group in found if group.created > call.now - MOMENT]
    return page(call, found, _listed, _listed)


def find_group(call: Call) -> ChangesetGroup:
    """The group a path names."""
    found = call.imodel.groups.get(call.params["changesetGroupId"].lower())
    known(call, found)
    return found or ChangesetGroup(call.store.new_id(), call.imodel.creator_id, call.now)


@rule("changeset-groups/unknown")
def known(call: Call, found: ChangesetGroup | None) -> None:
    """The group must be in the iModel."""
    if found is None:
        raise Problem("ChangesetGroupNotFound")


@finding("get-imodel-changeset-group-details", find_group)
async def get_group(call: Call, group: ChangesetGroup) -> Answer:
    """Read a group."""
    return ok("changesetGroup", _read(call, group))


@finding("update-imodel-changeset-group", find_group)
async def complete_group(call: Call, group: ChangesetGroup) -> Answer:
    """Complete a group."""
    still_open(call, group)
    group.closed = "completed"
    found = entity(call, group)
    if call.bent(NOT_APPLIED):
        found["state"] = "inProgress"
    return ok("changesetGroup", found)


@rule("changeset-groups/closed-is-final")
def still_open(call: Call, group: ChangesetGroup) -> None:
    """A closed group stays as it is."""
    if group.state(call.now) != "inProgress":
        raise Problem("ChangesetGroupIsClosed")
