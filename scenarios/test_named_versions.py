"""Named versions: marks on the timeline, their names, their states, and the checkpoints they bring."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.fixtures import Timeline
from conformance.make import REPRESENTATION, Entity, Maker
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.shared import Shared
from conformance.story import promise

TOLD = {
    "id",
    "displayName",
    "name",
    "description",
    "changesetId",
    "changesetIndex",
    "createdDateTime",
    "state",
}


@pytest.fixture(scope="module")
def marked(run: Run, workshops: Shared) -> tuple[str, list[Entity]]:
    """An iModel and four of its changesets, for the marks of this file."""
    imodel = workshops()["id"]
    with run.story("set-up: marked"):
        make = run.maker()
        briefcase = make.briefcase(imodel)["briefcaseId"]
        return imodel, make.pushes(imodel, briefcase, 4, make.head(imodel))


def _told(version: Entity) -> Entity:
    """What a named version says of itself in every answer (the application may come later)."""
    return {key: value for key, value in version.items() if key in TOLD}


def _listed(make: Maker, imodel: str, **query: str) -> list[Entity]:
    found: list[Entity] = make.walk(
        "get-imodel-named-versions", "namedVersions", id=imodel, query=query, headers=REPRESENTATION
    )
    return found


def _names(make: Maker, imodel: str, expected: str, **query: str) -> set[str]:
    look = lambda: {version["name"] for version in _listed(make, imodel, **query)}  # noqa: E731
    return make.soon(look, lambda seen: expected in seen)


def test_a_mark_reads_as_it_was_made(api: Api, make: Maker, marked: tuple[str, list[Entity]]) -> None:
    imodel, changesets = marked
    made = make.named_version(imodel, changesets[0]["id"], description="first issue")
    with promise("named-versions/readable"):
        read = api("get-imodel-named-version-details", id=imodel, namedVersionId=made["id"])
        assert read.status == 200
        assert _told(read.entity) == _told(made)
    with promise("named-versions/listed"):
        assert made["name"] in _names(make, imodel, made["name"])
    with promise("named-versions/one-per-changeset"):
        second = {"name": make.name("second"), "changesetId": changesets[0]["id"]}
        again = api("create-imodel-named-version", id=imodel, body=second)
        refused(again, 409, "NamedVersionOnChangesetExists")


def test_a_name_is_taken_once_in_an_imodel(api: Api, make: Maker, marked: tuple[str, list[Entity]]) -> None:
    imodel, changesets = marked
    made = make.named_version(imodel, changesets[1]["id"])
    with promise("named-versions/name-unique"):
        body = {"name": made["name"], "changesetId": changesets[2]["id"]}
        refused(api("create-imodel-named-version", id=imodel, body=body), 409, "NamedVersionExists")
    other = make.named_version(imodel, changesets[2]["id"])
    with promise("named-versions/update-name-unique"):
        body = {"name": made["name"]}
        taken = api("update-imodel-named-version", id=imodel, namedVersionId=other["id"], body=body)
        refused(taken, 409, "NamedVersionExists")


def test_without_a_changeset_the_mark_is_on_the_baseline(api: Api, make: Maker, timeline: Timeline) -> None:
    baseline = timeline.versions[0]
    with promise("named-versions/on-baseline"):
        assert baseline["changesetId"] is None
        assert baseline["changesetIndex"] == 0


def test_an_update_changes_what_it_names_and_nothing_else(
    api: Api, make: Maker, marked: tuple[str, list[Entity]]
) -> None:
    imodel, changesets = marked
    made = make.named_version(imodel, changesets[3]["id"], description="for review")
    place = {"id": imodel, "namedVersionId": made["id"]}
    hidden = succeed(api("update-imodel-named-version", body={"state": "hidden"}, **place))
    with promise("named-versions/update-is-readable"):
        assert _told(succeed(api("get-imodel-named-version-details", **place))) == _told(hidden)
    with promise("named-versions/update-keeps-omitted"):
        assert _told(hidden) | {"state": "visible"} == _told(made)
    with promise("named-versions/hidden-still-listed"):
        assert made["name"] in _names(make, imodel, made["name"])
    with promise("named-versions/state-filter"):
        assert _names(make, imodel, made["name"], state="hidden") == {made["name"]}
        assert made["name"] not in {version["name"] for version in _listed(make, imodel, state="visible")}
    name = make.name("shown")
    changed = succeed(api("update-imodel-named-version", body={"name": name, "state": "visible"}, **place))
    with promise("named-versions/update-is-readable"):
        read = succeed(api("get-imodel-named-version-details", **place))
        assert _told(read) == _told(changed)
        assert (read["name"], read["state"], read["description"]) == (name, "visible", "for review")


def test_marks_are_found_by_name_and_search(make: Maker, timeline: Timeline) -> None:
    names = [version["name"] for version in timeline.versions]
    with promise("named-versions/name-filter"):
        assert _names(make, timeline.id, names[1], name=names[1]) == {names[1]}
    with promise("named-versions/search"):
        assert _names(make, timeline.id, names[1], **{"$search": names[1].split()[-1].upper()}) == {names[1]}


def test_a_mark_needs_a_changeset_that_exists(api: Api, make: Maker, timeline: Timeline) -> None:
    with promise("named-versions/unknown-changeset"):
        body = {"name": make.name("nowhere"), "changesetId": make.changeset_id()}
        refused(api("create-imodel-named-version", id=timeline.id, body=body), (404, 422))
