"""Faults that leave a gap between looking and doing: two get what one should have."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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
