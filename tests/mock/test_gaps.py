"""Faults that leave a gap between looking and doing: two get what one should have."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import sleep
from typing import Any

import pytest

from conformance.mock.tokens import ITWIN
from tests.mock.attempts import bent, with_briefcases

Ask = Callable[[int], Any]


def an_imodel(admin: Any) -> Ask:
    return lambda place: admin.post(json={"iTwinId": ITWIN, "name": "Wanted"})


def another_name(admin: Any) -> Ask:
    paths = [f"/{admin.make(str(place))['id']}" for place in range(2)]
    return lambda place: admin.patch(paths[place], json={"name": "Wanted"})


def a_lock(admin: Any) -> Ask:
    path, *numbers = with_briefcases(admin)
    return lambda place: admin.lock(path, numbers[place], exclusive="0x1")


def a_parent(admin: Any) -> Ask:
    path, first, _ = with_briefcases(admin)
    second = admin.briefcase(path, "second")
    return lambda place: admin.announce(path, (first, second)[place], 1, ("admin", "second")[place])


def a_name_of_versions(admin: Any) -> Ask:
    path, *_ = with_briefcases(admin, 2)
    return lambda place: admin.mark(path, "Wanted", place + 1)


def a_place_of_versions(admin: Any) -> Ask:
    path, *_ = with_briefcases(admin, 1)
    return lambda place: admin.mark(path, str(place), 1)


def another_name_of_versions(admin: Any) -> Ask:
    path, *_ = with_briefcases(admin, 2)
    ids = [admin.mark(path, str(place), place).json()["namedVersion"]["id"] for place in (1, 2)]
    return lambda place: admin.patch(f"{path}/namedversions/{ids[place]}", json={"name": "Wanted"})


def the_end_of_a_push(admin: Any) -> Ask:
    path, first, _ = with_briefcases(admin)
    admin.upload(admin.announce(path, first, 1))
    return lambda place: admin.complete(path, first, 1)


CASES = {
    "imodels/name-won-once": an_imodel,
    "imodels/rename-won-once": another_name,
    "locks/won-once": a_lock,
    "changesets/parent-won-once": a_parent,
    "changesets/completed-once": the_end_of_a_push,
    "named-versions/name-won-once": a_name_of_versions,
    "named-versions/changeset-won-once": a_place_of_versions,
    "named-versions/rename-won-once": another_name_of_versions,
}


def winners(ask: Ask) -> int:
    with ThreadPoolExecutor(2) as pool:
        return sum(answer.is_success for answer in pool.map(partial(ask), range(2)))


@pytest.mark.parametrize("name", CASES)
def test_two_come_in_through_a_gap(admin: Any, name: str) -> None:
    assert winners(CASES[name](admin)) == 1
    assert winners(CASES[name](bent(admin, name))) == 2


def listed_while_written(admin: Any, path: str, place: int) -> list[str]:
    """The ids in a list of named versions, asked for just before one is made that comes first in it."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(admin.get, f"{path}/namedversions")
        sleep(0.02)
        admin.mark(path, f"mark {place}", place)
        return [version["id"] for version in asked.result().json()["namedVersions"]]


@pytest.mark.parametrize("fault", ["", "lists/untorn"])
def test_a_list_is_torn_through_a_gap(admin: Any, fault: str) -> None:
    caller = bent(admin, *filter(None, [fault]))
    path, *_ = with_briefcases(caller, 8)
    caller.mark(path, "the last", 8)
    # Now and then the write comes first.
    lists = [listed_while_written(caller, path, place) for place in range(1, 8)]
    assert any(len(ids) > len({*ids}) for ids in lists) == bool(fault)
