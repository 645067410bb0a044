"""iModels: list, read, update, delete."""

from __future__ import annotations

from typing import Any

from conformance.mock import access
from conformance.mock.call import Answer, Call
from conformance.mock.entities import IModel, ITwin
from conformance.mock.faults import fault
from conformance.mock.gaps import gap
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.lists import page
from conformance.mock.problems import Problem
from conformance.mock.rules import rule
from conformance.mock.store import EMPTY_FILE
from conformance.mock.views import date, link, ok

OTHER_DISPLAY_NAME = fault.switch("imodels/display-name-is-name")
NAME_FILTER_IGNORED = fault.switch("imodels/name-filter")
SEARCH_IGNORED = fault.switch("imodels/search")
SEARCH_BY_CASE = fault.switch("imodels/search:case")
SEARCH_NAME_ONLY = fault.switch("imodels/search:name-only")
STATE_FILTER_IGNORED = fault.switch("imodels/state-filter")
NEWEST_UNLISTED = fault.switch("imodels/create-is-listed")
OWN_NAME_REFUSED = fault.switch("imodels/update-own-name")
UPDATE_NOT_STORED = fault.switch("imodels/update-is-readable")
OMITTED_CLEARED = fault.switch("imodels/update-keeps-omitted")
NOT_DELETED = fault.switch("imodels/delete-removes")
STILL_LISTED = fault.switch("imodels/delete-unlists")
RENAMED_LATE = fault.switch("imodels/rename-won-once")
FORMER_NAME_TAKEN = fault.switch("imodels/name-free-after-update")
NAME_STAYS_TAKEN = fault.switch("imodels/name-free-after-delete")
EXTENT_SORTED = fault.switch("imodels/extent-order-kept")
NO_PUSH_DATE = fault.switch("imodels/last-push-date")
COPIES_GO_TOO = fault.switch("copies/survives-source")
SECURED_AS_TEXT = fault.switch("answers/body-matches-schema")
NEVER_SECURED = fault.switch("permissions/secures-the-imodel")
CONTAINERS_AS_TEXT = fault.switch("answers/body-matches-observed")

NO_LOCATION = liberty.switch("no-location-on-created")
DELETE_WAITS = liberty.switch("not-initialized-delete-409")
OTHER_WRITER = liberty.switch("other-writer")
OLDER_SERVICE = liberty.switch("older-service")

AXES = ("latitude", "longitude")
CORNERS = ("southWest", "northEast")
FOREIGN_LIMIT = 25


def entity(call: Call, imodel: IModel) -> dict[str, Any]:
    """An iModel in full."""
    name = f"iModel {imodel.name}" if call.bent(OTHER_DISPLAY_NAME) else imodel.name
    state = "initialized" if imodel.initialized(call.now) else "notInitialized"
    whole: dict[str, Any] = {
        "id": imodel.id,
        "displayName": name,
        "dataCenterLocation": imodel.data_center,
        "name": imodel.name,
        "description": imodel.description,
        "state": state,
        "createdDateTime": date(call, imodel.created),
        "lastChangesetPushDateTime": None if call.bent(NO_PUSH_DATE) else date(call, imodel.last_push),
        "iTwinId": imodel.itwin_id,
        "isSecured": _secured(call, imodel),
        "extent": imodel.extent,
        "containersEnabled": imodel.containers_enabled,
        "_links": {
            "creator": link(call, imodel.id, "users", imodel.creator_id),
            "changesets": link(call, imodel.id, "changesets"),
            "namedVersions": link(call, imodel.id, "namedversions"),
        },
    }
    if call.bent(CONTAINERS_AS_TEXT) and not imodel.containers_enabled:
        whole["containersEnabled"] = "none"
    if call.bent(OLDER_SERVICE):
        del whole["lastChangesetPushDateTime"], whole["containersEnabled"]
    return whole


def _secured(call: Call, imodel: IModel) -> bool | str:
    return "no" if call.bent(SECURED_AS_TEXT) else imodel.secured and not call.bent(NEVER_SECURED)


def minimal(call: Call, imodel: IModel) -> dict[str, Any]:
    """An iModel in short."""
    whole = entity(call, imodel)
    return {name: whole[name] for name in ("id", "displayName", "dataCenterLocation")}


@rule("imodels/unknown-itwin")
def itwin_known(call: Call, itwin: ITwin | None) -> None:
    """The iTwin must exist."""
    if itwin is None:
        raise Problem("iTwinNotFound")


def find_itwin(call: Call, id: object) -> ITwin:
    """The iTwin a request names, noted as a place where the call acts."""
    itwin = call.store.itwins.get(str(id).lower())
    itwin_known(call, itwin)
    found = itwin or next(iter(call.store.itwins.values()))
    call.places.append(found)
    return found


@finding("get-itwin-imodels", lambda call: find_itwin(call, call.query.get("iTwinId")))
async def list_imodels(call: Call, itwin: ITwin) -> Answer:
    """List the iModels of an iTwin."""
    # Nothing is written in the middle of a walk: pages by number could then not add up.
    if call.bent(OTHER_WRITER) and not {"$skip", "$continuationToken"} & call.query.keys():
        _write_beside(call, itwin)
    found = [each for each in itwin.imodels.values() if access.lists(call, each) and _listed(call, each)]
    if call.bent(NEWEST_UNLISTED) and itwin.imodels:
        newest = next(reversed(itwin.imodels.values()))
        found = [imodel for imodel in found if imodel is not newest]
    found.sort(key=lambda imodel: imodel.name)
    orders = {"name": lambda imodel: imodel.name, "createdDateTime": lambda imodel: imodel.created}
    return page(call, found, minimal, entity, orders)


def _listed(call: Call, imodel: IModel) -> bool:
    name, wanted = call.query.get("name"), call.query.get("$search")
    state = call.query.get("state")
    by_name = name is None or name == imodel.name or call.bent(NAME_FILTER_IGNORED)
    by_text = wanted is None or call.bent(SEARCH_IGNORED) or _contains(call, imodel, str(wanted))
    ready = "initialized" if imodel.initialized(call.now) else "notInitialized"
    return by_name and by_text and (state in {None, ready} or call.bent(STATE_FILTER_IGNORED))


def _contains(call: Call, imodel: IModel, wanted: str) -> bool:
    texts = [imodel.name] if call.bent(SEARCH_NAME_ONLY) else [imodel.name, imodel.description or ""]
    if call.bent(SEARCH_BY_CASE):
        return any(wanted in text for text in texts)
    return any(wanted.casefold() in text.casefold() for text in texts)


def _write_beside(call: Call, itwin: ITwin) -> None:
    stranger = next(user for user in call.store.users.values() if user.given_name == "Hugo")
    foreign = sum(imodel.creator_id == stranger.id for imodel in itwin.imodels.values())
    if 2 * foreign < len(itwin.imodels) and foreign < FOREIGN_LIMIT:
        name = f"~ foreign {foreign + 1}"
        made = IModel(call.store.new_id(), itwin.id, name, stranger.id, call.now, ready=call.now)
        call.store.add(made, EMPTY_FILE, call.now)


def extent_of(call: Call) -> dict[str, Any] | None:
    """The extent in a body, as it will be kept."""
    extent = call.object("extent")
    if extent is None:
        return None
    corners = [{axis: extent[corner][axis] for axis in AXES} for corner in CORNERS]
    if call.bent(EXTENT_SORTED):
        lows, highs = ({axis: pick(c[axis] for c in corners) for axis in AXES} for pick in (min, max))
        corners = [lows, highs]
    return dict(zip(CORNERS, corners, strict=True))


@handler("get-imodel-details")
async def get_imodel(call: Call) -> Answer:
    """Read an iModel."""
    return ok("iModel", entity(call, call.imodel))


@handler("update-imodel")
async def update_imodel(call: Call) -> Answer:
    """Change name, description or extent of an iModel."""
    imodel = call.imodel
    name = call.text("name")
    name_free_for(call, imodel, name)
    await gap(call, RENAMED_LATE)
    before = (imodel.name, imodel.description, imodel.extent)
    if name is not None:
        call.store.rename(imodel, name)
        if call.bent(FORMER_NAME_TAKEN):
            call.store.itwins[imodel.itwin_id].names.setdefault(before[0].casefold(), imodel.id)
    if "description" in call.body or "description" in call.nulls or call.bent(OMITTED_CLEARED):
        imodel.description = call.text("description")
    if "extent" in call.body or "extent" in call.nulls:
        imodel.extent = extent_of(call)
    answer = ok("iModel", entity(call, imodel))
    if call.bent(UPDATE_NOT_STORED):
        call.store.rename(imodel, before[0])
        imodel.description, imodel.extent = before[1:]
    return answer


@rule("imodels/update-name-unique")
def name_free_for(call: Call, imodel: IModel, name: str | None) -> None:
    """An iModel cannot take the name of another one of its iTwin."""
    if name is None:
        return
    holder = call.store.itwins[imodel.itwin_id].names.get(name.casefold())
    if holder not in {None, imodel.id} or (holder == imodel.id and call.bent(OWN_NAME_REFUSED)):
        raise Problem("iModelExists")


@handler("delete-imodel", before_ready=True)
async def delete_imodel(call: Call) -> Answer:
    """Delete an iModel; its copies stay."""
    imodel, store = call.imodel, call.store
    if call.bent(DELETE_WAITS) and not imodel.initialized(call.now):
        raise Problem("iModelNotInitialized")
    if not call.bent(NOT_DELETED):
        itwin = store.itwins[imodel.itwin_id]
        store.remove(imodel)
        if call.bent(STILL_LISTED):
            itwin.imodels[imodel.id] = imodel
        if call.bent(NAME_STAYS_TAKEN):
            itwin.names[imodel.name.casefold()] = imodel.id
    if call.bent(COPIES_GO_TOO):
        _remove_copies(call, imodel)
    return Answer(204)


def _remove_copies(call: Call, imodel: IModel) -> None:
    for other in list(call.store.imodels.values()):
        sources = (other.cloned_from, other.forked_from)
        if any(source is not None and source.imodel_id == imodel.id for source in sources):
            call.store.remove(other)
