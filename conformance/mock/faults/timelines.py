"""Changesets, named versions and checkpoints that are answered wrongly."""

from __future__ import annotations

import json
from typing import Any

from conformance.contract import JSON
from conformance.mock.call import Answer, Call
from conformance.mock.entities import ChangesetGroup
from conformance.mock.faults import fault
from conformance.mock.lookup import GUID


def _entity(answer: Answer, name: str) -> dict[str, Any]:
    entity: dict[str, Any] = (answer.body or {}).get(name, {})
    return entity


@fault("changesets/create-echoes", on=["create-imodel-changeset"])
def other_file_size(call: Call, answer: Answer) -> None:
    """Another size than the one that was announced."""
    _entity(answer, "changeset")["fileSize"] += 1


@fault("changesets/provisional-until-completed", on=["create-imodel-changeset"])
def uploaded_at_once(call: Call, answer: Answer) -> None:
    """A file that is said to be there before it was sent."""
    _entity(answer, "changeset")["state"] = "fileUploaded"


@fault("changesets/provisional-until-completed:no-upload", on=["create-imodel-changeset"])
def nowhere_to_upload(call: Call, answer: Answer) -> None:
    """A file that is awaited, and no link to bring it to."""
    _entity(answer, "changeset")["_links"]["upload"] = None


@fault("changesets/push-completes", on=["update-imodel-changeset"])
def still_waiting(call: Call, answer: Answer) -> None:
    """A push that is complete, and said not to be."""
    _entity(answer, "changeset")["state"] = "waitingForFile"


@fault("changesets/list-equals-details", on=["get-imodel-changesets"])
def no_application(call: Call, answer: Answer) -> None:
    """A list that does not know who pushed with what."""
    for item in (answer.body or {}).get("changesets", []):
        if "application" in item:
            item["application"] = None


@fault("named-versions/create-echoes", on=["create-imodel-named-version"])
def hidden_from_the_start(call: Call, answer: Answer) -> None:
    """A new version that is said to be hidden."""
    _entity(answer, "namedVersion")["state"] = "hidden"


@fault("answers/unchanged-reads-same", on=["get-imodel-named-version-details"])
def worn_by_reading(call: Call, answer: Answer) -> None:
    """A version that reading changes, for whoever reads it again."""
    version = call.imodel.versions.get(_entity(answer, "namedVersion")["id"])
    if version is not None:
        version.description = "as it was read"


@fault("extended-data/create-echoes", on=["create-imodel-changeset-extended-data"])
def other_data(call: Call, answer: Answer) -> None:
    """Other data than was sent."""
    _entity(answer, "extendedData")["data"] = "e30="


@fault("changeset-groups/begins-in-progress", on=["create-imodel-changeset-group"])
def closed_from_the_start(call: Call, answer: Answer) -> None:
    """A new group that is said to be closed."""
    _entity(answer, "changesetGroup")["state"] = "completed"


@fault("changesets/create-echoes:group", on=["create-imodel-changeset"])
def other_group(call: Call, answer: Answer) -> None:
    """Another group than the one that was named."""
    if (made := _entity(answer, "changeset"))["groupId"] is not None:
        made["groupId"] = call.imodel.id


@fault("changeset-groups/create-echoes", on=["create-imodel-changeset-group"])
@fault("changesets/create-echoes:description", on=["create-imodel-changeset"])
@fault("named-versions/create-echoes:description", on=["create-imodel-named-version"])
def other_description(call: Call, answer: Answer) -> None:
    """A description in other words."""
    for made in (answer.body or {}).values():
        if made["description"] is not None:
            made["description"] = f"About {made['description']}"[:255]


@fault("requests/refused-changes-nothing:created", on=["create-imodel-changeset-group"], when="problem")
def made_all_the_same(call: Call, answer: Answer) -> None:
    """A group that is refused for the form it comes in, and made."""
    typed = call.request.headers.get("content-type") == JSON
    imodel = call.store.imodels.get(call.params["id"].lower())
    if answer.status == 422 and imodel is not None and not typed:
        made = ChangesetGroup(call.store.new_id(), call.caller.id, call.now)
        made.description = json.loads(call.request.body)["description"]
        imodel.groups[made.id] = made


@fault("checkpoints/same-point", on=["get-changeset-checkpoint", "get-named-version-checkpoint"])
def neighbour(call: Call, answer: Answer) -> None:
    """A checkpoint that is said to be one further."""
    _entity(answer, "checkpoint")["changesetIndex"] += 1


@fault(
    "checkpoints/unknown-imodel",
    on=["get-briefcase-checkpoint", "update-named-version-checkpoint"],
    when="problem",
)
def checkpoint_of_nothing(call: Call, answer: Answer) -> None:
    """A checkpoint of an iModel that does not exist."""
    id = call.params["id"].lower()
    if answer.status == 404 and id not in call.store.imodels and GUID.fullmatch(id):
        answer.status = 200
        answer.body = {
            "checkpoint": {
                "changesetId": None,
                "changesetIndex": 0,
                "state": "notGenerated",
                "size": 0,
                "dbName": "BASELINE.bim",
                "containerAccessInfo": None,
                "directoryAccessInfo": None,
                "_links": {"download": None},
            }
        }
