"""Users that are answered wrongly."""

from __future__ import annotations

from conformance.mock.call import Answer, Call
from conformance.mock.faults import fault


@fault("users/list-equals-details", on=["get-imodel-users"])
def no_pushes(call: Call, answer: Answer) -> None:
    """A list in which nobody has made a named version."""
    for user in (answer.body or {}).get("users", []):
        if "statistics" in user:
            user["statistics"]["createdVersionsCount"] = 0
