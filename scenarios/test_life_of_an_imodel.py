"""The life of an iModel: create, push, mark, clone, compare, delete."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.fixtures import EXTENT, Timeline
from conformance.make import Entity, Maker
from conformance.refusal import refused
from conformance.shared import Shared
from conformance.story import promise, shows


@pytest.mark.early
@pytest.mark.profile("smoke")
def test_an_imodel_is_born(api: Api, make: Maker, workshops: Shared, itwin: str) -> None:
    sent = {"iTwinId": itwin, "name": make.name("born"), "description": "first words", "extent": EXTENT}
    made = succeed(api("create-imodel", body=sent))
    with promise("imodels/instant-empty-is-initialized"):
        assert made["state"] == "initialized"
        assert made["_links"]["upload"] is None
        assert made["_links"]["complete"] is None
    with promise("copies/operation-of-empty"):
        operation = succeed(api("get-create-imodel-operation-details", id=made["id"]))
        assert operation["state"] == "successful"
        assert operation["clonedFrom"] is None
        assert operation["forkedFrom"] is None
    with promise("imodels/create-is-readable"):
        read = api("get-imodel-details", id=made["id"])
        assert read.status == 200
        assert shows(read.entity, sent)
        assert read.entity["id"] == made["id"]
    with promise("imodels/create-is-listed"):
        assert made["id"] in make.soon(lambda: make.listed(itwin, name=sent["name"]), bool)
    workshops.adopt(made)


def test_its_history_is_told_as_it_was_pushed(api: Api, make: Maker, timeline: Timeline) -> None:
    with promise("changesets/chain"):
        told = make.history(timeline.id, 5)
        assert [c["id"] for c in told] == [c["id"] for c in timeline.changesets]
        assert (told[0]["parentId"] or "") == ""
        assert [c["parentId"] for c in told[1:]] == [c["id"] for c in told[:-1]]
    with promise("changesets/index-ascends"):
        assert [c["index"] for c in told] == sorted({c["index"] for c in told})
        assert told[0]["index"] >= 1
    with promise("changesets/bytes-identical"):
        for c in told:
            copy = api.download(c["_links"]["download"])
            assert (copy.status, copy.answer.body) == (200, timeline.contents[c["id"]])
    version = timeline.versions[1]
    with promise("named-versions/index-agrees"):
        assert version["changesetId"] == told[1]["id"]
        assert version["changesetIndex"] == told[1]["index"]
    with promise("changesets/named-version-link"):
        link = told[1]["_links"]["namedVersion"]
        assert link is not None
        assert link["href"].rstrip("/").endswith(f"/namedversions/{version['id']}")
        assert told[0]["_links"]["namedVersion"] is None


def test_a_copy_outlives_its_source_and_both_can_be_gone(
    api: Api, make: Maker, timeline: Timeline, clone: Entity, itwin: str
) -> None:
    source = clone["id"]
    before = api("get-imodel-details", id=source).entity, make.history(source, 3)
    copy = make.copy(source)
    with promise("copies/all-when-no-point"):
        assert [c["id"] for c in make.history(copy, 3)] == [c["id"] for c in before[1]]
    with promise("copies/source-untouched"):
        assert api("get-imodel-details", id=source).entity == before[0]
        assert [_without_links(c) for c in make.history(source, 3)] == [_without_links(c) for c in before[1]]
    with promise("imodels/delete-removes"):
        assert make.delete(source).status == 204
        refused(api("get-imodel-details", id=source), 404, "iModelNotFound")
    with promise("copies/survives-source"):
        assert api("get-imodel-details", id=copy).status == 200
        first = api("get-imodel-changeset-details", id=copy, changeset=1).entity
        assert api.download(first["_links"]["download"]).answer.body == timeline.contents[first["id"]]
    with promise("imodels/delete-unlists"):
        make.delete(copy)
        assert not make.soon(lambda: {source, copy} & make.listed(itwin), lambda seen: not seen)
    with promise("imodels/delete-twice"):
        refused(make.delete(copy), 404, "iModelNotFound")


@pytest.mark.profile("full")
def test_the_name_of_one_that_is_gone_is_free(api: Api, make: Maker, itwin: str) -> None:
    gone = make.imodel()
    succeed(make.delete(gone["id"]))
    with promise("imodels/name-free-after-delete"):
        assert api("create-imodel", body={"iTwinId": itwin, "name": gone["name"]}).status == 201


@pytest.mark.profile("full")
def test_a_deletion_takes_along_what_is_in_it(api: Api, make: Maker) -> None:
    gone = make.imodel()["id"]
    briefcase = make.briefcase(gone)["briefcaseId"]
    changeset = make.push(gone, briefcase)["id"]
    version = make.named_version(gone, changeset)["id"]
    succeed(make.delete(gone))
    with promise("imodels/unknown-id"):
        refused(api("get-imodel-changesets", id=gone), 404, "iModelNotFound")
        read = api("get-imodel-changeset-details", id=gone, changeset=changeset)
        refused(read, 404, "iModelNotFound")
        read = api("get-imodel-named-version-details", id=gone, namedVersionId=version)
        refused(read, 404, "iModelNotFound")
        read = api("get-imodel-briefcase-details", id=gone, briefcaseId=briefcase)
        refused(read, 404, "iModelNotFound")


def _without_links(changeset: Entity) -> Entity:
    return {key: value for key, value in changeset.items() if key != "_links"}
