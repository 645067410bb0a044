"""Copies: what a clone and a fork take along, what they leave, and how they are refused."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.api import Api
from conformance.fixtures import EXTENT, Timeline
from conformance.make import Maker
from conformance.offers import offered
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.story import promise, shows


@pytest.fixture(scope="module")
def clone(run: Run, timeline: Timeline) -> str:
    """A clone of the first three changesets, asked for by index, without a description of its own."""
    with run.story("set-up: clone"):
        make = run.maker()
        return make.copy(timeline.id, changesetIndex=timeline.changesets[2]["index"])


def test_a_clone_ends_at_the_index_asked_for(make: Maker, timeline: Timeline, clone: str) -> None:
    with promise("copies/by-index"):
        assert [c["id"] for c in make.history(clone, 3)] == [c["id"] for c in timeline.changesets[:3]]


def test_a_clone_takes_only_the_timeline(api: Api, make: Maker, clone: str) -> None:
    with promise("copies/only-the-timeline"):
        assert make.walk("get-imodel-named-versions", "namedVersions", id=clone) == []
        assert make.walk("get-imodel-briefcases", "briefcases", id=clone) == []
        assert make.walk("get-imodel-locks", "locks", id=clone) == []
    read = api("get-imodel-details", id=clone).entity
    with promise("copies/extent-copied"):
        assert shows(read["extent"], EXTENT)
    with promise("copies/description-default"):
        assert read["description"] == "read-only timeline"


def test_the_source_stays_as_it_was(api: Api, make: Maker, timeline: Timeline) -> None:
    before = api("get-imodel-details", id=timeline.id).entity, make.history(timeline.id, 5)
    make.copy(timeline.id, changesetIndex=1)
    with promise("copies/source-untouched"):
        after = api("get-imodel-details", id=timeline.id).entity, make.history(timeline.id, 5)
        assert after[0] == before[0]
        assert [_without_links(c) for c in after[1]] == [_without_links(c) for c in before[1]]


@pytest.mark.parametrize("point", [{"changesetId": ""}, {"changesetIndex": 0}], ids=["empty-id", "index-0"])
def test_a_clone_of_the_baseline_has_no_history(
    make: Maker, timeline: Timeline, point: dict[str, Any]
) -> None:
    with promise("copies/baseline-only"):
        assert make.history(make.copy(timeline.id, **point)) == []


def test_a_fork_squashes_the_history(make: Maker, timeline: Timeline) -> None:
    fork = make.copy(timeline.id, "fork-imodel")
    with promise("copies/fork-squashes-history"):
        assert make.history(fork) == []
    with promise("copies/operation-names-source"):
        source = make.operation(fork)["forkedFrom"]
        assert source["iModelId"] == timeline.id
        assert source["relationshipId"]


def test_a_fork_can_keep_the_whole_history(make: Maker, timeline: Timeline) -> None:
    fork = make.copy(timeline.id, "fork-imodel", preserveHistory=True)
    ids = [c["id"] for c in make.history(fork, 5)]
    with promise("copies/fork-keeps-history"):
        assert ids
    with promise("copies/all-when-no-point"):
        assert ids == [c["id"] for c in timeline.changesets]


def test_without_a_name_the_copy_is_called_like_its_source(
    api: Api, run: Run, make: Maker, timeline: Timeline
) -> None:
    with promise("copies/name-default"):
        asked = api("clone-imodel", id=timeline.id, body={"iTwinId": run.target.itwins[1]})
        copy = make.wait(make.copied(asked))
        assert api("get-imodel-details", id=copy).entity["name"] == timeline.imodel["name"]


@pytest.mark.parametrize("copying", ["clone-imodel", "fork-imodel"])
def test_copies_are_refused_for_a_reason(
    api: Api, make: Maker, timeline: Timeline, itwin: str, copying: str
) -> None:
    with promise("copies/name-taken"):
        body = {"iTwinId": itwin, "name": timeline.imodel["name"]}
        refused(offered(api(copying, id=timeline.id, body=body)), 409, "iModelExists")
    with promise("copies/unknown-changeset"):
        body = {"iTwinId": itwin, "name": make.name("never"), "changesetId": make.changeset_id()}
        refused(api(copying, id=timeline.id, body=body), 404, "ChangesetNotFound")


def _without_links(changeset: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in changeset.items() if key != "_links"}
