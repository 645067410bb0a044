"""Looking back: at the end lists show what the run was told to be there, and nothing that is gone."""

from __future__ import annotations

import time

import pytest

from conformance.cases.listings import BIG
from conformance.collect import Collected
from conformance.make import REPRESENTATION
from conformance.relations.lists import Place
from conformance.runner.run import Run
from conformance.story import CURRENT

ON_MOCK, ON_LIVE = 24, 2
"""How many lists are looked at."""


@pytest.mark.late
@pytest.mark.decides(
    "imodels/create-is-listed",
    "imodels/delete-unlists",
    "named-versions/listed",
    "changesets/listed",
    "briefcases/listed",
    "briefcases/release-removes",
    "changeset-groups/listed",
    "extended-data/listed",
    "shares/listed",
    "shares/revoke-removes",
)
def test_lists_show_what_was_told(run: Run) -> None:
    """Lists that had their time to catch up are asked once more; the history judges what they show."""
    collected, lists = Collected(), run.road.history.lists
    known = [place for place in lists.places if place.operation in run.contract.operations]
    of_itwins = [place for place in known if place.in_itwin]
    others = [place for place in known if not place.in_itwin]
    number = min(len(others), ON_MOCK if run.target.embedded else ON_LIVE)
    if known:
        time.sleep(lists.wait)
    for place in [*of_itwins, *CURRENT.get().random.sample(others, number)]:
        with collected.going_on():
            _look(run, place)
    collected.conclude()


def _look(run: Run, place: Place) -> None:
    query: dict[str, object] = {"$top": BIG}
    if place.in_itwin:
        query |= {"iTwinId": place.container}
    path = {} if place.in_itwin else {"id": place.container}
    api = run.api(place.identity)
    operation = api.described(place.operation)
    # What is minimal may leave out what a thing is known by.
    headers = REPRESENTATION if operation.parameter("Prefer") else {}
    request = api.request(place.operation, path, query, headers)
    api.send(request, operation, path)
