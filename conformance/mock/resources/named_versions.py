"""Named versions: name a point of a timeline, list, read and change the names."""

from __future__ import annotations

from copy import copy
from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.entities import Changeset, NamedVersion
from conformance.mock.faults import fault
from conformance.mock.gaps import gap
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.lists import page
from conformance.mock.points import checkpoint_at, schedule
from conformance.mock.problems import Problem, invalid
from conformance.mock.resources.imodels import NO_LOCATION
from conformance.mock.rules import declare, rule
from conformance.mock.views import application, date, link, ok, url

OTHER_DISPLAY_NAME = fault.switch("named-versions/display-name-is-name")
OFF_BASELINE = fault.switch("named-versions/on-baseline")
OTHER_INDEX = fault.switch("named-versions/index-agrees")
NOT_APPLIED = fault.switch("named-versions/update-applies")
NOT_STORED = fault.switch("named-versions/update-is-readable")
OMITTED_CLEARED = fault.switch("named-versions/update-keeps-omitted")
HIDDEN_UNLISTED = fault.switch("named-versions/hidden-still-listed")
READ_OTHERWISE = fault.switch("named-versions/readable")
NEWEST_UNLISTED = fault.switch("named-versions/listed")
NAME_IGNORED = fault.switch("named-versions/name-filter")
SEARCH_BY_CASE = fault.switch("named-versions/search")
SEARCH_IGNORED = fault.switch("named-versions/search:ignored")
NEVER_SCHEDULED = fault.switch("checkpoints/scheduled-with-named-version")
NAMED_LATE = fault.switch("named-versions/name-won-once")
PLACED_LATE = fault.switch("named-versions/changeset-won-once")
RENAMED_LATE = fault.switch("named-versions/rename-won-once")
TORN = fault.switch("lists/untorn")
STATE_IGNORED = fault.switch("named-versions/state-filter")

UNKNOWN_422 = liberty.switch("version-on-unknown-changeset-422")
BASELINE_TWICE = liberty.switch("second-version-on-baseline")
HIDDEN_NAME_FREE = liberty.switch("hidden-name-is-free")
CHANGESET_FIRST = liberty.switch("version-changeset-before-name")

RESTARTED = declare("checkpoints/unknown-named-version")


def minimal(call: Call, version: NamedVersion) -> dict[str, Any]:
    """A named version in short."""
    shift = call.bent(OFF_BASELINE if version.changeset_id is None else OTHER_INDEX)
    return {
        "id": version.id,
        "displayName": f"Version {version.name}" if call.bent(OTHER_DISPLAY_NAME) else version.name,
        "changesetId": version.changeset_id,
        "changesetIndex": version.changeset_index + shift,
    }


def entity(call: Call, version: NamedVersion) -> dict[str, Any]:
    """A named version in full."""
    imodel, changeset = call.imodel, version.changeset_id
    return {
        **minimal(call, version),
        "name": version.name,
        "description": version.description,
        "createdDateTime": date(call, version.created),
        "state": version.state,
        "application": application(version.application),
        "_links": {
            "creator": link(call, imodel.id, "users", version.creator_id),
            "changeset": link(call, imodel.id, "changesets", changeset) if changeset else None,
        },
    }


@handler("create-imodel-named-version")
async def create_version(call: Call) -> Answer:
    """Name a changeset, or the baseline where none is given."""
    id = call.store.new_id()
    given, name = call.text("changesetId"), call.text("name")
    name = id if name is None else name
    changeset = call.imodel.changesets.get(given.lower()) if given else None
    changeset_known(call, given, changeset)
    if call.bent(CHANGESET_FIRST):
        changeset_free(call, changeset)
    name_free(call, name)
    await gap(call, NAMED_LATE)
    changeset_free(call, changeset)
    await gap(call, PLACED_LATE)
    made = NamedVersion(id, name, call.caller.id, call.now, changeset.id if changeset else given or None)
    made.changeset_index = changeset.index if changeset else 0
    made.description, made.application = call.text("description"), call.caller.application
    call.imodel.versions[id] = made
    if checkpoint_at(call, made.changeset_index) is None and not call.bent(NEVER_SCHEDULED):
        schedule(call, made.changeset_id, made.changeset_index)
    answer = ok("namedVersion", entity(call, made), 201)
    if not call.bent(NO_LOCATION):
        answer.headers["Location"] = url(call, call.imodel.id, "namedversions", id)
    return answer


@rule("named-versions/unknown-changeset")
def changeset_known(call: Call, given: str | None, changeset: Changeset | None) -> None:
    """The changeset must have been pushed."""
    if given is not None and changeset is None:
        raise (
            invalid("InvalidValue", "changesetId") if call.bent(UNKNOWN_422) else Problem("ChangesetNotFound")
        )


@rule("named-versions/name-unique")
def name_free(call: Call, name: str) -> None:
    """No other version of the iModel may have the name."""
    _refuse_taken(call, name, None)


@rule("named-versions/update-name-unique")
def other_name_free(call: Call, name: str, version: NamedVersion) -> None:
    """A version does not take the name of another."""
    _refuse_taken(call, name, version)


def _refuse_taken(call: Call, name: str, own: NamedVersion | None) -> None:
    for version in call.imodel.versions.values():
        counts = version is not own and not (version.state == "hidden" and call.bent(HIDDEN_NAME_FREE))
        if counts and version.name.casefold() == name.casefold():
            raise Problem("NamedVersionExists")


@rule("named-versions/one-per-changeset")
def changeset_free(call: Call, changeset: Changeset | None) -> None:
    """A point has one version at most."""
    if changeset is None and call.bent(BASELINE_TWICE):
        return
    id = changeset.id if changeset else None
    if any(version.changeset_id == id for version in call.imodel.versions.values()):
        raise Problem("NamedVersionOnChangesetExists")


@handler("get-imodel-named-versions")
async def list_versions(call: Call) -> Answer:
    """List the named versions of an iModel."""
    found = list(call.imodel.versions.values())
    if call.bent(TORN):
        found = await _torn(call)
    if call.bent(NEWEST_UNLISTED):
        del found[-1:]
    if "state" not in call.query and call.bent(HIDDEN_UNLISTED):
        found = [version for version in found if version.state == "visible"]
    found = [version for version in found if _listed(call, version)]
    found.sort(key=_place)
    orders = {
        "changesetIndex": lambda version: version.changeset_index,
        "createdDateTime": lambda version: version.created,
    }
    return page(call, found, minimal, entity, orders)


async def _torn(call: Call) -> list[NamedVersion]:
    """A list as it was, and what follows after as many in the list as it is a moment later."""
    first = sorted(call.imodel.versions.values(), key=_place)
    await gap(call, TORN)
    return first + sorted(call.imodel.versions.values(), key=_place)[len(first) :]


def _place(version: NamedVersion) -> tuple[Any, ...]:
    return version.changeset_index, version.created


def _listed(call: Call, version: NamedVersion) -> bool:
    name, wanted, state = (call.query.get(key) for key in ("name", "$search", "state"))
    by_state = state is None or version.state == state or call.bent(STATE_IGNORED)
    by_name = name is None or version.name == name or call.bent(NAME_IGNORED)
    return by_state and by_name and _contains(call, version, wanted)


def _contains(call: Call, version: NamedVersion, wanted: str | None) -> bool:
    if wanted is None or call.bent(SEARCH_IGNORED):
        return True
    texts = [version.name, version.description or ""]
    if call.bent(SEARCH_BY_CASE):
        return any(wanted in text for text in texts)
    return any(wanted.casefold() in text.casefold() for text in texts)


def find_version(call: Call) -> NamedVersion:
    """The named version a path names."""
    found = call.imodel.versions.get(call.params["namedVersionId"].lower())
    if call.operation.id == "update-named-version-checkpoint":
        restarted_known(call, found)
    else:
        known(call, found)
    id = call.store.new_id() if found is None else found.id
    return found or NamedVersion(id, "Phantom", call.imodel.creator_id, call.now)


@rule("named-versions/unknown")
def known(call: Call, found: NamedVersion | None) -> None:
    """The version must be in the iModel."""
    if found is None:
        raise Problem("NamedVersionNotFound")


@rule(RESTARTED)
def restarted_known(call: Call, found: NamedVersion | None) -> None:
    """The version whose checkpoint is restarted must be in the iModel."""
    if found is None:
        raise Problem("NamedVersionNotFound")


@finding("get-imodel-named-version-details", find_version)
async def get_version(call: Call, version: NamedVersion) -> Answer:
    """Read a named version."""
    found = entity(call, version)
    if call.bent(READ_OTHERWISE):
        found["description"] = None if version.description else "No description."
    return ok("namedVersion", found)


@finding("update-imodel-named-version", find_version)
async def update_version(call: Call, version: NamedVersion) -> Answer:
    """Change a named version; what the body leaves out stays."""
    name = call.text("name")
    if name is not None:
        other_name_free(call, name, version)
        await gap(call, RENAMED_LATE)
    changed = copy(version) if call.bent(NOT_STORED) else version
    if not call.bent(NOT_APPLIED):
        _apply(call, changed)
    return ok("namedVersion", entity(call, changed))


def _apply(call: Call, version: NamedVersion) -> None:
    name, description, state = call.text("name"), call.text("description"), call.text("state")
    if name is not None:
        version.name = name
    if description is not None:
        version.description = description
    if state is not None:
        version.state = state
    if "description" in call.nulls or (description is None and call.bent(OMITTED_CLEARED)):
        version.description = None
