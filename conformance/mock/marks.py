"""The lists of iModels that belong to a user: what is in them, and how they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conformance.mock import access
from conformance.mock.call import Answer, Call
from conformance.mock.entities import WEBVIEW, ITwin, Mark, Marks
from conformance.mock.liberties import liberty
from conformance.mock.lists import Orders, page
from conformance.mock.problems import Problem
from conformance.mock.resources.imodels import entity, find_itwin, minimal

NONE_ANYWHERE = liberty.switch("unknown-itwin-has-no-marks")
ABSENT_404 = liberty.switch("unmarked-404")
UNSORTED = liberty.switch("marks-in-own-order")
STATUSES = {liberty.switch("marks-answer-200"): 200, liberty.switch("marks-answer-201"): 201}

EVERYBODY = ""
ORDERS: Orders[Mark] = {
    "name": lambda mark: mark.imodel.name,
    "createdDateTime": lambda mark: mark.imodel.created,
}


def itwin_of(call: Call) -> ITwin | None:
    """The iTwin whose iModels are asked for."""
    id = str(call.query.get("iTwinId")).lower()
    if id not in call.store.itwins and call.bent(NONE_ANYWHERE):
        return None
    return find_itwin(call, id)


def own(call: Call, lists: dict[str, Marks], *, shared: bool) -> Marks:
    """The list of the caller; a shared one belongs to everybody."""
    return lists.setdefault(EVERYBODY if shared else call.caller.id, {})


def listed(call: Call, marks: Iterable[Mark], itwin: ITwin | None, *, anywhere: bool) -> Answer:
    """A page of those marks whose iModel lies in the iTwin, or anywhere, and may be seen."""
    near = [mark for mark in marks if anywhere or (itwin and mark.imodel.itwin_id == itwin.id)]
    seen = [mark for mark in near if WEBVIEW in access.held(call, mark.imodel)]
    return page(call, seen, _short, _whole, {} if call.bent(UNSORTED) else ORDERS)


def _short(call: Call, mark: Mark) -> dict[str, Any]:
    return minimal(call, mark.imodel)


def _whole(call: Call, mark: Mark) -> dict[str, Any]:
    return entity(call, mark.imodel)


def present(call: Call, marks: Marks) -> None:
    """What is not in a list may be refused to be taken out of it."""
    if call.imodel.id not in marks and call.bent(ABSENT_404):
        raise Problem("iModelNotFound")


def done(call: Call) -> Answer:
    """The answer to a change of a list."""
    firm = call.operation.id == "add-imodel-to-my-favorites"
    return Answer(204 if firm else next((s for name, s in STATUSES.items() if call.bent(name)), 204))
