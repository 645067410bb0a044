"""Freedoms in the form of answers."""

from __future__ import annotations

from conformance.mock.call import Answer, Call
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem
from conformance.mock.walk import objects

SHARES = (
    "create-imodel-share",
    "get-imodel-shares",
    "get-imodel-share",
    "update-imodel-share",
    "revoke-imodel-share",
)
USER_PERMISSIONS = ("get-imodel-user-permissions", "update-imodel-user-permissions")


@liberty("extra-members")
def extra_members(call: Call, answer: Answer) -> None:
    """Members that nobody announced, in every object of a success."""
    for found in list(objects(answer.body)):
        found["xExtension"] = None


@liberty("other-messages", when="problem")
def other_messages(call: Call, answer: Answer) -> None:
    """Other words for every refusal."""
    for found in objects(answer.body):
        if "message" in found:
            found["message"] = "Das geht so nicht."


@liberty("error-target-null", when="problem")
def null_targets(call: Call, answer: Answer) -> None:
    """A target member that says nothing, where there is none to name."""
    error = (answer.body or {}).get("error", {})
    error.setdefault("target", None)


@liberty("lower-case-targets", when="problem")
def lower_case_targets(call: Call, answer: Answer) -> None:
    """Targets in another case."""
    for found in objects(answer.body):
        if isinstance(found.get("target"), str):
            found["target"] = found["target"].lower()


@liberty("extra-headers", when="always")
def extra_headers(call: Call, answer: Answer) -> None:
    """Headers nobody asked for, the correlation id among them."""
    answer.headers["iTwinPlatform-RateLimit-RemainingCalls"] = "4711"
    if given := call.request.headers.get("x-correlation-id"):
        answer.headers["X-Correlation-Id"] = given


@liberty("charset", when="always")
def charset(call: Call, answer: Answer) -> None:
    """A media type with a parameter."""
    if answer.body is not None:
        answer.media_type = "application/json; charset=utf-8"


@liberty("mutually-exclusive-other-detail", when="problem")
def other_detail(call: Call, answer: Answer) -> None:
    """What excludes each other, called invalid."""
    for found in objects(answer.body):
        if str(found.get("code")).startswith("MutuallyExclusive"):
            found["code"] = "InvalidValue"


@liberty("tutorial-headers")
def tutorial_headers(call: Call, answer: Answer) -> None:
    """Headers that only tutorials show: where what was created is, and a tag of each list."""
    entity = next(iter((answer.body or {}).values()), None)
    link = entity.get("_links", {}).get("self") if isinstance(entity, dict) else None
    if answer.status == 201 and link:
        answer.headers.setdefault("Location", link["href"])
    if answer.status == 200 and call.operation.collection:
        answer.headers["ETag"] = '"0x8DE0A1B2C3D4E5F"'


@liberty("bare-refusals", when="problem")
def bare(call: Call, answer: Answer) -> None:
    """A refusal for lack of a permission that says nothing more."""
    if answer.status == 403:
        answer.body = None


@liberty("shares-not-offered", on=SHARES, when="always")
def no_shares(call: Call, answer: Answer) -> None:
    """Sharing is a closed preview, of which nothing is there."""
    answer.status, answer.body = 404, Problem("ResourceNotFound").render(None)


@liberty.before("user-permissions-not-offered", on=USER_PERMISSIONS)
def no_user_permissions(call: Call) -> None:
    """Permissions of users are a technical preview."""
    raise Problem("InsufficientPermissions")


@liberty.before("fork-not-offered", on=["fork-imodel"])
def no_fork(call: Call) -> None:
    """Forking is a closed preview."""
    raise Problem("InsufficientPermissions")
