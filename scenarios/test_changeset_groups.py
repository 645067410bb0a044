"""Changeset groups: opened, joined by changesets, completed, and closed for good."""

from __future__ import annotations

from conformance.api import Api, succeed
from conformance.make import Entity, Maker
from conformance.refusal import refused
from conformance.story import promise

TOLD = {"id", "state", "description", "creatorId", "createdDateTime"}
NO_GROUP = "00000000-0000-4000-8000-00000000dead"


def _told(group: Entity) -> Entity:
    return {key: value for key, value in group.items() if key in TOLD}


def _read(api: Api, imodel: str, group: Entity) -> Entity:
    found: Entity = api("get-imodel-changeset-group-details", id=imodel, changesetGroupId=group["id"]).entity
    return found


def _listed(make: Maker, imodel: str) -> dict[str, Entity]:
    found = make.walk("get-imodel-changeset-groups", "changesetGroups", id=imodel)
    return {group["id"]: _told(group) for group in found}


def test_a_group_reads_as_it_was_opened(api: Api, make: Maker, workshop: Entity) -> None:
    made = make.group(workshop["id"], description="night shift")
    with promise("changeset-groups/readable"):
        read = api("get-imodel-changeset-group-details", id=workshop["id"], changesetGroupId=made["id"])
        assert read.status == 200
        assert _told(read.entity) == _told(made)
    with promise("links/resolve"):
        creator = read.entity["_links"]["creator"]
        assert creator is None or api.follow(creator["href"]).status == 200
    with promise("changeset-groups/listed"):
        listed = make.soon(lambda: _listed(make, workshop["id"]), lambda seen: made["id"] in seen)
        assert made["id"] in listed
    with promise("changeset-groups/list-equals-details"):
        assert listed[made["id"]] == _told(read.entity)
    with promise("changeset-groups/several-open"):
        body = {"description": "day shift"}
        assert api("create-imodel-changeset-group", id=workshop["id"], body=body).status == 201


def test_a_group_needs_no_words(api: Api, workshop: Entity) -> None:
    with promise("changeset-groups/optional-body"):
        assert api("create-imodel-changeset-group", id=workshop["id"], body={}).status in {201, 422}
        assert api("create-imodel-changeset-group", id=workshop["id"]).status in {201, 422}


def test_changesets_join_a_group_until_it_is_closed(api: Api, make: Maker, workshop: Entity) -> None:
    group, briefcase = make.group(workshop["id"]), make.briefcase(workshop["id"])["briefcaseId"]
    pushed = make.push(workshop["id"], briefcase, make.head(workshop["id"]), groupId=group["id"])
    with promise("changesets/group-is-kept"):
        read = api("get-imodel-changeset-details", id=workshop["id"], changeset=pushed["id"]).entity
        assert (read["groupId"] or "").lower() == group["id"].lower()
    with promise("changesets/unknown-group"):
        lost = make.push_body(briefcase, pushed["id"], make.content(), groupId=NO_GROUP)
        refused(api("create-imodel-changeset", id=workshop["id"], body=lost), (404, 422))
    succeed(make.close(workshop["id"], group["id"]))
    with promise("changeset-groups/update-is-readable"):
        assert _read(api, workshop["id"], group)["state"] == "completed"
    with promise("changeset-groups/closed-is-final"):
        refused(make.close(workshop["id"], group["id"]), 409, "ChangesetGroupIsClosed")
    with promise("changesets/group-must-be-open"):
        late = make.push_body(briefcase, pushed["id"], make.content(), groupId=group["id"])
        refused(api("create-imodel-changeset", id=workshop["id"], body=late), 409, "ChangesetGroupIsClosed")
