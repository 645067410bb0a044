"""Favorites: each caller marks iModels, and sees the marks of nobody else."""

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
LIST, ADD = "get-my-favorite-imodels", "add-imodel-to-my-favorites"


@pytest.fixture
def favorites(make: Maker) -> OwnList:
    """The favorites of the main identity."""
    return OwnList(make, LIST, ADD)


def test_what_is_added_is_listed_until_it_is_removed(
    api: Api, favorites: OwnList, timeline: Timeline
) -> None:
    with promise("favorites/add-is-listed"):
        favorites.put(timeline.id)
        assert timeline.id in favorites.ids_with(timeline.id)
    with promise("favorites/remove-unlists"):
        removed = api("remove-imodel-from-my-favorites", id=timeline.id)
        assert removed.ok, f"answered {removed.status}"
        assert timeline.id not in favorites.ids_without(timeline.id)


def test_a_favorite_can_be_added_again(api: Api, favorites: OwnList, timeline: Timeline) -> None:
    with promise("favorites/add-is-204"):
        assert api(ADD, id=timeline.id).status == 204
    with promise("favorites/add-again"):
        again = api(ADD, id=timeline.id)
        assert again.ok, f"answered {again.status}"
        assert favorites.ids_with(timeline.id).count(timeline.id) == 1


def test_favorites_are_of_one_user(favorites: OwnList, timeline: Timeline) -> None:
    with promise("favorites/own-to-each-user"):
        favorites.put(timeline.id)
        favorites.ids_with(timeline.id)
        assert timeline.id not in favorites.as_("second").ids()


def test_favorites_are_listed_by_itwin(favorites: OwnList, timeline: Timeline, neighbour: Entity) -> None:
    other, elsewhere = favorites.make.wait(neighbour["id"]), neighbour["iTwinId"]
    with promise("favorites/only-of-the-itwin"):
        favorites.put(timeline.id, other)
        assert other not in favorites.ids_with(timeline.id)
        there = favorites.ids_with(other, elsewhere)
        assert other in there
        assert timeline.id not in there


def test_a_favorite_in_full_is_the_imodel(favorites: OwnList, timeline: Timeline) -> None:
    listed, details = favorites.in_full(timeline.id)
    with promise("favorites/list-equals-details"):
        assert listed
        assert shows(details, listed)


def test_parameters_of_other_lists_do_no_harm(favorites: OwnList) -> None:
    with promise("favorites/skip-and-order-taken"):
        assert favorites.taken()


def test_an_itwin_that_does_not_exist_has_none(api: Api, run: Run) -> None:
    with promise("favorites/unknown-itwin"):
        listed = api(LIST, query={"iTwinId": run.journal.invent()})
        if listed.status == 200:
            assert listed.json["iModels"] == []
        else:
            refused(listed, 404)


@pytest.mark.profile("full")
def test_a_deleted_imodel_is_no_favorite(favorites: OwnList, make: Maker) -> None:
    gone = make.imodel()["id"]
    favorites.put(gone)
    favorites.ids_with(gone)
    with promise("favorites/deleted-imodel-goes"):
        assert make.delete(gone).ok
        assert gone not in favorites.ids_without(gone)
