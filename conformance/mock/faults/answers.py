"""Answers that are wrong in form, whatever they are about."""

from __future__ import annotations

from conformance.mock.call import Answer, Call
from conformance.mock.faults import fault
from conformance.mock.walk import objects

LISTS = (
    "get-itwin-imodels",
    "get-imodel-users",
    "get-imodel-briefcases",
    "get-imodel-changesets",
    "get-imodel-changesets-extended-data",
    "get-imodel-changeset-groups",
    "get-imodel-named-versions",
    "get-imodel-locks",
    "get-imodel-released-locks",
)
COPIES = ("clone-imodel", "fork-imodel")


@fault("answers/no-server-error", on=["get-imodel-thumbnail"])
def crash(call: Call, answer: Answer) -> None:
    """A picture that cannot be made."""
    answer.status, answer.content, answer.media_type = 500, None, "application/json"
    answer.body = {"error": {"code": "InternalServerError", "message": "The service failed."}}


@fault("answers/documented-success", on=["get-imodel-thumbnail", "get-imodel-users"])
def other_success(call: Call, answer: Answer) -> None:
    """A success that nobody announced."""
    answer.status = 203


@fault("answers/documented-refusal", on=["get-itwin-imodels"], when="problem")
def other_refusal(call: Call, answer: Answer) -> None:
    """A refusal that nobody announced, where no status is promised."""
    details = (answer.body or {}).get("error", {}).get("details", [])
    if any(str(detail.get("target", "")).startswith("$") for detail in details):
        answer.status = 400
        answer.body = {"error": {"code": "BadRequest", "message": "Look at the query."}}


@fault("answers/media-type", on=LISTS)
def text(call: Call, answer: Answer) -> None:
    """JSON that says it is text."""
    answer.media_type = "text/plain"


@fault("answers/media-type:picture", on=["get-imodel-thumbnail"])
def jpeg(call: Call, answer: Answer) -> None:
    """A PNG that says it is a JPEG."""
    answer.media_type = "image/jpeg"


@fault("answers/no-body-with-204")
def body_with_204(call: Call, answer: Answer) -> None:
    """A body where none can be."""
    if answer.status == 204:
        answer.body = {"deleted": True}
        answer.headers["Connection"] = "close"


@fault("answers/documented-headers", on=COPIES)
def header_missing(call: Call, answer: Answer) -> None:
    """A promised header that is not there."""
    answer.headers.pop("Create-iModel-Operation", None)


@fault("answers/no-leak", when="problem")
def stack_trace(call: Call, answer: Answer) -> None:
    """A refusal that shows the inside of the service."""
    if answer.body and answer.status == 404:
        answer.body["error"]["message"] += (
            ' Traceback (most recent call last): File "/srv/app/lookup.py", line 31, in find KeyError'
        )


@fault("answers/no-leak:token", when="problem")
def token_shown(call: Call, answer: Answer) -> None:
    """A refusal that repeats the token."""
    if answer.body and answer.status == 404:
        answer.body["error"]["message"] += f" ({call.request.headers.get('authorization')})"


@fault("answers/undocumented-members", on=["get-imodel-details"])
def extra_member(call: Call, answer: Answer) -> None:
    """A member that nobody announced."""
    for found in objects(answer.body):
        if "dataCenterLocation" in found:
            found["storageAccount"] = "internal-7"


@fault("answers/dates-are-utc")
def local_dates(call: Call, answer: Answer) -> None:
    """Dates in the time of some other place."""
    for found in objects(answer.body):
        for name, value in found.items():
            dated = name.endswith(("DateTime", "Date", "Time")) and isinstance(value, str)
            if dated and value.endswith("Z"):
                found[name] = f"{value[:-1]}+02:00"
