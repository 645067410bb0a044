"""iModels and copies that are answered wrongly."""

from __future__ import annotations

from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.faults import fault
from conformance.mock.problems import Problem, invalid

COPIES = ("clone-imodel", "fork-imodel")


def _entity(answer: Answer) -> dict[str, Any]:
    entity: dict[str, Any] = (answer.body or {}).get("iModel", {})
    return entity


@fault.before("imodels/create-echoes", on=["create-imodel"])
def other_description(call: Call) -> None:
    """Another description than the one that was sent."""
    if call.text("description") is not None:
        call.body["description"] = f"About {call.body['description']}"[:255]


@fault.before("imodels/create-echoes:extent", on=["create-imodel"])
def no_extent(call: Call) -> None:
    """An extent that gets lost."""
    call.body.pop("extent", None)


@fault.before("imodels/null-when-absent", on=["create-imodel"])
def blank_description(call: Call) -> None:
    """An empty text where nothing was said."""
    call.body.setdefault("description", "")


@fault("imodels/list-equals-details", on=["get-itwin-imodels"])
def elsewhere(call: Call, answer: Answer) -> None:
    """A list that has its items in another data center."""
    for item in (answer.body or {}).get("iModels", []):
        item["dataCenterLocation"] = "UK South"


@fault("imodels/update-applies", on=["update-imodel"])
def old_description(call: Call, answer: Answer) -> None:
    """A change that is kept, and answered as if it were not."""
    for name in ("name", "description", "extent"):
        if name in call.body:
            _entity(answer)[name] = {"name": "Former name", "description": "Former text"}.get(name)
    if "name" in call.body:
        _entity(answer)["displayName"] = "Former name"


@fault("imodels/name-unique:renamed", on=["update-imodel"])
def new_name_is_free(call: Call, answer: Answer) -> None:
    """A name that an iModel got later, and that others can take all the same."""
    if "name" in call.body:
        call.store.itwins[call.imodel.itwin_id].names.pop(call.imodel.name.casefold(), None)


@fault("imodels/instant-empty-is-initialized", on=["create-imodel"])
def not_yet(call: Call, answer: Answer) -> None:
    """An iModel that is empty at once, and said not to be ready."""
    if not {"creationMode", "template", "baselineFile"} & call.body.keys():
        _entity(answer)["state"] = "notInitialized"


@fault("imodels/baseline-mode-waits:no-links", on=["create-imodel"])
def nowhere_to_upload(call: Call, answer: Answer) -> None:
    """A file that is awaited, and no link to bring it to."""
    _entity(answer)["_links"] |= {"upload": None, "complete": None}


@fault.before("imodels/readable-until-initialized", on=["get-imodel-details"])
def hidden_until_ready(call: Call) -> None:
    """An iModel whose file is awaited cannot be read."""
    if call.imodel.ready is None:
        raise Problem("iModelNotInitialized")


@fault("requests/refused-changes-nothing", on=["update-imodel"], when="problem")
def half_done(call: Call, answer: Answer) -> None:
    """An update that is refused, and carried out in part."""
    imodel = call.store.imodels.get(call.params["id"].lower())
    if answer.status == 422 and imodel is not None:
        imodel.description = "half done"


@fault("imodels/delete-twice", on=["delete-imodel"], when="problem")
def deleted_again(call: Call, answer: Answer) -> None:
    """A second delete that succeeds like the first."""
    if call.params["id"].lower() in call.store.deleted:
        answer.status, answer.body = 204, None


@fault("imodels/malformed-id:422", when="problem")
def malformed_is_invalid(call: Call, answer: Answer) -> None:
    """A malformed id that is called invalid."""
    given = call.params.get("id", "")
    if answer.status == 404 and given and len(given) != 36:
        problem = invalid("InvalidValue", "id")
        answer.status, answer.body = problem.status, problem.render(None)


@fault("copies/no-body", on=COPIES)
def copy_in_body(call: Call, answer: Answer) -> None:
    """A body where none is promised."""
    answer.body = {"iModel": {"id": answer.headers["Location"].rpartition("/")[2]}}


@fault("copies/location-names-the-copy", on=COPIES)
def source_as_location(call: Call, answer: Answer) -> None:
    """A location that leads back to the source."""
    head = answer.headers["Location"].rpartition("/")[0]
    answer.headers["Location"] = f"{head}/{call.imodel.id}"


@fault("copies/operation-header", on=COPIES)
def operation_of_source(call: Call, answer: Answer) -> None:
    """An operation that is the one of the source."""
    head = answer.headers["Location"].rpartition("/")[0]
    answer.headers["Create-iModel-Operation"] = f"{head}/{call.imodel.id}/operations/create"


@fault.before("copies/exists-at-once", on=["get-imodel-details"])
def copy_comes_later(call: Call) -> None:
    """A copy that is not there before it is ready."""
    copied = call.imodel.origin in {"clone", "fork"}
    if copied and not call.imodel.initialized(call.now):
        raise Problem("iModelNotFound")
