"""Recents: the iModels a user has used lately, the last one first."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.mock.call import Answer, Call
from conformance.mock.entities import ITwin, Mark, Marks
from conformance.mock.faults import fault
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.marks import done, itwin_of, listed, own, present

NOT_KEPT = fault.switch("recents/add-is-listed")
NOT_REMOVED = fault.switch("recents/remove-unlists")
SHARED = fault.switch("recents/own-to-each-user")
ANY_ITWIN = fault.switch("recents/only-of-the-itwin")
OLDEST_FIRST = fault.switch("recents/latest-first")
STAYS_IN_PLACE = fault.switch("recents/add-again-moves-to-front")
ENDLESS = fault.switch("recents/at-most-25")
NEWEST_DROPPED = fault.switch("recents/oldest-dropped")
BY_ITWIN = liberty.switch("recents-by-itwin")


def _own(call: Call) -> Marks:
    return own(call, call.store.recents, shared=call.bent(SHARED))


@finding("get-my-recently-used-imodels", itwin_of)
async def list_recents(call: Call, itwin: ITwin | None) -> Answer:
    """List the recents of the caller."""
    found = [*_own(call).values()]
    ordered = found if call.bent(OLDEST_FIRST) else reversed(found)
    return listed(call, ordered, itwin, anywhere=call.bent(ANY_ITWIN))


@handler("add-imodel-to-my-recents", before_ready=True)
async def add_recent(call: Call) -> Answer:
    """Put an iModel first, and drop what then is one too many."""
    marks, imodel = _own(call), call.imodel
    known = imodel.id in marks
    if not call.bent(NOT_KEPT) and not (known and call.bent(STAYS_IN_PLACE)):
        marks.pop(imodel.id, None)
        dropped = [] if call.bent(ENDLESS) else [*_beyond(call, marks)]
        if not (dropped and call.bent(NEWEST_DROPPED)):
            for id in dropped:
                del marks[id]
            marks[imodel.id] = Mark(imodel, call.now)
    return done(call)


def _beyond(call: Call, marks: Marks) -> Iterator[str]:
    """The oldest that leave no room for one more."""
    itwin = call.imodel.itwin_id
    counted = [id for id, mark in marks.items() if not call.bent(BY_ITWIN) or mark.imodel.itwin_id == itwin]
    yield from counted[: max(0, len(counted) + 1 - call.settings.recents_per_user)]


@handler("remove-imodel-from-my-recents", before_ready=True)
async def remove_recent(call: Call) -> Answer:
    """Forget that an iModel was used."""
    present(call, _own(call))
    if not call.bent(NOT_REMOVED):
        _own(call).pop(call.imodel.id, None)
    return done(call)
