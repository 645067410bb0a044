"""Copies of iModels: clone, fork, and how a creation goes on."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.entities import Changeset, IModel, ITwin, NamedVersion, Source
from conformance.mock.faults import fault
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.problems import INVALID, Detail, Problem
from conformance.mock.resources.creation import merged
from conformance.mock.resources.imodels import find_itwin
from conformance.mock.rules import rule
from conformance.mock.store import container
from conformance.mock.views import ok, url

FAILS = fault.switch("copies/becomes-initialized")
ONLY_SAID = fault.switch("copies/becomes-initialized:only-said")
CHANGED_TIMELINE = fault.switch("copies/timeline-equals-source")
ALL_BUT_LAST = fault.switch("copies/all-when-no-point")
BASELINE_IGNORED = fault.switch("copies/baseline-only")
INDEX_SHIFTED = fault.switch("copies/by-index")
VERSIONS_COPIED = fault.switch("copies/only-the-timeline")
BRIEFCASES_COPIED = fault.switch("copies/only-the-timeline:briefcases")
GROUPS_COPIED = fault.switch("copies/only-the-timeline:groups")
DATA_COPIED = fault.switch("copies/only-the-timeline:extended-data")
GROUPS_STAY_OPEN = fault.switch("changeset-groups/clone-closes")
EXTENT_LOST = fault.switch("copies/extent-copied")
DESCRIPTION_LOST = fault.switch("copies/description-default")
OTHER_NAME = fault.switch("copies/name-default")
SOURCE_CHANGED = fault.switch("copies/source-untouched")
HISTORY_ALWAYS = fault.switch("copies/fork-squashes-history")
HISTORY_NEVER = fault.switch("copies/fork-keeps-history")
NO_FILES = fault.switch("copies/copy-has-bytes")
SOURCE_UNNAMED = fault.switch("copies/operation-names-source")
EMPTY_HAS_SOURCE = fault.switch("copies/operation-of-empty")
FILE_NOT_AWAITED = fault.switch("imodels/baseline-mode-waits")

EMPTY_DESCRIPTION_422 = liberty.switch("clone-description-empty-422")
OPERATION_LATER = liberty.switch("operation-later")
LATER = timedelta(milliseconds=150)


@dataclass(frozen=True)
class Plan:
    """Where a copy goes and how many changesets it takes along."""

    itwin: ITwin
    count: int
    point: str


def _plan(call: Call) -> Plan:
    if call.bent(EMPTY_DESCRIPTION_422) and call.text("description") == "":
        raise Problem(INVALID, [Detail("InvalidValue", "description")])
    itwin = find_itwin(call, call.body.get("iTwinId"))
    timeline = call.imodel.timeline
    count = _count(call, timeline)
    if call.bent(INDEX_SHIFTED) and call.number("changesetIndex"):
        count = max(0, count - 1)
    if call.bent(BASELINE_IGNORED) and count == 0:
        count = len(timeline)
    return Plan(itwin, count, timeline[count - 1].id if count else "")


def _count(call: Call, timeline: list[Changeset]) -> int:
    index, id = call.number("changesetIndex"), call.text("changesetId")
    if index is None and id is None:
        return max(0, len(timeline) - call.bent(ALL_BUT_LAST))
    found = call.imodel.changesets.get(id.lower()) if id else None
    point_known(call, index, id, found)
    if id is not None:
        return found.index if found else 0
    return min(index or 0, len(timeline))


@rule("copies/unknown-changeset")
def point_known(call: Call, index: int | None, id: str | None, found: Changeset | None) -> None:
    """The last changeset to copy must exist."""
    if (id and found is None) or (index is not None and index > len(call.imodel.timeline)):
        raise Problem("ChangesetNotFound")


@finding("clone-imodel", _plan)
async def clone_imodel(call: Call, plan: Plan) -> Answer:
    """Copy an iModel with its changesets; its groups are closed by that."""
    copied = _copied(call, plan, preserved=True)
    if not call.bent(GROUPS_STAY_OPEN):
        call.imodel.close_groups(call.now)
    copied.origin, copied.cloned_from = "clone", Source(call.imodel.id, plan.point)
    return _begun(call, copied)


@finding("fork-imodel", _plan)
async def fork_imodel(call: Call, plan: Plan) -> Answer:
    """Copy an iModel to go on apart from it, with its history or without."""
    preserved = call.body.get("preserveHistory") is True
    keep = (preserved or call.bent(HISTORY_ALWAYS)) and not call.bent(HISTORY_NEVER)
    copied = _copied(call, plan, preserved=keep)
    copied.origin = "fork"
    copied.forked_from = Source(call.imodel.id, plan.point, call.store.new_id())
    return _begun(call, copied)


def _begun(call: Call, copied: IModel) -> Answer:
    if call.bent(SOURCE_CHANGED):
        call.imodel.description = f"{call.imodel.description or ''} (copied)"
    where = url(call, copied.id)
    return Answer(202, headers={"Location": where, "Create-iModel-Operation": f"{where}/operations/create"})


def _copied(call: Call, plan: Plan, *, preserved: bool) -> IModel:
    source = call.imodel
    default = f"{source.name} copy" if call.bent(OTHER_NAME) else source.name
    name = call.text("name") or default
    name_free(call, plan.itwin, name)
    containers = call.number("containersEnabled")
    copied = IModel(
        call.store.new_id(),
        plan.itwin.id,
        name,
        call.caller.id,
        call.now,
        ready=call.work(),
        failed=call.bent(FAILS) or call.bent(ONLY_SAID),
        description=_description(call, source),
        extent=None if call.bent(EXTENT_LOST) else source.extent,
        containers_enabled=source.containers_enabled if containers is None else containers,
    )
    _fill(call, plan, copied, preserved=preserved)
    return copied


def _description(call: Call, source: IModel) -> str | None:
    given = call.text("description")
    return given if given is not None or call.bent(DESCRIPTION_LOST) else source.description


@rule("copies/name-taken")
def name_free(call: Call, itwin: ITwin, name: str) -> None:
    """No copy takes the name of another iModel of its iTwin."""
    if name.casefold() in itwin.names:
        raise Problem("iModelExists")


def _fill(call: Call, plan: Plan, copied: IModel, *, preserved: bool) -> None:
    source, store = call.imodel, call.store
    taken = source.timeline[: plan.count]
    baseline = store.baseline(source) if preserved else merged(call, source, taken[-1] if taken else None)
    store.add(copied, baseline, call.now)
    for changeset in taken if preserved else ():
        twin = copy(changeset)
        twin.group_id = None
        if not call.bent(DATA_COPIED):
            twin.extended_data = None
        if call.bent(CHANGED_TIMELINE):
            twin.description = f"{twin.description or ''} (copy)"
        copied.arriving.append(twin)
        copied.visited(store.users[twin.creator_id], call.now)
        blob = store.blobs.get(container(source), f"{twin.id}.cs")
        if blob is not None and not call.bent(NO_FILES):
            store.blobs.put(container(copied), f"{twin.id}.cs", blob.data, call.now)
    if call.bent(VERSIONS_COPIED):
        copied.versions = {v.id: v for v in map(_renewed(call), source.versions.values())}
    if call.bent(BRIEFCASES_COPIED):
        copied.briefcases, copied.last_briefcase = dict(source.briefcases), source.last_briefcase
    if call.bent(GROUPS_COPIED):
        copied.groups = dict(source.groups)


def _renewed(call: Call) -> Any:
    def renew(version: NamedVersion) -> NamedVersion:
        twin = copy(version)
        twin.id = call.store.new_id()
        return twin

    return renew


@handler("get-create-imodel-operation-details")
async def get_operation(call: Call) -> Answer:
    """Read how the creation of an iModel goes on."""
    imodel = call.imodel
    cloned = _source(call, imodel.cloned_from)
    if call.bent(EMPTY_HAS_SOURCE) and imodel.origin == "empty":
        cloned = {"iModelId": imodel.id, "changesetId": ""}
    operation = {"state": _state(call, imodel), "clonedFrom": cloned}
    return ok("createOperation", {**operation, "forkedFrom": _source(call, imodel.forked_from)})


def _state(call: Call, imodel: IModel) -> str:
    if imodel.ready is None:
        return "scheduled" if call.bent(FILE_NOT_AWAITED) else "waitingForFile"
    instant = imodel.ready <= imodel.created
    later = LATER if call.bent(OPERATION_LATER) and not instant else timedelta()
    if not imodel.over(call.now - later):
        return "scheduled"
    return "failed" if imodel.failed and not call.bent(ONLY_SAID) else "successful"


def _source(call: Call, source: Source | None) -> dict[str, Any] | None:
    if source is None or call.bent(SOURCE_UNNAMED):
        return None
    named = {"iModelId": source.imodel_id, "changesetId": source.changeset_id}
    if source.relationship_id is not None:
        named["relationshipId"] = source.relationship_id
    return named
