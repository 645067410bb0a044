"""Favorites: the iModels a user has marked."""

from __future__ import annotations

from conformance.mock.call import Answer, Call
from conformance.mock.entities import ITwin, Mark, Marks
from conformance.mock.faults import fault
from conformance.mock.handlers import finding, handler
from conformance.mock.marks import done, itwin_of, listed, own, present

NOT_KEPT = fault.switch("favorites/add-is-listed")
NOT_REMOVED = fault.switch("favorites/remove-unlists")
TOGGLED = fault.switch("favorites/add-again")
SHARED = fault.switch("favorites/own-to-each-user")
ANY_ITWIN = fault.switch("favorites/only-of-the-itwin")


def _own(call: Call) -> Marks:
    return own(call, call.store.favorites, shared=call.bent(SHARED))


@finding("get-my-favorite-imodels", itwin_of)
async def list_favorites(call: Call, itwin: ITwin | None) -> Answer:
    """List the favorites of the caller, by name."""
    found = sorted(_own(call).values(), key=lambda mark: mark.imodel.name)
    return listed(call, found, itwin, anywhere=call.bent(ANY_ITWIN))


@handler("add-imodel-to-my-favorites", before_ready=True)
async def add_favorite(call: Call) -> Answer:
    """Make an iModel a favorite; it can be one only once."""
    marks = _own(call)
    if call.bent(TOGGLED) and call.imodel.id in marks:
        del marks[call.imodel.id]
    elif not call.bent(NOT_KEPT):
        marks.setdefault(call.imodel.id, Mark(call.imodel, call.now))
    return done(call)


@handler("remove-imodel-from-my-favorites", before_ready=True)
async def remove_favorite(call: Call) -> Answer:
    """Make an iModel no favorite any more."""
    present(call, _own(call))
    if not call.bent(NOT_REMOVED):
        _own(call).pop(call.imodel.id, None)
    return done(call)
