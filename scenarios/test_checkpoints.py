"""Checkpoints: scheduled with a named version, ready later, restarted without harm."""

from __future__ import annotations

from functools import partial

from conformance.api import Api, succeed
from conformance.exchange import Exchange
from conformance.fixtures import Timeline
from conformance.make import Entity, Maker
from conformance.progress import moves_on, states
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.story import Undecided, promise


def _of_version(api: Api, timeline: Timeline, place: int) -> Entity:
    version = timeline.versions[place]["id"]
    found: Entity = succeed(api("get-named-version-checkpoint", id=timeline.id, namedVersionId=version))
    return found


def _begun(seen: Exchange) -> bool:
    return seen.status == 200 and seen.entity["state"] in {"scheduled", "successful", "failed"}


def _settled(api: Api, make: Maker, timeline: Timeline, place: int) -> str:
    """The state of a version's checkpoint once it is no longer scheduled."""

    def look() -> str:
        return str(_of_version(api, timeline, place)["state"])

    return make.until(look, lambda seen: seen != "scheduled")


def test_a_named_version_brings_a_checkpoint(api: Api, make: Maker, workshop: Entity) -> None:
    imodel = workshop["id"]
    changeset = make.push(imodel, make.briefcase(imodel)["briefcaseId"], make.head(imodel))
    version = make.named_version(imodel, changeset["id"])
    with promise("checkpoints/scheduled-with-named-version"):
        for operation, place in (
            ("get-named-version-checkpoint", {"namedVersionId": version["id"]}),
            ("get-changeset-checkpoint", {"changeset": changeset["id"]}),
        ):
            seen = make.soon(partial(api, operation, id=imodel, **place), _begun)
            assert _begun(seen), f"answered {seen.status}, and not that it has begun"


def test_a_checkpoint_tells_its_point(api: Api, timeline: Timeline) -> None:
    version = timeline.versions[1]
    point = (version["changesetId"], version["changesetIndex"])
    with promise("checkpoints/same-point"):
        by_version = _of_version(api, timeline, 1)
        assert (by_version["changesetId"], by_version["changesetIndex"]) == point
        for changeset in point:
            found = succeed(api("get-changeset-checkpoint", id=timeline.id, changeset=changeset))
            assert (found["changesetId"], found["changesetIndex"]) == point


def test_a_checkpoint_becomes_successful(api: Api, make: Maker, timeline: Timeline) -> None:
    with promise("checkpoints/becomes-successful"):
        assert _settled(api, make, timeline, 2) == "successful"
    version = timeline.versions[2]["id"]
    with promise("checkpoints/stays-successful"):
        _of_version(api, timeline, 2)
        told = states("get-named-version-checkpoint", id=timeline.id, namedVersionId=version)
        assert moves_on(told), told
    with promise("checkpoints/restart-keeps-successful"):
        assert api("update-named-version-checkpoint", id=timeline.id, namedVersionId=version).ok
        assert _of_version(api, timeline, 2)["state"] == "successful"


def test_each_point_has_a_file_of_its_own(api: Api, make: Maker, timeline: Timeline) -> None:
    with promise("checkpoints/file-of-its-point"):
        for place in (1, 2):
            if (state := _settled(api, make, timeline, place)) != "successful":
                raise Undecided(f"a checkpoint ended as {state}")
        links = [_of_version(api, timeline, place)["_links"]["download"] for place in (1, 2)]
        if all(links):
            earlier, later = (api.download(link).answer.body for link in links)
            assert earlier != later, "two points have one file"


def test_the_latest_checkpoint_is_the_highest(api: Api, make: Maker, timeline: Timeline) -> None:
    with promise("checkpoints/latest-is-highest"):
        for place in (1, 2):
            state = _settled(api, make, timeline, place)
            if state != "successful":
                raise Undecided(f"a checkpoint ended as {state}, so the highest successful one is unknown")
        latest = api("get-briefcase-checkpoint", id=timeline.id).entity
        assert latest["changesetId"] == timeline.versions[2]["changesetId"]


def test_checkpoints_of_unknown_things_are_refused(api: Api, run: Run, timeline: Timeline) -> None:
    nobody = run.journal.invent()
    with promise("checkpoints/unknown-imodel"):
        refused(api("get-briefcase-checkpoint", id=nobody), 404, "iModelNotFound")
        restart = api("update-named-version-checkpoint", id=nobody, namedVersionId=timeline.versions[1]["id"])
        refused(restart, 404, "iModelNotFound")
    with promise("checkpoints/unknown-named-version"):
        refused(
            api("update-named-version-checkpoint", id=timeline.id, namedVersionId=nobody),
            404,
            "NamedVersionNotFound",
        )
