"""iModels: each way to make one, changing one, finding one."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.configure import Gallery
from conformance.fixtures import EXTENT, Timeline
from conformance.make import MADE, REPRESENTATION, Entity, Maker, expiry, offered
from conformance.pictures import PNG, picture
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.shared import Shared
from conformance.story import alike, promise, shows


@pytest.fixture
def shed(api: Api, workshop: Entity) -> Entity:
    """An iModel that the tests of this file change, as it is now."""
    found: Entity = succeed(api("get-imodel-details", id=workshop["id"]))
    return found


def _baseline(api: Api, imodel: str) -> bytes:
    """The file an iModel starts from, nothing where it cannot be read."""
    read = api("get-imodel-baseline-file-details", id=imodel)
    link = read.entity["_links"]["download"] if read.ok else None
    return api.download(link).answer.body if link else b""


def test_an_empty_one_becomes_initialized(make: Maker, neighbour: Entity) -> None:
    with promise("imodels/empty-mode-becomes-initialized"):
        assert make.outcome(neighbour["id"])[1] == "initialized"


@pytest.mark.early
def test_one_made_from_a_template_starts_without_history(
    api: Api, run: Run, make: Maker, timeline: Timeline, galleries: dict[str, Gallery]
) -> None:
    template = {"iModelId": timeline.id}
    # To merge changesets into the new baseline a service must be able to open them.
    if "real-bytes" in run.target.abilities:
        template |= {"changesetId": timeline.changesets[1]["id"]}
    with promise("imodels/from-template"):
        made = make.imodel(creationMode="fromiModelVersion", template=template)
        assert made["state"] == "notInitialized"
        assert (made["_links"]["upload"], made["_links"]["complete"]) == (None, None)
        assert make.outcome(made["id"]) == MADE
        assert make.history(made["id"]) == []
        if "changesetId" in template:
            merged, bare = (_baseline(api, id_) for id_ in (made["id"], timeline.id))
            assert not (merged and bare) or merged != bare, "nothing was merged into the new baseline"
    galleries["role"].shared.adopt(made)


def test_one_made_from_a_baseline_waits_for_its_file(api: Api, make: Maker, waiting: Entity) -> None:
    with promise("imodels/baseline-mode-waits"):
        assert waiting["state"] == "notInitialized"
        assert waiting["_links"]["upload"] is not None
        assert waiting["_links"]["complete"] is not None
        assert waiting["_links"]["complete"]["href"].rstrip("/").endswith(f"/{waiting['id']}/baselinefile")
        assert make.operation(waiting["id"])["state"] == "waitingForFile"
    with promise("imodels/readable-until-initialized"):
        read = api("get-imodel-details", id=waiting["id"])
        assert read.status == 200
        assert read.entity["state"] == "notInitialized"


def test_nothing_is_written_to_one_that_is_not_initialized(api: Api, waiting: Entity) -> None:
    id_ = waiting["id"]
    with promise("imodels/refuses-writes-until-initialized"):
        refused(api("update-imodel", id=id_, body={"description": "too early"}), 409, "iModelNotInitialized")
        refused(api("acquire-imodel-briefcase", id=id_, body={}), 409, "iModelNotInitialized")
        refused(
            api("create-imodel-named-version", id=id_, body={"name": "early"}), 409, "iModelNotInitialized"
        )
        refused(
            api("upload-imodel-thumbnail", id=id_, body=picture(), headers={"content-type": PNG}),
            409,
            "iModelNotInitialized",
        )


def test_no_group_is_opened_in_one_that_is_not_initialized(api: Api, waiting: Entity) -> None:
    with promise("imodels/refuses-writes-until-initialized"):
        early = api("create-imodel-changeset-group", id=waiting["id"], body={"description": "early"})
        refused(early, 409, "iModelNotInitialized")


def test_nobody_is_permitted_anything_in_one_that_is_not_initialized(api: Api, waiting: Entity) -> None:
    with promise("imodels/refuses-writes-until-initialized"):
        nobody: Entity = {"rolePermissions": []}
        early = api("update-imodel-role-permissions", id=waiting["id"], body=nobody)
        refused(early, 409, "iModelNotInitialized")


def test_no_share_opens_one_that_is_not_initialized(api: Api, make: Maker, waiting: Entity) -> None:
    with promise("imodels/refuses-writes-until-initialized"):
        body = {"name": make.name("early"), "expiresAt": expiry(), "permission": "imodels_webview"}
        asked = offered(api("create-imodel-share", id=waiting["id"], body=body))
        refused(asked, 409, "iModelNotInitialized")


def test_a_name_is_taken_once_in_an_itwin(
    api: Api, make: Maker, shed: Entity, timeline: Timeline, itwin: str
) -> None:
    with promise("imodels/name-unique"):
        refused(
            api("create-imodel", body={"iTwinId": itwin, "name": timeline.imodel["name"]}),
            409,
            "iModelExists",
        )
    with promise("imodels/update-name-unique"):
        taken = api("update-imodel", id=shed["id"], body={"name": timeline.imodel["name"]})
        refused(taken, 409, "iModelExists")
    with promise("imodels/update-own-name"):
        assert api("update-imodel", id=shed["id"], body={"name": shed["name"]}).status == 200


def test_a_new_name_is_taken_and_the_former_free(
    api: Api, make: Maker, shed: Entity, newborns: Shared, itwin: str
) -> None:
    name = make.name("Shed North")
    succeed(api("update-imodel", id=shed["id"], body={"name": name}))
    with promise("imodels/name-unique"):
        refused(api("create-imodel", body={"iTwinId": itwin, "name": name}), 409, "iModelExists")
    with promise("imodels/name-free-after-update"):
        taken = api("update-imodel", id=newborns()["id"], body={"name": shed["name"]})
        assert taken.status == 200


@pytest.mark.profile("smoke")
def test_an_update_changes_what_it_names_and_nothing_else(api: Api, make: Maker, shed: Entity) -> None:
    before = succeed(api("get-imodel-details", id=shed["id"]))
    changed = succeed(api("update-imodel", id=shed["id"], body={"description": "only paint"}))
    with promise("imodels/update-is-readable"):
        read = api("get-imodel-details", id=shed["id"])
        assert read.status == 200
        told = ("name", "displayName", "description", "extent")
        assert {key: read.entity[key] for key in told} == {key: changed[key] for key in told}
    renamed = succeed(api("update-imodel", id=shed["id"], body={"name": make.name("Shed South")}))
    with promise("imodels/update-keeps-omitted"):
        kept = ("id", "extent", "state", "iTwinId", "createdDateTime")
        for seen in (changed, renamed):
            assert {key: seen[key] for key in kept} == {key: before[key] for key in kept}
        assert (changed["name"], renamed["description"]) == (before["name"], "only paint")


def test_an_extent_is_stored_as_sent(api: Api, shed: Entity) -> None:
    turned = {"southWest": EXTENT["northEast"], "northEast": EXTENT["southWest"]}
    succeed(api("update-imodel", id=shed["id"], body={"extent": turned}))
    with promise("imodels/extent-order-kept"):
        assert shows(api("get-imodel-details", id=shed["id"]).entity["extent"], turned)


def test_the_list_says_what_the_details_say(api: Api, make: Maker, timeline: Timeline, itwin: str) -> None:
    query = {"iTwinId": itwin, "name": timeline.imodel["name"]}
    with promise("imodels/list-equals-details"):
        full = make.soon(
            lambda: make.walk("get-itwin-imodels", "iModels", query=query, headers=REPRESENTATION), bool
        )
        assert alike(full, [succeed(api("get-imodel-details", id=timeline.id))])


def test_one_is_found_by_name_search_and_state(
    api: Api, make: Maker, timeline: Timeline, waiting: Entity, itwin: str
) -> None:
    def found(expected: str, **query: str) -> set[str]:
        return make.soon(lambda: make.listed(itwin, **query), lambda seen: expected in seen)

    name = timeline.imodel["name"]
    with promise("imodels/name-filter"):
        assert found(timeline.id, name=name) == {timeline.id}
    with promise("imodels/search"):
        assert timeline.id in found(timeline.id, **{"$search": name.split()[-1].upper()})
        assert timeline.id in found(timeline.id, **{"$search": "READ-ONLY time"})
        assert waiting["id"] not in make.listed(itwin, **{"$search": name})
    with promise("imodels/state-filter"):
        assert waiting["id"] in found(waiting["id"], state="notInitialized")
        assert waiting["id"] not in make.listed(itwin, state="initialized")
        assert timeline.id in found(timeline.id, state="initialized")
    with promise("lists/no-match-is-empty"):
        imodels = api("get-itwin-imodels", query={"iTwinId": itwin, "name": make.name("nobody")})
        versions = api("get-imodel-named-versions", id=timeline.id, query={"name": "nobody"})
        assert (imodels.status, versions.status) == (200, 200)
        assert imodels.json["iModels"] == versions.json["namedVersions"] == []


def test_the_last_push_leaves_its_date(api: Api, waiting: Entity, timeline: Timeline) -> None:
    with promise("imodels/last-push-date"):
        pushed = api("get-imodel-details", id=timeline.id).entity
        never = api("get-imodel-details", id=waiting["id"]).entity
        assert pushed.get("lastChangesetPushDateTime", "older service")
        assert never.get("lastChangesetPushDateTime") is None


def test_the_collection_root_has_two_forms(api: Api, make: Maker, itwin: str, timeline: Timeline) -> None:
    # Of the whole list others might write some more between the two requests.
    asked = {"iTwinId": itwin, "name": timeline.imodel["displayName"]}
    with promise("answers/trailing-slash"):
        plain = make.soon(
            lambda: api("get-itwin-imodels", query=asked), lambda seen: bool(seen.json["iModels"])
        )
        slashed = api.at_root_with_slash("get-itwin-imodels", query=asked)
        assert (plain.status, slashed.status) == (200, 200)
        assert slashed.json["iModels"] == plain.json["iModels"]
        assert api.at_root_with_slash("create-imodel", body={"iTwinId": itwin}).status == 422


def test_an_itwin_nobody_knows_has_no_imodels(api: Api, run: Run, make: Maker) -> None:
    nowhere = run.journal.invent()
    body = {"iTwinId": nowhere, "name": make.name("nowhere")}
    with promise("imodels/unknown-itwin"):
        refused(api("get-itwin-imodels", query={"iTwinId": nowhere}), 404, "iTwinNotFound")
        refused(api("create-imodel", body=body), 404, "iTwinNotFound")


def test_a_template_nobody_knows_makes_nothing(
    api: Api, run: Run, make: Maker, timeline: Timeline, itwin: str
) -> None:
    unknown = {"iModelId": run.journal.invent()}
    elsewhere = {"iModelId": timeline.id, "changesetId": "f" * 40}
    with promise("requests/undocumented-fault"):
        for template in (unknown, elsewhere):
            body = {"iTwinId": itwin, "name": make.name("from nothing"), "template": template}
            refused(api("create-imodel", body=body), (403, 404, 422))
