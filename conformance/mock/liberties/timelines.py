"""Freedoms in how named versions and locks refuse."""

from __future__ import annotations

from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem


def _details(answer: Answer) -> list[dict[str, Any]]:
    details: list[dict[str, Any]] = (answer.body or {}).get("error", {}).get("details", [])
    return details


@liberty("version-name-target-id", on=["update-imodel-named-version"], when="problem")
def id_as_target(call: Call, answer: Answer) -> None:
    """A name that is too long, reported as the id."""
    for detail in _details(answer):
        if (detail["code"], detail.get("target")) == ("InvalidValue", "name"):
            detail["target"] = "id"


def _unknown(answer: Answer, target: str, problem: Problem) -> None:
    faults = [(detail["code"], str(detail.get("target")).lower()) for detail in _details(answer)]
    if faults == [("InvalidValue", target.lower())]:
        answer.status, answer.body = problem.status, problem.render(None)


@liberty("malformed-locks-changeset-404", on=["update-imodel-locks"], when="problem")
def changeset_not_found(call: Call, answer: Answer) -> None:
    """A changeset id that is malformed, taken for one that is unknown."""
    _unknown(answer, "changesetId", Problem("ChangesetNotFound"))
