"""Work that is said to be under way again after it has ended: every other time somebody looks."""

from __future__ import annotations

from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.faults import fault


def _looked_oddly(call: Call) -> bool:
    return sum(called.path.endswith(call.request.path) for called in call.service.calls) % 2 == 1


def _restarted(call: Call, answer: Answer, name: str, end: str, **before: Any) -> None:
    told = (answer.body or {}).get(name, {})
    if told.get("state") == end and _looked_oddly(call):
        told |= before


@fault("copies/operation-moves-on", on=["get-create-imodel-operation-details"])
def copied_again(call: Call, answer: Answer) -> None:
    """A copy that is made, and then to be made."""
    if call.imodel.cloned_from:
        _restarted(call, answer, "createOperation", "successful", state="scheduled")


@fault("imodels/stays-initialized", on=["get-imodel-details"])
def not_ready_again(call: Call, answer: Answer) -> None:
    """A copy that is ready, and then not."""
    if call.imodel.cloned_from:
        _restarted(call, answer, "iModel", "initialized", state="notInitialized")


@fault("checkpoints/stays-successful", on=["get-named-version-checkpoint"])
def stored_again(call: Call, answer: Answer) -> None:
    """A checkpoint that is there, and then on its way."""
    nothing = {"containerAccessInfo": None, "directoryAccessInfo": None, "_links": {"download": None}}
    _restarted(call, answer, "checkpoint", "successful", state="scheduled", size=0, **nothing)
