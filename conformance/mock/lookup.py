"""Finding the iModel a path names, and whether it may be written yet."""

from __future__ import annotations

import re

from conformance.mock import access
from conformance.mock.call import Call
from conformance.mock.entities import IModel
from conformance.mock.faults import fault
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem
from conformance.mock.rules import rule

STRICT_ROOT = fault.switch("answers/trailing-slash")
READING_IS_NO_VISIT = liberty.switch("readers-are-no-users")
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def find_imodel(call: Call, *, before_ready: bool) -> None:
    """Note the iModel of the path, or refuse with a 404, or with a 409 while it is not initialized."""
    if "id" not in call.params:
        return
    given = call.params["id"]
    imodel = call.store.imodels.get(given.lower())
    well_formed(call, given)
    known(call, imodel, given)
    call.places.append(imodel or call.store.phantom(call.now))
    call.imodel.settle(call.now)
    access.admit(call)
    if not call.reads and not before_ready:
        ready(call)


@rule("imodels/malformed-id")
def well_formed(call: Call, given: str) -> None:
    """No iModel has an id that is no GUID."""
    if not GUID.fullmatch(given):
        raise Problem("iModelNotFound")


@rule("imodels/unknown-id")
def known(call: Call, imodel: IModel | None, given: str) -> None:
    """The iModel of the path must exist."""
    if imodel is None and GUID.fullmatch(given):
        raise Problem("iModelNotFound")


@rule("imodels/refuses-writes-until-initialized")
def ready(call: Call) -> None:
    """Nothing is written under an iModel that is not initialized."""
    if not call.imodel.initialized(call.now):
        raise Problem("iModelNotInitialized")
