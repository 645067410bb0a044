"""Thumbnails that are taken and refused wrongly."""

from __future__ import annotations

from conformance.mock.call import Answer, Call
from conformance.mock.faults import fault
from conformance.mock.problems import Problem

UPLOAD = ("upload-imodel-thumbnail",)


@fault("thumbnails/no-body", on=UPLOAD)
def told_about(call: Call, answer: Answer) -> None:
    """A body where none is promised."""
    answer.body = {"thumbnail": {"fileSize": len(call.request.body)}}


@fault.before("thumbnails/largest-accepted", on=UPLOAD)
def limit_off_by_one(call: Call) -> None:
    """The largest picture is too large."""
    if len(call.request.body) >= call.settings.max_picture:
        raise Problem("RequestTooLarge")


@fault("thumbnails/refused-upload-changes-nothing", on=UPLOAD, when="problem")
def forgotten(call: Call, answer: Answer) -> None:
    """A picture that is refused, and takes the one before it along."""
    if answer.status == 422 and (imodel := call.store.imodels.get(call.params["id"].lower())):
        imodel.pictures.clear()


@fault("requests/not-an-image:inner", on=UPLOAD, when="problem")
def no_inner_code(call: Call, answer: Answer) -> None:
    """A refusal that does not say that the picture is the reason."""
    for detail in (answer.body or {}).get("error", {}).get("details", []):
        detail.pop("innerError", None)
