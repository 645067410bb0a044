"""Checkpoints: read the stored file of a point of a timeline, and restart its making."""

from __future__ import annotations

from typing import Any

from conformance.mock.blobs import Blob
from conformance.mock.call import Answer, Call
from conformance.mock.entities import Changeset, Checkpoint, NamedVersion
from conformance.mock.faults import fault
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.points import (
    checkpoint_at,
    find_changeset,
    made,
    over,
    schedule,
    successful,
    successful_ones,
)
from conformance.mock.problems import Problem
from conformance.mock.resources.imodels import OLDER_SERVICE
from conformance.mock.resources.named_versions import find_version
from conformance.mock.sas import ACCOUNT
from conformance.mock.store import blocks, container
from conformance.mock.views import ok, signed, storage_link

UNSEEN_BY_CHANGESET = fault.switch("checkpoints/scheduled-with-named-version:by-changeset")
ONE_FILE = fault.switch("checkpoints/file-of-its-point")
NO_FILE = fault.switch("checkpoints/successful-has-file")
FILE_AT_ONCE = fault.switch("checkpoints/unfinished-has-no-file")
LOWEST_AS_LATEST = fault.switch("checkpoints/latest-is-highest")
ALWAYS_RESTARTED = fault.switch("checkpoints/restart-keeps-successful")

NOT_GENERATED_200 = liberty.switch("not-generated-checkpoint-200")
NO_LATEST_200 = liberty.switch("no-latest-checkpoint-200")
NO_LATEST_OF_FRESH = liberty.switch("no-checkpoint-of-fresh-imodel")
SIZE_EARLY = liberty.switch("checkpoint-size-early")
DIRECTORY_ONLY = liberty.switch("checkpoint-as-directory-only")


def entity(call: Call, checkpoint: Checkpoint) -> dict[str, Any]:
    """A checkpoint with all the ways to its file, once it is there."""
    ready = successful(call, checkpoint)
    name = f"{(not call.bent(ONE_FILE) and checkpoint.changeset_id) or 'BASELINE'}.bim"
    whole: dict[str, Any] = {
        "changesetId": checkpoint.changeset_id,
        "changesetIndex": checkpoint.changeset_index,
        "size": len(_stored(call, checkpoint, name).data) if ready or call.bent(SIZE_EARLY) else 0,
        "state": _state(call, checkpoint),
        "dbName": name,
        "containerAccessInfo": None,
        "directoryAccessInfo": None,
        "_links": {"download": None},
    }
    if (ready and not call.bent(NO_FILE)) or (not ready and call.bent(FILE_AT_ONCE)):
        whole |= _access(call, checkpoint, name)
    if call.bent(OLDER_SERVICE):
        del whole["size"], whole["dbName"]
    return whole


def _state(call: Call, checkpoint: Checkpoint) -> str:
    if checkpoint.ready is None:
        return "notGenerated"
    if not over(call, checkpoint):
        return "scheduled"
    return "failed" if checkpoint.failed else "successful"


def _access(call: Call, checkpoint: Checkpoint, name: str) -> dict[str, Any]:
    _stored(call, checkpoint, name)
    here = blocks(call.imodel)
    sas = signed(call, here, "", "r")
    directory = {
        "baseUrl": f"{call.request.origin}/{ACCOUNT}",
        "storage": ACCOUNT,
        "baseDirectory": here,
        "storageType": "azure",
        "azure": {"sasToken": sas},
    }
    if call.bent(DIRECTORY_ONLY):
        return {"directoryAccessInfo": directory}
    return {
        "containerAccessInfo": {"account": ACCOUNT, "container": here, "sas": f"?{sas}", "dbName": name},
        "directoryAccessInfo": directory,
        "_links": {"download": storage_link(call, here, name, "r")},
    }


def _stored(call: Call, checkpoint: Checkpoint, name: str) -> Blob:
    """The stored file; it is put together when somebody first asks for it."""
    imodel, blobs = call.imodel, call.store.blobs
    found = blobs.get(blocks(imodel), name)
    if found is not None:
        return found
    earlier = imodel.timeline[: checkpoint.changeset_index]
    files = (blobs.get(container(imodel), f"{changeset.id}.cs") for changeset in earlier)
    data = call.store.baseline(imodel) + b"".join(blob.data for blob in files if blob)
    return blobs.put(blocks(imodel), name, data, call.now)


def _answer(call: Call, checkpoint: Checkpoint | None, id: str | None, index: int) -> Answer:
    if checkpoint is None and not call.bent(NOT_GENERATED_200):
        raise Problem("CheckpointNotFound")
    return ok("checkpoint", entity(call, checkpoint or Checkpoint(id, index, None)))


def _find_point(call: Call) -> Changeset | None:
    text = call.params["changeset"]
    return None if text.isascii() and text.isdigit() and not text.strip("0") else find_changeset(call)


@finding("get-changeset-checkpoint", _find_point)
async def get_changeset_checkpoint(call: Call, changeset: Changeset | None) -> Answer:
    """Read the checkpoint of exactly one changeset, or of the baseline."""
    if changeset is None:
        return _answer(call, checkpoint_at(call, 0), None, 0)
    if not made(call, changeset) or call.bent(UNSEEN_BY_CHANGESET):
        return ok("checkpoint", entity(call, Checkpoint(changeset.id, changeset.index, None)))
    found = checkpoint_at(call, changeset.index) if changeset.pushed else None
    return _answer(call, found, changeset.id, changeset.index)


@finding("get-named-version-checkpoint", find_version)
async def get_version_checkpoint(call: Call, version: NamedVersion) -> Answer:
    """Read the checkpoint of the point that a named version stands on."""
    found = checkpoint_at(call, version.changeset_index)
    return _answer(call, found, version.changeset_id, version.changeset_index)


@handler("get-briefcase-checkpoint")
async def get_latest_checkpoint(call: Call) -> Answer:
    """Read the highest checkpoint whose file is there."""
    found = successful_ones(call)
    if call.bent(NO_LATEST_OF_FRESH) and not call.imodel.timeline:
        found = []
    if not found:
        if call.bent(NO_LATEST_200):
            return ok("checkpoint", entity(call, Checkpoint(None, 0, None)))
        raise Problem("CheckpointNotFound")
    return ok("checkpoint", entity(call, found[0 if call.bent(LOWEST_AS_LATEST) else -1]))


@finding("update-named-version-checkpoint", find_version)
async def restart_checkpoint(call: Call, version: NamedVersion) -> Answer:
    """Have a checkpoint made that is neither there nor on its way."""
    found = checkpoint_at(call, version.changeset_index)
    if found is None or (over(call, found) and (found.failed or call.bent(ALWAYS_RESTARTED))):
        found = schedule(call, version.changeset_id, version.changeset_index)
    return ok("checkpoint", entity(call, found))
