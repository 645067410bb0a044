"""Changesets: list and read the links of a timeline."""

from __future__ import annotations

from typing import Any

from conformance.mock.access import may_download
from conformance.mock.call import Answer, Call
from conformance.mock.entities import Changeset
from conformance.mock.faults import fault
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.lists import page
from conformance.mock.points import INDEX, find_changeset, successful_ones
from conformance.mock.store import container
from conformance.mock.views import application, date, link, ok, storage_link

READ_OTHERWISE = fault.switch("changesets/readable")
NEWEST_UNLISTED = fault.switch("changesets/listed")
OTHER_BY_INDEX = fault.switch("changesets/by-id-or-index")
INDEX_REPEATED = fault.switch("changesets/index-ascends")
CHAIN_TORN = fault.switch("changesets/chain")
AFTER_INCLUDED = fault.switch("changesets/range-filter")
LAST_IGNORED = fault.switch("changesets/range-filter:last")
OTHER_DISPLAY_NAME = fault.switch("changesets/display-name-is-index")
NO_VERSION_LINK = fault.switch("changesets/named-version-link")
LATER_CHECKPOINT = fault.switch("changesets/checkpoint-link")

FINAL_AT_ONCE = liberty.switch("created-changeset-has-final-values")
SYNCHRONIZATION_ECHOED = liberty.switch("synchronization-info-echoed")
SELF_BY_ID = liberty.switch("changeset-self-by-id")
WAITING_LISTED = liberty.switch("waiting-changesets-listed")


def _index(call: Call, changeset: Changeset) -> int:
    imodel = call.imodel
    if changeset.pushed is None:
        early = call.bent(FINAL_AT_ONCE) or call.bent(WAITING_LISTED)
        return len(imodel.timeline) + 1 if early else 0
    return 1 if call.bent(INDEX_REPEATED) else changeset.index


def _parent(call: Call, changeset: Changeset) -> str:
    torn = call.bent(CHAIN_TORN) and changeset.index > 0 and changeset.index % 3 == 0
    return changeset.id if torn else changeset.parent_id


def minimal(call: Call, changeset: Changeset) -> dict[str, Any]:
    """A changeset in short; what is provisional until its file has come is null."""
    index, pushed = _index(call, changeset), changeset.pushed
    final = pushed is not None or call.bent(FINAL_AT_ONCE)
    return {
        "id": changeset.id,
        "displayName": f"#{index}" if call.bent(OTHER_DISPLAY_NAME) and pushed else str(index),
        "description": changeset.description,
        "index": index,
        "parentId": _parent(call, changeset),
        "creatorId": changeset.creator_id if final else None,
        "pushDateTime": date(call, pushed or changeset.created) if final else None,
        "state": "fileUploaded" if pushed else "waitingForFile",
        "containingChanges": changeset.containing_changes,
        "fileSize": changeset.file_size + (call.bent(READ_OTHERWISE) and pushed is not None),
        "briefcaseId": changeset.briefcase_id,
        "groupId": changeset.group_id,
        "_links": _links(call, changeset, final=final),
    }


def _links(call: Call, changeset: Changeset, *, final: bool) -> dict[str, Any]:
    by_id = changeset.pushed is None or call.bent(SELF_BY_ID)
    self = link(call, call.imodel.id, "changesets", changeset.id if by_id else _index(call, changeset))
    creator = link(call, call.imodel.id, "users", changeset.creator_id)
    return {"self": self, "creator": creator if final else None}


def entity(call: Call, changeset: Changeset) -> dict[str, Any]:
    """A changeset in full, as it is read."""
    whole = fresh(call, changeset)
    whole["synchronizationInfo"] = changeset.synchronization_info
    here = container(call.imodel)
    may = changeset.pushed is not None and may_download(call)
    return whole | {
        "_links": whole["_links"]
        | {
            "namedVersion": _version_link(call, changeset),
            "currentOrPrecedingCheckpoint": _checkpoint_link(call, changeset),
            "download": storage_link(call, here, f"{changeset.id}.cs", "r") if may else None,
        }
    }


def fresh(call: Call, changeset: Changeset) -> dict[str, Any]:
    """A changeset in full, as a write answers it: what is around it in the timeline is left open."""
    whole = minimal(call, changeset)
    final = changeset.pushed is not None or call.bent(FINAL_AT_ONCE)
    echoed = changeset.synchronization_info if call.bent(SYNCHRONIZATION_ECHOED) else None
    around = {"namedVersion": None, "currentOrPrecedingCheckpoint": None, "download": None}
    return whole | {
        "application": application(changeset.application) if final else None,
        "synchronizationInfo": echoed,
        "_links": whole["_links"] | around,
    }


def _version_link(call: Call, changeset: Changeset) -> dict[str, str] | None:
    if changeset.pushed is None or call.bent(NO_VERSION_LINK):
        return None
    on_it = (v for v in call.imodel.versions.values() if v.changeset_index == changeset.index)
    version = next(on_it, None)
    return link(call, call.imodel.id, "namedversions", version.id) if version else None


def _checkpoint_link(call: Call, changeset: Changeset) -> dict[str, str] | None:
    if changeset.pushed is None:
        return None
    indexes = [checkpoint.changeset_index for checkpoint in successful_ones(call)]
    points = [index for index in indexes if index <= changeset.index]
    if call.bent(LATER_CHECKPOINT):
        points = [max([changeset.index + 1, *(index for index in indexes if index > changeset.index)])]
    return link(call, call.imodel.id, "changesets", points[-1], "checkpoint") if points else None


@handler("get-imodel-changesets")
async def list_changesets(call: Call) -> Answer:
    """List the changesets of an iModel."""
    after, last = call.query.get("afterIndex"), call.query.get("lastIndex")
    found = list(call.imodel.timeline)
    if call.bent(NEWEST_UNLISTED) and after is None and last is None:
        del found[-1:]
    if call.imodel.pending and call.bent(WAITING_LISTED):
        found.append(call.imodel.pending)
    if after is not None:
        found = [item for item in found if _index(call, item) > after - call.bent(AFTER_INCLUDED)]
    if last is not None and not call.bent(LAST_IGNORED):
        found = [item for item in found if _index(call, item) <= last]
    return page(call, found, minimal, entity, {"index": lambda item: _index(call, item)})


@finding("get-imodel-changeset-details", find_changeset)
async def get_changeset(call: Call, changeset: Changeset) -> Answer:
    """Read a changeset."""
    found = entity(call, changeset)
    if call.bent(OTHER_BY_INDEX) and INDEX.fullmatch(call.params["changeset"]):
        found["containingChanges"] ^= 4
    return ok("changeset", found)
