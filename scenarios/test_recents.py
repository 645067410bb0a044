"""Recents: the iModels a caller has used lately, the last one first."""

from __future__ import annotations

import pytest

from conformance.api import Api
from conformance.fixtures import Timeline
from conformance.make import Entity, Maker
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.story import promise, shows
from scenarios.own_lists import OwnList

pytestmark = pytest.mark.serial
LIST, ADD = "get-my-recently-used-imodels", "add-imodel-to-my-recents"
KEPT = 25


@pytest.fixture
def recents(make: Maker) -> OwnList:
    """The recents of the main identity."""
    return OwnList(make, LIST, ADD)


def test_what_is_used_is_listed_until_it_is_removed(api: Api, recents: OwnList, workshop: Entity) -> None:
    with promise("recents/add-is-listed"):
        recents.put(workshop["id"])
        assert workshop["id"] in recents.ids_with(workshop["id"])
    with promise("recents/remove-unlists"):
        removed = api("remove-imodel-from-my-recents", id=workshop["id"])
        assert removed.ok, f"answered {removed.status}"
        assert workshop["id"] not in recents.ids_without(workshop["id"])


def test_there_is_nothing_to_say_but_which_one(api: Api, workshop: Entity) -> None:
    with promise("recents/optional-body"):
        for added in (api(ADD, id=workshop["id"], body={}), api(ADD, id=workshop["id"])):
            assert added.ok, f"answered {added.status}"


def test_the_last_one_used_comes_first(recents: OwnList, workshop: Entity, timeline: Timeline) -> None:
    wanted = [timeline.id, workshop["id"]]
    with promise("recents/latest-first"):
        recents.put(*reversed(wanted))
        assert recents.make.soon(recents.ids, lambda seen: seen[:2] == wanted)[:2] == wanted


def test_one_used_again_comes_first_again(recents: OwnList, workshop: Entity, timeline: Timeline) -> None:
    one, other = workshop["id"], timeline.id
    with promise("recents/add-again-moves-to-front"):
        recents.put(one, other, one)
        seen = recents.make.soon(recents.ids, lambda seen: seen[:2] == [one, other])
        assert seen[:2] == [one, other]
        assert seen.count(one) == 1


def test_recents_are_of_one_user(recents: OwnList, timeline: Timeline) -> None:
    with promise("recents/own-to-each-user"):
        recents.put(timeline.id)
        recents.ids_with(timeline.id)
        assert timeline.id not in recents.as_("second").ids()


def test_recents_are_listed_by_itwin(recents: OwnList, timeline: Timeline, neighbour: Entity) -> None:
    other, elsewhere = recents.make.wait(neighbour["id"]), neighbour["iTwinId"]
    with promise("recents/only-of-the-itwin"):
        recents.put(timeline.id, other)
        assert other not in recents.ids_with(timeline.id)
        there = recents.ids_with(other, elsewhere)
        assert other in there
        assert timeline.id not in there


@pytest.mark.profile("full")
def test_the_one_used_longest_ago_is_dropped(recents: OwnList, run: Run) -> None:
    elsewhere = run.target.itwins[1]
    made = [recents.make.imodel(iTwinId=elsewhere)["id"] for _ in range(KEPT + 1)]
    recents.put(*made)
    with promise("recents/at-most-25"):
        seen = recents.make.soon(lambda: recents.ids(elsewhere), lambda seen: len(seen) <= KEPT)
        assert len(seen) <= KEPT
    with promise("recents/oldest-dropped"):
        seen = recents.ids_with(made[-1], elsewhere)
        assert made[-1] in seen
        assert made[0] not in seen


def test_a_recent_in_full_is_the_imodel(recents: OwnList, timeline: Timeline) -> None:
    listed, details = recents.in_full(timeline.id)
    with promise("recents/list-equals-details"):
        assert listed
        assert shows(details, listed)


def test_parameters_of_other_lists_do_no_harm(recents: OwnList) -> None:
    with promise("recents/skip-and-order-taken"):
        assert recents.taken()


def test_an_itwin_that_does_not_exist_has_none(api: Api, run: Run) -> None:
    with promise("recents/unknown-itwin"):
        listed = api(LIST, query={"iTwinId": run.journal.invent()})
        if listed.status == 200:
            assert listed.json["iModels"] == []
        else:
            refused(listed, 404)


@pytest.mark.profile("full")
def test_a_deleted_imodel_is_no_recent(recents: OwnList, make: Maker) -> None:
    gone = make.imodel()["id"]
    recents.put(gone)
    recents.ids_with(gone)
    with promise("recents/deleted-imodel-goes"):
        assert make.delete(gone).ok
        assert gone not in recents.ids_without(gone)
