"""The life of an iModel: create, push, mark, clone, compare, delete."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from conformance.api import Api, succeed
from conformance.fixtures import EXTENT
from conformance.make import MADE, Entity, Maker
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.story import promise, shows

KEPT = ("id", "displayName", "description", "index", "parentId", "containingChanges", "fileSize")
"""What a changeset takes along into a copy, word for word."""


@dataclass(frozen=True)
class Life:
    """An iModel with three changesets, their bytes, and a named version on the second."""

    imodel: Entity
    changesets: list[Entity]
    contents: list[bytes]
    version: Entity

    @property
    def id(self) -> str:
        return str(self.imodel["id"])


@pytest.fixture(scope="module")
def life(run: Run) -> Life:
    with run.story("set-up: life"):
        make = run.maker()
        imodel = make.imodel(description="born to be copied", extent=EXTENT)
        briefcase = make.briefcase(imodel["id"])["briefcaseId"]
        contents = [make.content(48 + place) for place in range(3)]
        changesets: list[Entity] = []
        for place, data in enumerate(contents):
            parent = changesets[-1]["id"] if changesets else None
            changesets.append(
                make.push(imodel["id"], briefcase, parent, data=data, description=f"day {place + 1}")
            )
        version = make.named_version(imodel["id"], changesets[1]["id"], description="half way")
        return Life(imodel, changesets, contents, version)


@pytest.mark.profile("smoke")
def test_an_imodel_is_born(api: Api, make: Maker, itwin: str) -> None:
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


def test_its_history_is_told_as_it_was_pushed(api: Api, make: Maker, life: Life) -> None:
    with promise("changesets/chain"):
        told = make.history(life.id, 3)
        assert [c["id"] for c in told] == [c["id"] for c in life.changesets]
        assert (told[0]["parentId"] or "") == ""
        assert [c["parentId"] for c in told[1:]] == [c["id"] for c in told[:-1]]
    with promise("changesets/index-ascends"):
        assert [c["index"] for c in told] == sorted({c["index"] for c in told})
        assert told[0]["index"] >= 1
    with promise("changesets/bytes-identical"):
        stored = [api.download(c["_links"]["download"]) for c in told]
        assert [copy.answer.body for copy in stored] == life.contents
    with promise("named-versions/index-agrees"):
        assert life.version["changesetId"] == told[1]["id"]
        assert life.version["changesetIndex"] == told[1]["index"]
    with promise("changesets/named-version-link"):
        link = told[1]["_links"]["namedVersion"]
        assert link is not None
        assert link["href"].rstrip("/").endswith(f"/namedversions/{life.version['id']}")
        assert told[0]["_links"]["namedVersion"] is None


def test_its_clone_tells_the_same_history(api: Api, make: Maker, life: Life, itwin: str) -> None:
    mark = life.version["changesetId"]
    asked = api(
        "clone-imodel", id=life.id, body={"iTwinId": itwin, "name": make.name("clone"), "changesetId": mark}
    )
    clone = make.copied(asked)
    with promise("copies/exists-at-once"):
        assert api("get-imodel-details", id=clone).status == 200
        assert make.operation(clone)["state"] in {"scheduled", "successful"}
    with promise("copies/becomes-initialized"):
        assert make.outcome(clone) == MADE
    with promise("copies/operation-names-source"):
        assert shows(make.operation(clone)["clonedFrom"], {"iModelId": life.id, "changesetId": mark})
    with promise("copies/timeline-equals-source"):
        copied, original = make.history(clone, 2), make.history(life.id, 3)
        assert [_kept(c) for c in copied] == [_kept(c) for c in original[:2]]
    with promise("copies/copy-has-bytes"):
        bytes_copied = [api.download(c["_links"]["download"]).answer.body for c in copied]
        assert bytes_copied == life.contents[:2]


def test_source_and_clone_can_be_deleted_and_are_gone(api: Api, make: Maker, itwin: str) -> None:
    source = make.imodel()
    data = make.content()
    make.push(source["id"], make.briefcase(source["id"])["briefcaseId"], data=data)
    clone = make.copy(source["id"])
    with promise("imodels/delete-removes"):
        assert make.delete(source["id"]).status == 204
        refused(api("get-imodel-details", id=source["id"]), 404, "iModelNotFound")
    with promise("copies/survives-source"):
        assert api("get-imodel-details", id=clone).status == 200
        first = api("get-imodel-changeset-details", id=clone, changeset=1).entity
        assert api.download(first["_links"]["download"]).answer.body == data
    with promise("imodels/delete-unlists"):
        make.delete(clone)
        assert not make.soon(lambda: {source["id"], clone} & make.listed(itwin), lambda seen: not seen)
    with promise("imodels/delete-twice"):
        refused(make.delete(clone), 404, "iModelNotFound")
    with promise("imodels/name-free-after-delete"):
        assert api("create-imodel", body={"iTwinId": itwin, "name": source["name"]}).status == 201


def _kept(changeset: Entity) -> Entity:
    return {key: changeset[key] or "" for key in KEPT}
