"""Copies: what a clone and a fork take along, what they leave, and how they are refused."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.api import Api, succeed
from conformance.fixtures import EXTENT, Timeline
from conformance.make import MADE, Entity, Maker
from conformance.progress import moves_on, states
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.shared import Shared
from conformance.story import promise, shows

KEPT = ("id", "displayName", "description", "index", "parentId", "containingChanges", "fileSize")
"""What a changeset takes along into a copy, word for word."""


def test_a_clone_tells_the_same_history(api: Api, make: Maker, timeline: Timeline, clones: Shared) -> None:
    mark = timeline.changesets[2]["id"]
    body = {"iTwinId": make.itwin, "name": make.name("clone"), "changesetId": mark}
    clone = make.copied(api("clone-imodel", id=timeline.id, body=body))
    with promise("copies/exists-at-once"):
        assert api("get-imodel-details", id=clone).status == 200
        assert make.operation(clone)["state"] in {"scheduled", "successful"}
    with promise("copies/becomes-initialized"):
        assert make.outcome(clone) == MADE
    with promise("copies/operation-names-source"):
        assert shows(make.operation(clone)["clonedFrom"], {"iModelId": timeline.id, "changesetId": mark})
    with promise("copies/operation-moves-on"):
        assert moves_on(told := states("get-create-imodel-operation-details", id=clone)), told
    with promise("imodels/stays-initialized"):
        made = succeed(api("get-imodel-details", id=clone))
        assert moves_on(told := states("get-imodel-details", id=clone)), told
    with promise("copies/timeline-equals-source"):
        copied, original = make.history(clone, 3), make.history(timeline.id, 5)
        assert [_kept(c) for c in copied] == [_kept(c) for c in original[:3]]
    with promise("copies/copy-has-bytes"):
        for c in copied:
            assert api.download(c["_links"]["download"]).answer.body == timeline.contents[c["id"]]
    clones.adopt(made)


@pytest.mark.profile("full")
def test_a_clone_ends_at_the_index_asked_for(make: Maker, timeline: Timeline) -> None:
    with promise("copies/by-index"):
        told = make.history(make.copy(timeline.id, changesetIndex=timeline.changesets[2]["index"]), 3)
        assert [c["id"] for c in told] == [c["id"] for c in timeline.changesets[:3]]


def test_a_clone_takes_only_the_timeline(api: Api, make: Maker, clone: Entity) -> None:
    with promise("copies/only-the-timeline"):
        assert make.walk("get-imodel-named-versions", "namedVersions", id=clone["id"]) == []
        assert make.walk("get-imodel-briefcases", "briefcases", id=clone["id"]) == []
        assert make.walk("get-imodel-locks", "locks", id=clone["id"]) == []
    read = api("get-imodel-details", id=clone["id"]).entity
    with promise("copies/extent-copied"):
        assert shows(read["extent"], EXTENT)
    with promise("copies/description-default"):
        assert read["description"] == "read-only timeline"


@pytest.mark.profile("full")
def test_a_clone_of_an_empty_one_is_empty_and_can_be_pushed_to(make: Maker) -> None:
    source = make.imodel()["id"]
    copy = make.copy(source)
    with promise("copies/all-when-no-point"):
        assert make.history(copy) == []
    pushed = make.push(copy, make.briefcase(copy)["briefcaseId"])
    with promise("copies/source-untouched"):
        assert [c["id"] for c in make.history(copy, 1)] == [pushed["id"]]
        assert make.history(source) == []


@pytest.mark.profile("full")
@pytest.mark.parametrize("length", [0, 1, 3], ids=["baseline", "first", "all"])
def test_a_copy_of_a_copy_is_a_copy_like_any_other(
    api: Api, make: Maker, timeline: Timeline, clone: Entity, length: int
) -> None:
    source = clone["id"]
    before, original = make.operation(source), make.history(source, 3)
    copy = make.copy(source, changesetIndex=length)
    read, whole = (succeed(api("get-imodel-details", id=id_)) for id_ in (copy, source))
    told = make.history(copy, length)
    with promise("copies/timeline-equals-source"):
        assert [_kept(c) for c in told] == [_kept(c) for c in original[:length]]
    with promise("copies/copy-has-bytes"):
        for c in told:
            assert api.download(c["_links"]["download"]).answer.body == timeline.contents[c["id"]]
    with promise("copies/operation-names-source"):
        assert make.operation(copy)["clonedFrom"]["iModelId"] == source
        assert make.operation(source) == before
    with promise("copies/extent-copied"):
        assert read["extent"] == whole["extent"]
    with promise("copies/description-default"):
        assert read["description"] == whole["description"]
    with promise("copies/source-untouched"):
        assert [_kept(c) for c in make.history(source, 3)] == [_kept(c) for c in original]
    make.delete(copy)


@pytest.mark.profile("full")
def test_a_copy_goes_its_own_way(make: Maker, timeline: Timeline) -> None:
    source, copy = make.copy(timeline.id), make.copy(timeline.id)
    for imodel in (source, copy):
        make.push(imodel, make.briefcase(imodel)["briefcaseId"], timeline.changesets[-1]["id"])
    with promise("copies/source-untouched"):
        ends = [[c["id"] for c in make.history(imodel, 6)] for imodel in (source, copy)]
        assert ends[0][:-1] == ends[1][:-1] == [c["id"] for c in timeline.changesets]
        assert ends[0][-1] != ends[1][-1]
        assert len(make.history(timeline.id, 5)) == len(timeline.changesets)


@pytest.mark.profile("full")
def test_a_clone_leaves_groups_and_data_behind(api: Api, make: Maker, workshop: Entity) -> None:
    source = workshop["id"]
    pushed = make.push(source, make.briefcase(source)["briefcaseId"], make.head(source))
    succeed(make.attach(source, pushed["id"]))
    group = make.group(source)["id"]
    clone = make.copy(source)
    with promise("copies/only-the-timeline"):
        assert make.walk("get-imodel-changeset-groups", "changesetGroups", id=clone) == []
        assert make.walk("get-imodel-changesets-extended-data", "extendedData", id=clone) == []
    with promise("changeset-groups/clone-closes"):
        read = lambda: api("get-imodel-changeset-group-details", id=source, changesetGroupId=group)  # noqa: E731
        closed = make.soon(read, lambda seen: seen.entity["state"] != "inProgress")
        assert closed.entity["state"] == "forciblyClosed"


@pytest.mark.profile("full")
@pytest.mark.parametrize("point", [{"changesetId": ""}, {"changesetIndex": 0}], ids=["empty-id", "index-0"])
def test_a_clone_of_the_baseline_has_no_history(
    make: Maker, timeline: Timeline, point: dict[str, Any]
) -> None:
    with promise("copies/baseline-only"):
        assert make.history(make.copy(timeline.id, **point)) == []


def test_a_fork_squashes_the_history(make: Maker, timeline: Timeline, fork: str) -> None:
    with promise("copies/fork-squashes-history"):
        assert make.history(fork) == []
    with promise("copies/operation-names-source"):
        source = make.operation(fork)["forkedFrom"]
        assert shows(source, {"iModelId": timeline.id})
        assert source["relationshipId"]


@pytest.mark.profile("full")
def test_a_fork_can_keep_the_whole_history(make: Maker, timeline: Timeline) -> None:
    fork = make.copy(timeline.id, "fork-imodel", preserveHistory=True)
    with promise("copies/fork-keeps-history"):
        assert [c["id"] for c in make.history(fork, 5)] == [c["id"] for c in timeline.changesets]


@pytest.mark.profile("full")
def test_without_a_name_the_copy_is_called_like_its_source(
    api: Api, run: Run, make: Maker, timeline: Timeline
) -> None:
    with promise("copies/name-default"):
        asked = api("clone-imodel", id=timeline.id, body={"iTwinId": run.target.itwins[1]})
        copy = make.wait(make.copied(asked))
        assert api("get-imodel-details", id=copy).entity["name"] == timeline.imodel["name"]


@pytest.fixture(params=["clone-imodel", "fork-imodel"])
def copying(request: pytest.FixtureRequest) -> str:
    """Each way to copy that the target offers."""
    if request.param == "fork-imodel":
        request.getfixturevalue("fork")
    return str(request.param)


def test_copies_are_refused_for_a_reason(
    api: Api, run: Run, make: Maker, timeline: Timeline, waiting: Entity, copying: str
) -> None:
    with promise("copies/name-taken"):
        body = {"iTwinId": make.itwin, "name": timeline.imodel["name"]}
        refused(api(copying, id=timeline.id, body=body), 409, "iModelExists")
    body = {"iTwinId": make.itwin, "name": make.name("never")}
    with promise("copies/unknown-changeset"):
        unknown = body | {"changesetId": make.changeset_id()}
        refused(api(copying, id=timeline.id, body=unknown), 404, "ChangesetNotFound")
    with promise("imodels/unknown-itwin"):
        nowhere = body | {"iTwinId": run.journal.invent()}
        refused(api(copying, id=timeline.id, body=nowhere), 404, "iTwinNotFound")
    with promise("imodels/refuses-writes-until-initialized"):
        refused(api(copying, id=waiting["id"], body=body), 409, "iModelNotInitialized")


def _kept(changeset: Entity) -> Entity:
    return {key: changeset[key] or "" for key in KEPT}
