"""Baseline files: what an iModel starts from."""

from __future__ import annotations

from typing import Any

from conformance.mock.access import may_download
from conformance.mock.blobs import Blob
from conformance.mock.call import Answer, Call
from conformance.mock.entities import IModel
from conformance.mock.faults import fault
from conformance.mock.handlers import finding
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem, invalid
from conformance.mock.rules import rule
from conformance.mock.store import baseline_name, container
from conformance.mock.views import link, ok, storage_link

NONE_OF_EMPTY = fault.switch("baseline-files/of-instant-empty")
FAILS = fault.switch("baseline-files/becomes-initialized")
WRONG_STATE = fault.switch("baseline-files/completion")
OTHER_FILE_NAME = fault.switch("baseline-files/named-after-imodel")
HUGE_SIZE = fault.switch("answers/integers-in-range")

NONE_OF_COPIES = liberty.switch("copies-without-baseline-file")
TWICE_409 = liberty.switch("completed-twice-409")
NOT_AWAITED_404 = liberty.switch("no-upload-under-way-404")


def _entity(call: Call, imodel: IModel, *, download: bool = True) -> dict[str, Any]:
    open_to_read = download and imodel.initialized(call.now) and may_download(call)
    file = storage_link(call, container(imodel), baseline_name(imodel), "r") if open_to_read else None
    return {
        "id": imodel.id,
        "displayName": "baseline.bim" if call.bent(OTHER_FILE_NAME) else baseline_name(imodel),
        "fileSize": imodel.baseline_size + (2**63 if call.bent(HUGE_SIZE) else 0),
        "state": _state(call, imodel),
        "_links": {"creator": link(call, imodel.id, "users", imodel.creator_id), "download": file},
    }


def _state(call: Call, imodel: IModel) -> str:
    if imodel.ready is None:
        return "waitingForFile"
    if not imodel.over(call.now):
        return "initializationScheduled"
    return "initializationFailed" if imodel.failed else "initialized"


def _find(call: Call) -> IModel:
    imodel = call.imodel
    copied = imodel.origin in {"template", "clone", "fork"}
    if copied and (call.bent(NONE_OF_COPIES) or not imodel.initialized(call.now)):
        raise Problem("BaselineFileNotFound")
    if call.bent(NONE_OF_EMPTY) and imodel.origin == "empty":
        raise Problem("BaselineFileNotFound")
    return imodel


@finding("get-imodel-baseline-file-details", _find)
async def get_baseline_file(call: Call, imodel: IModel) -> Answer:
    """Read the baseline file of an iModel."""
    return ok("baselineFile", _entity(call, imodel))


@finding("complete-imodel-baseline-file-upload", lambda call: call.imodel, before_ready=True)
async def complete_upload(call: Call, imodel: IModel) -> Answer:
    """Say that the file is uploaded, so that the iModel can be initialized."""
    awaited(call, imodel)
    blob = call.store.blobs.get(container(imodel), baseline_name(imodel))
    uploaded(call, blob)
    size_fits(call, imodel, blob)
    if blob is not None:
        imodel.baseline_size = len(blob.data)
    imodel.ready, imodel.failed = call.work(), call.bent(FAILS)
    whole = _entity(call, imodel, download=False)
    if call.bent(WRONG_STATE):
        whole["state"] = "waitingForFile"
    return ok("baselineFile", whole)


@rule("baseline-files/completed-once")
def awaited(call: Call, imodel: IModel) -> None:
    """An upload must be under way."""
    if imodel.ready is None:
        return
    if imodel.origin == "baseline" and call.bent(TWICE_409):
        raise Problem("DataConflict")
    if imodel.origin != "baseline" and call.bent(NOT_AWAITED_404):
        raise Problem("BaselineFileNotFound")
    raise invalid("InvalidChange")


@rule("baseline-files/file-must-be-uploaded")
def uploaded(call: Call, blob: Blob | None) -> None:
    """The file must be in storage."""
    if blob is None:
        raise Problem("FileNotFound")


@rule("baseline-files/size-must-match")
def size_fits(call: Call, imodel: IModel, blob: Blob | None) -> None:
    """The file must be as large as was said."""
    if blob is not None and len(blob.data) != imodel.baseline_size:
        raise Problem("DataConflict")
