"""Freedoms in what is refused, and with which status."""

from __future__ import annotations

from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem, invalid

KNOWN = {"", "return=minimal", "return=representation"}
NEEDING_A_PARAMETER = ("get-itwin-imodels", "get-imodel-released-locks")


def _has(answer: Answer, **wanted: str) -> bool:
    details: list[dict[str, Any]] = (answer.body or {}).get("error", {}).get("details", [])
    return any(wanted.items() <= detail.items() for detail in details)


@liberty("missing-parameter-400", on=NEEDING_A_PARAMETER, when="problem")
def missing_400(call: Call, answer: Answer) -> None:
    """A parameter that is missed with another status."""
    if _has(answer, code="MissingRequiredParameter"):
        answer.status = 400


@liberty("missing-parameter-404", on=["get-itwin-imodels"], when="problem")
def missing_404(call: Call, answer: Answer) -> None:
    """Without an iTwin no iTwin is found."""
    if _has(answer, code="MissingRequiredParameter"):
        found = Problem("iTwinNotFound")
        answer.status, answer.body = found.status, found.render(None)


@liberty.before("unknown-prefer-422")
def unknown_prefer(call: Call) -> None:
    """A preference that nobody knows is no valid header."""
    wish = call.request.headers.get("prefer", "").replace(" ", "").lower()
    if call.operation.parameter("Prefer") and wish not in KNOWN:
        raise invalid("InvalidHeaderValue", "prefer")
