"""Refusals that are wrong in form."""

from __future__ import annotations

from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.faults import fault
from conformance.mock.problems import INVALID


def _error(answer: Answer) -> dict[str, Any]:
    error: dict[str, Any] = (answer.body or {}).get("error", {})
    return error


@fault("errors/envelope", when="problem")
def no_message(call: Call, answer: Answer) -> None:
    """An error without its text."""
    _error(answer).pop("message", None)


@fault("errors/code-of-status", when="problem")
def code_of_another_status(call: Call, answer: Answer) -> None:
    """A token that is refused as if an iModel were missing."""
    if _error(answer).get("code") == "Unauthorized":
        _error(answer)["code"] = "iModelNotFound"


@fault("errors/documented-code", when="problem")
def unknown_code(call: Call, answer: Answer) -> None:
    """A code that nobody announced."""
    if _error(answer).get("code") == "Unauthorized":
        _error(answer)["code"] = "TokenRejected"


@fault("errors/details-only-when-invalid", when="problem")
def empty_details(call: Call, answer: Answer) -> None:
    """Details where there are none to give."""
    if answer.status in {403, 404, 409}:
        _error(answer)["details"] = []


@fault("errors/details-say-what", when="problem")
def blank_detail(call: Call, answer: Answer) -> None:
    """An entry that says nothing."""
    if _error(answer).get("code") == INVALID:
        _error(answer).setdefault("details", []).append({"code": "", "message": ""})


@fault("errors/details-say-what:none", when="problem")
def no_details(call: Call, answer: Answer) -> None:
    """An invalid request, and not a word about what is wrong."""
    if _error(answer).get("code") == INVALID:
        _error(answer).pop("details", None)


@fault("access/refusal-has-no-details", when="problem")
def details_of_401(call: Call, answer: Answer) -> None:
    """Details about a token."""
    if answer.status == 401:
        _error(answer)["details"] = [{"code": "InvalidHeaderValue", "message": "Look at the header."}]
