"""Access: what a caller with fewer permissions sees of what others made."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.fixtures import Timeline
from conformance.make import REPRESENTATION, Entity, succeed_list
from conformance.refusal import refused
from conformance.story import promise


def test_a_viewer_gets_no_files(api: Api, timeline: Timeline) -> None:
    viewer = api.as_("viewer")
    with promise("access/viewer-gets-no-download"):
        baseline = succeed(viewer("get-imodel-baseline-file-details", id=timeline.id))
        changeset = succeed(viewer("get-imodel-changeset-details", id=timeline.id, changeset=1))
        page = viewer("get-imodel-changesets", id=timeline.id, headers=REPRESENTATION)
        listed = succeed_list(page, "changesets")
        for entity in (baseline, changeset, *listed):
            assert entity["_links"]["download"] is None


def test_a_viewer_gets_no_checkpoint(api: Api, timeline: Timeline) -> None:
    viewer, version = api.as_("viewer"), timeline.versions[1]
    with promise("access/checkpoint-needs-read"):
        refused(viewer("get-briefcase-checkpoint", id=timeline.id), (403, 404))
        refused(
            viewer("get-changeset-checkpoint", id=timeline.id, changeset=version["changesetId"]), (403, 404)
        )
        refused(
            viewer("get-named-version-checkpoint", id=timeline.id, namedVersionId=version["id"]), (403, 404)
        )


READS = (
    "get-imodel-details",
    "get-create-imodel-operation-details",
    "get-imodel-baseline-file-details",
    "get-imodel-changesets",
    "get-imodel-named-versions",
    "get-imodel-briefcases",
    "get-imodel-users",
    "get-imodel-locks",
    "get-imodel-changeset-groups",
    "get-imodel-permissions",
)


@pytest.mark.profile("full")
def test_a_refusal_gives_nothing_away(api: Api, timeline: Timeline) -> None:
    outsider, version = api.as_("outsider"), timeline.versions[1]
    secrets = [timeline.imodel["name"], timeline.imodel["description"], version["name"], version["id"]]
    secrets += [changeset["id"] for changeset in timeline.changesets]
    with promise("access/refusal-names-nothing"):
        asked = [outsider(operation, id=timeline.id) for operation in READS]
        asked.append(outsider("get-imodel-changeset-details", id=timeline.id, changeset=1))
        asked.append(outsider("acquire-imodel-briefcase", id=timeline.id, body={}))
        asked.append(outsider("update-imodel", id=timeline.id, body={"name": "Mine"}))
        asked.append(outsider("delete-imodel", id=timeline.id))
        for refusal in asked:
            told = refusal.answer.body.decode("utf-8", "replace") + str(dict(refusal.answer.headers))
            assert not [secret for secret in secrets if secret in told], refusal.name


def test_a_manager_without_delete_deletes_nothing(api: Api, workshop: Entity) -> None:
    with promise("access/delete-needs-delete"):
        refused(api.as_("manager")("delete-imodel", id=workshop["id"]), 403, "InsufficientPermissions")
        assert api("get-imodel-details", id=workshop["id"]).status == 200
