"""Baseline files: uploaded, completed, and refused when the file is missing or of another size."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.exchange import PLAINEST
from conformance.fixtures import Timeline
from conformance.make import MADE, Entity, Maker
from conformance.refusal import refused
from conformance.story import promise


@pytest.fixture
def ordered(make: Maker, baseline: bytes) -> Entity:
    """An iModel that waits for the baseline file."""
    return make.imodel(creationMode="fromBaseline", baselineFile={"size": len(baseline)})


def test_an_empty_imodel_has_a_baseline(api: Api, timeline: Timeline) -> None:
    with promise("baseline-files/of-instant-empty"):
        found = api("get-imodel-baseline-file-details", id=timeline.id)
        assert found.status == 200
        assert found.entity["state"] == "initialized"
        assert found.entity["fileSize"] > 0
        assert found.entity["_links"]["download"] is not None


def test_a_baseline_arrives_in_storage_before_it_is_completed(
    api: Api, ordered: Entity, baseline: bytes
) -> None:
    id_, upload = ordered["id"], ordered["_links"]["upload"]
    with promise("baseline-files/file-must-be-uploaded"):
        refused(api("complete-imodel-baseline-file-upload", id=id_, body={}), 404, "FileNotFound")
    api.upload(upload, baseline[:-100])
    with promise("baseline-files/size-must-match"):
        refused(api("complete-imodel-baseline-file-upload", id=id_, body={}), 409, "DataConflict")
    api.upload(upload, baseline)
    with promise("baseline-files/completion"):
        completed = api("complete-imodel-baseline-file-upload", id=id_, body={}, expected=PLAINEST)
        assert completed.status == 200
        assert completed.entity["state"] == "initializationScheduled"
        assert completed.entity["_links"]["download"] is None
    with promise("baseline-files/completed-once"):
        refused(api("complete-imodel-baseline-file-upload", id=id_, body={}), (409, 422))


def test_a_completed_baseline_becomes_initialized(
    api: Api, make: Maker, ordered: Entity, baseline: bytes
) -> None:
    id_ = ordered["id"]
    api.upload(ordered["_links"]["upload"], baseline)
    succeed(api("complete-imodel-baseline-file-upload", id=id_, body={}))
    with promise("baseline-files/becomes-initialized"):
        assert make.outcome(id_) == MADE
        done = succeed(api("get-imodel-baseline-file-details", id=id_))
        assert done["state"] == "initialized"
        assert done["fileSize"] == len(baseline)
    with promise("baseline-files/bytes-identical"):
        copy = api.download(done["_links"]["download"])
        assert (copy.status, copy.answer.body) == (200, baseline)
