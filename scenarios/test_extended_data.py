"""Extended data: attached to a changeset once, by who pushed it, and read as they were sent."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pytest

from conformance.api import Api, succeed
from conformance.make import Entity, Maker
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.shared import Shared
from conformance.story import promise

TOLD = {"changesetId", "changesetIndex", "data"}
FAR_ABOVE_THE_LIMIT = 300_000
"""Bytes that are too many whether the text of base64 is measured or what it stands for."""


@dataclass(frozen=True)
class Shelf:
    """An iModel with four changesets: one gets data, two do not get what they are sent, one stays bare."""

    id: str
    labelled: Entity
    picky: Entity
    listing: Entity
    bare: Entity


@pytest.fixture(scope="module")
def shelf(run: Run, workshops: Shared) -> Shelf:
    imodel = workshops()["id"]
    with run.story("set-up: shelf"):
        make = run.maker()
        briefcase = make.briefcase(imodel)["briefcaseId"]
        return Shelf(imodel, *make.pushes(imodel, briefcase, 4, make.head(imodel)))


def _told(entity: Entity) -> Entity:
    return {key: value for key, value in entity.items() if key in TOLD}


def test_attached_data_read_as_they_were_sent(api: Api, make: Maker, shelf: Shelf) -> None:
    changeset = shelf.labelled
    made = _told(succeed(make.attach(shelf.id, changeset["id"])))
    read = api("get-imodel-changeset-extended-data-details", id=shelf.id, changeset=changeset["id"])
    with promise("extended-data/readable"):
        assert read.status == 200
        assert _told(read.entity) == made
    with promise("extended-data/by-id-or-index"):
        index = changeset["index"]
        same = api("get-imodel-changeset-extended-data-details", id=shelf.id, changeset=index)
        assert _told(same.entity) == _told(read.entity)
    with promise("extended-data/listed"):
        listed = make.soon(lambda: _listed(make, shelf), lambda seen: changeset["id"] in seen)
        assert changeset["id"] in listed
    with promise("extended-data/list-equals-details"):
        assert listed[changeset["id"]] == _told(read.entity)
    with promise("extended-data/once"):
        refused(make.attach(shelf.id, changeset["id"]), 409, "ChangesetExtendedDataExists")
        again = api("get-imodel-changeset-extended-data-details", id=shelf.id, changeset=changeset["id"])
        assert _told(again.entity) == _told(read.entity)


def _listed(make: Maker, shelf: Shelf) -> dict[str, Entity]:
    found = make.walk("get-imodel-changesets-extended-data", "extendedData", id=shelf.id)
    return {item["changesetId"]: _told(item) for item in found}


def test_a_changeset_without_data_has_none_to_read(api: Api, shelf: Shelf) -> None:
    with promise("extended-data/none-yet"):
        read = api("get-imodel-changeset-extended-data-details", id=shelf.id, changeset=shelf.bare["id"])
        refused(read, 404, "ChangesetExtendedDataNotFound")


def test_data_are_a_json_object_of_limited_size(make: Maker, shelf: Shelf) -> None:
    with promise("extended-data/data-is-json"):
        text = base64.b64encode(b"no JSON at all").decode()
        error = refused(make.attach(shelf.id, shelf.picky["id"], text), 422, "InvalidiModelsRequest")
        told = [(entry["code"], entry.get("target")) for entry in error.get("details", [])]
        assert not error or ("InvalidValue", "data") in told
    with promise("extended-data/size-limit"):
        long = make.data(text="x" * FAR_ABOVE_THE_LIMIT)
        refused(make.attach(shelf.id, shelf.picky["id"], long), (413, 422))
    with promise("extended-data/data-is-object"):
        array = base64.b64encode(b"[1, 2]").decode()
        assert make.attach(shelf.id, shelf.listing["id"], array).status in {201, 422}


def test_nobody_attaches_data_to_what_another_pushed(make: Maker, shelf: Shelf) -> None:
    with promise("extended-data/pusher-only"):
        refused(make.as_("second").attach(shelf.id, shelf.bare["id"]), (403, 409, 422))
