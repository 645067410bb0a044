"""Favorites and recents that are answered wrongly."""

from __future__ import annotations

from conformance.mock.call import Answer, Call
from conformance.mock.entities import Mark, Marks
from conformance.mock.faults import fault
from conformance.mock.problems import Problem, invalid

FAVORITES = ("get-my-favorite-imodels",)
RECENTS = ("get-my-recently-used-imodels",)
ADD_FAVORITE = ("add-imodel-to-my-favorites",)
ADD_RECENT = ("add-imodel-to-my-recents",)
DELETE = ("delete-imodel",)


@fault.before("favorites/skip-and-order-taken", on=FAVORITES)
@fault.before("recents/skip-and-order-taken", on=RECENTS)
def not_for_such_lists(call: Call) -> None:
    """Parameters of other lists, refused."""
    for name in ("$skip", "$orderBy"):
        if name in call.query:
            raise invalid("InvalidValue", name)


@fault("favorites/token-mode", on=FAVORITES)
def gap_between_pages(call: Call, answer: Answer) -> None:
    """A later page without its first item."""
    if call.query.get("$continuationToken") and answer.body:
        del answer.body["iModels"][:1]


@fault("favorites/list-equals-details", on=FAVORITES)
@fault("recents/list-equals-details", on=RECENTS)
def elsewhere(call: Call, answer: Answer) -> None:
    """A list that has its items in another data center."""
    for item in (answer.body or {}).get("iModels", []):
        item["dataCenterLocation"] = "UK South"


@fault("favorites/add-is-204", on=ADD_FAVORITE)
def ok_instead(call: Call, answer: Answer) -> None:
    """The other status that web components take."""
    answer.status = 200


@fault.before("recents/optional-body", on=ADD_RECENT)
def body_wanted(call: Call) -> None:
    """Without a body it is not understood which iModel is meant."""
    if not call.request.body:
        raise Problem("iModelNotFound")


@fault("favorites/unknown-itwin", on=FAVORITES, when="problem")
@fault("recents/unknown-itwin", on=RECENTS, when="problem")
def itwin_invalid(call: Call, answer: Answer) -> None:
    """An iTwin that does not exist, called invalid."""
    if str(call.query.get("iTwinId")).lower() not in call.store.itwins:
        problem = invalid("InvalidValue", "iTwinId")
        answer.status, answer.body = problem.status, problem.render(None)


@fault("favorites/deleted-imodel-goes", on=DELETE)
def favorite_ghost(call: Call, answer: Answer) -> None:
    """A favorite that stays one after it is deleted."""
    _mark(call, call.store.favorites)


@fault("recents/deleted-imodel-goes", on=DELETE)
def recent_ghost(call: Call, answer: Answer) -> None:
    """An iModel that stays among the recents after it is deleted."""
    _mark(call, call.store.recents)


def _mark(call: Call, lists: dict[str, Marks]) -> None:
    lists.setdefault(call.caller.id, {})[call.imodel.id] = Mark(call.imodel, call.now)
