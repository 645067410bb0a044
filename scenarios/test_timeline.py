"""The timeline: the push protocol step by step, its refusals, and how a history is read."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.fixtures import Timeline
from conformance.make import Entity, Maker
from conformance.refusal import refused
from conformance.story import alike, promise

NO_BRIEFCASE = 16777214
"""An id that no briefcase of a fresh iModel has."""


@pytest.fixture
def briefcase(make: Maker, workshop: Entity) -> int:
    return int(make.briefcase(workshop["id"])["briefcaseId"])


@pytest.fixture
def latest(make: Maker, workshop: Entity, briefcase: int) -> str:
    """The id of the workshop's latest changeset, pushed for this test."""
    return str(make.push(workshop["id"], briefcase, make.head(workshop["id"]))["id"])


@pytest.mark.profile("smoke")
def test_a_push_takes_three_steps(api: Api, make: Maker, workshop: Entity, briefcase: int) -> None:
    data = make.content(300)
    body = make.push_body(
        briefcase, make.head(workshop["id"]), data, description="walls", containingChanges=5
    )
    begun = succeed(api("create-imodel-changeset", id=workshop["id"], body=body))
    with promise("storage/upload-accepted"):
        assert api.upload(begun["_links"]["upload"], data).ok
    with promise("changesets/push-completes"):
        done = make.complete(workshop["id"], body["id"], briefcase)
        assert done.status == 200
        assert done.entity["state"] == "fileUploaded"
        assert done.entity["index"] >= 1
        assert done.entity["creatorId"]
        assert done.entity["pushDateTime"]
    with promise("changesets/readable"):
        told = api("get-imodel-changeset-details", id=workshop["id"], changeset=body["id"]).entity
        assert {key: told[key] for key in body} == body
        assert told["state"] == "fileUploaded"
    with promise("changesets/listed"):
        listed = make.soon(
            lambda: [changeset["id"] for changeset in make.history(workshop["id"])],
            lambda seen: body["id"] in seen,
        )
        assert listed[-1:] == [body["id"]]


def test_only_the_latest_may_be_a_parent(
    api: Api, make: Maker, workshop: Entity, briefcase: int, latest: str
) -> None:
    newest = make.push(workshop["id"], briefcase, latest)["id"]
    data = make.content()
    with promise("changesets/parent-exists"):
        stale = api(
            "create-imodel-changeset", id=workshop["id"], body=make.push_body(briefcase, latest, data)
        )
        refused(stale, 409, "NewerChangesExist")
        unknown = make.push_body(briefcase, make.changeset_id(), data)
        refused(api("create-imodel-changeset", id=workshop["id"], body=unknown), 409, "NewerChangesExist")
    with promise("changesets/id-unique"):
        again = make.push_body(briefcase, newest, data, id=newest)
        refused(api("create-imodel-changeset", id=workshop["id"], body=again), 409, "ChangesetExists")


def test_a_push_needs_a_briefcase_that_exists(
    api: Api, make: Maker, workshop: Entity, briefcase: int, latest: str
) -> None:
    data = make.content()
    with promise("changesets/unknown-briefcase"):
        body = make.push_body(NO_BRIEFCASE, latest, data)
        refused(api("create-imodel-changeset", id=workshop["id"], body=body), 404, "BriefcaseNotFound")
    body = make.push_body(briefcase, latest, data)
    begun = succeed(api("create-imodel-changeset", id=workshop["id"], body=body))
    with promise("changesets/file-must-be-uploaded"):
        refused(make.complete(workshop["id"], body["id"], briefcase), 404, "FileNotFound")
    api.upload(begun["_links"]["upload"], data)
    with promise("changesets/complete-with-unknown-briefcase"):
        refused(make.complete(workshop["id"], body["id"], NO_BRIEFCASE), 404, "BriefcaseNotFound")
    succeed(make.complete(workshop["id"], body["id"], briefcase))


def test_a_file_of_another_size_is_noticed(
    api: Api, make: Maker, workshop: Entity, briefcase: int, latest: str
) -> None:
    body = make.push_body(briefcase, latest, make.content(100))
    begun = succeed(api("create-imodel-changeset", id=workshop["id"], body=body))
    api.upload(begun["_links"]["upload"], make.content(60))
    with promise("changesets/size-must-match"):
        done = make.complete(workshop["id"], body["id"], briefcase)
        assert done.status in {200, 409, 422}
    if not done.ok:
        api.upload(begun["_links"]["upload"], make.content(100))
        succeed(make.complete(workshop["id"], body["id"], briefcase))


def test_one_user_pushes_at_a_time(
    api: Api, make: Maker, workshop: Entity, briefcase: int, latest: str
) -> None:
    data = make.content()
    other = make.as_("second")
    others = other.briefcase(workshop["id"])["briefcaseId"]
    body = make.push_body(briefcase, latest, data)
    begun = succeed(api("create-imodel-changeset", id=workshop["id"], body=body))
    with promise("changesets/one-push-at-a-time"):
        late = other.api(
            "create-imodel-changeset", id=workshop["id"], body=make.push_body(others, latest, data)
        )
        refused(late, 409, "ConflictWithAnotherUser")
    api.upload(begun["_links"]["upload"], data)
    succeed(make.complete(workshop["id"], body["id"], briefcase))


def test_a_changeset_answers_to_id_and_index(api: Api, timeline: Timeline) -> None:
    second = timeline.changesets[1]
    with promise("changesets/by-id-or-index"):
        by_id = api("get-imodel-changeset-details", id=timeline.id, changeset=second["id"]).entity
        by_index = api("get-imodel-changeset-details", id=timeline.id, changeset=second["index"]).entity
        assert _lasting(by_id) == _lasting(by_index)
        assert by_id["id"] == second["id"]


def test_the_list_tells_what_the_details_tell(api: Api, make: Maker, timeline: Timeline) -> None:
    with promise("changesets/list-equals-details"):
        for told in make.history(timeline.id, 5):
            alone = succeed(api("get-imodel-changeset-details", id=timeline.id, changeset=told["id"]))
            assert alike(_lasting(told), _lasting(alone))


def test_a_range_of_the_history_can_be_asked_for(make: Maker, timeline: Timeline) -> None:
    indexes = [c["index"] for c in timeline.changesets]
    with promise("changesets/range-filter"):
        assert _range(make, timeline, afterIndex=indexes[1], lastIndex=indexes[3]) == indexes[2:4]
        assert _range(make, timeline, afterIndex=indexes[2]) == indexes[3:]
        assert _range(make, timeline, lastIndex=indexes[0]) == indexes[:1]
        backwards = {"afterIndex": indexes[0], "$orderBy": "index desc"}
        assert _range(make, timeline, **backwards) == indexes[1:]


def test_the_baseline_is_no_changeset(api: Api, make: Maker, timeline: Timeline) -> None:
    with promise("changesets/baseline-not-listed"):
        assert 0 not in [c["index"] for c in make.history(timeline.id, 5)]
        refused(api("get-imodel-changeset-details", id=timeline.id, changeset=0), 404)


def test_a_part_of_a_file_can_be_downloaded(api: Api, timeline: Timeline) -> None:
    first = timeline.changesets[0]["id"]
    link = succeed(api("get-imodel-changeset-details", id=timeline.id, changeset=first))["_links"]["download"]
    with promise("changesets/bytes-by-range"):
        part = api.download(link, "0-0")
        assert part.status == 206
        assert part.answer.headers.get("content-range") == f"bytes 0-0/{len(timeline.contents[first])}"
        assert part.answer.body == timeline.contents[first][:1]


def test_a_changeset_names_the_checkpoint_before_it(api: Api, timeline: Timeline) -> None:
    with promise("changesets/checkpoint-link"):
        for changeset in timeline.changesets:
            told = api("get-imodel-changeset-details", id=timeline.id, changeset=changeset["id"]).entity
            link = told["_links"]["currentOrPrecedingCheckpoint"]
            assert link is None or int(link["href"].rstrip("/").split("/")[-2]) <= told["index"]


def _range(make: Maker, timeline: Timeline, **query: object) -> list[int]:
    """The indexes of a range, in order: sorting is a question of its own."""
    listed = make.walk("get-imodel-changesets", "changesets", id=timeline.id, query=query)
    return sorted(c["index"] for c in listed)


def _lasting(changeset: Entity) -> Entity:
    """What does not change from answer to answer: everything but the signed download link."""
    links = {name: link for name, link in changeset["_links"].items() if name != "download"}
    return changeset | {"_links": links}
