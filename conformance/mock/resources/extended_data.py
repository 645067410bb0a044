"""Extended data of changesets: attach it once, read it, list it."""

from __future__ import annotations

import base64
import json
from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.entities import Changeset
from conformance.mock.faults import fault
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.lists import cut
from conformance.mock.points import INDEX, find_changeset
from conformance.mock.problems import Problem, invalid
from conformance.mock.rules import rule
from conformance.mock.views import ok

OTHER_INDEX = fault.switch("extended-data/names-changeset")
READ_OTHERWISE = fault.switch("extended-data/readable")
LISTED_OTHERWISE = fault.switch("extended-data/list-equals-details")
NEWEST_UNLISTED = fault.switch("extended-data/listed")
OTHER_BY_INDEX = fault.switch("extended-data/by-id-or-index")
REPLACED = fault.switch("extended-data/once:replaced")
ODD_REFUSAL = fault.switch("extended-data/data-is-object")

ANY_JSON = liberty.switch("extended-data-of-any-json")
LARGE_413 = liberty.switch("extended-data-too-large-413")
OTHERS_409 = liberty.switch("extended-data-of-another-409")
OTHERS_422 = liberty.switch("extended-data-of-another-422")

MOST = 204800
OTHER = base64.b64encode(b'{"other": true}').decode()


def find_pushed(call: Call) -> Changeset:
    """The pushed changeset a path names; one that waits for its file has no data yet."""
    found = find_changeset(call)
    if found is call.imodel.pending:
        raise Problem("ChangesetNotFound")
    return found


def entity(call: Call, changeset: Changeset) -> dict[str, Any]:
    """The data of a changeset."""
    return {
        "changesetId": changeset.id,
        "changesetIndex": changeset.index + call.bent(OTHER_INDEX),
        "data": changeset.extended_data or "",
    }


@finding("create-imodel-changeset-extended-data", find_pushed)
async def create_data(call: Call, changeset: Changeset) -> Answer:
    """Attach data to a changeset."""
    data = call.text("data") or ""
    size_within(call, data)
    is_object(call, is_json(call, data))
    own_changeset(call, changeset)
    none_yet(call, changeset, data)
    changeset.extended_data = data
    return ok("extendedData", entity(call, changeset), 201)


@rule("extended-data/size-limit")
def size_within(call: Call, data: str) -> None:
    """The text has at most so many bytes."""
    if len(data.encode()) > MOST:
        raise Problem("RequestTooLarge") if call.bent(LARGE_413) else invalid("InvalidValue", "data")


@rule("extended-data/data-is-json", otherwise={})
def is_json(call: Call, data: str) -> object:
    """The text is JSON in base64."""
    try:
        return json.loads(base64.b64decode(data, validate=True))
    except (ValueError, RecursionError) as error:
        raise invalid("InvalidValue", "data") from error


def is_object(call: Call, value: object) -> None:
    """The JSON is an object."""
    if isinstance(value, dict) or call.bent(ANY_JSON):
        return
    raise Problem("ChangesetNotFound") if call.bent(ODD_REFUSAL) else invalid("InvalidValue", "data")


@rule("extended-data/pusher-only")
def own_changeset(call: Call, changeset: Changeset) -> None:
    """Only who pushed a changeset attaches data to it."""
    if changeset.creator_id == call.caller.id:
        return
    if call.bent(OTHERS_422):
        raise invalid("InvalidValue", "changesetId")
    raise Problem("ChangesetExtendedDataExists" if call.bent(OTHERS_409) else "InsufficientPermissions")


@rule("extended-data/once")
def none_yet(call: Call, changeset: Changeset, data: str) -> None:
    """A changeset gets data once."""
    if changeset.extended_data is not None:
        if call.bent(REPLACED):
            changeset.extended_data = data
        raise Problem("ChangesetExtendedDataExists")


@finding("get-imodel-changeset-extended-data-details", find_pushed)
async def get_data(call: Call, changeset: Changeset) -> Answer:
    """Read the data of a changeset."""
    attached(call, changeset)
    found = entity(call, changeset)
    by_index = INDEX.fullmatch(call.params["changeset"]) is not None
    if call.bent(READ_OTHERWISE) or (by_index and call.bent(OTHER_BY_INDEX)):
        found["data"] = OTHER
    return ok("extendedData", found)


@rule("extended-data/none-yet")
def attached(call: Call, changeset: Changeset) -> None:
    """There is nothing to read before data is attached."""
    if changeset.extended_data is None:
        raise Problem("ChangesetExtendedDataNotFound")


@handler("get-imodel-changesets-extended-data")
async def list_data(call: Call) -> Answer:
    """List the data of all changesets that have some."""
    found = [changeset for changeset in call.imodel.timeline if changeset.extended_data is not None]
    if call.bent(NEWEST_UNLISTED):
        del found[-1:]
    window, links = cut(call, found, lambda changeset: changeset.id)
    listed = [entity(call, changeset) for changeset in window]
    if call.bent(READ_OTHERWISE) or call.bent(LISTED_OTHERWISE):
        listed = [{**item, "data": OTHER} for item in listed]
    return Answer(200, {"extendedData": listed, "_links": links})
