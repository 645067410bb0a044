"""What the tests of pages read from a list: keys, values that sort, and a walk through its pages."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.cases.listings import LISTINGS, is_sorted, keys, values
from conformance.collect import Collected
from conformance.contract import load
from conformance.exchange import Broken, Deviation, Finding
from conformance.requirements import promise_of
from conformance.test_pages import same
from conformance.transport.guard import Refused


def test_each_list_of_the_contract_is_known() -> None:
    lists = {id_ for id_, operation in load().operations.items() if operation.collection}
    assert LISTINGS.keys() == lists == set(promise_of("lists/pages-add-up").operations)


def test_locks_are_told_apart_by_briefcase_and_object() -> None:
    assert keys([{"id": "0x1", "briefcaseId": 2}, {"id": "0x1", "briefcaseId": 3}]) == ["2 0x1", "3 0x1"]


def test_extended_data_are_told_apart_by_changeset() -> None:
    assert keys([{"changesetId": "ab", "data": "e30="}]) == ["ab"]


def test_only_names_that_sort_the_same_everywhere_are_compared() -> None:
    own, other = "ic-20260101-000000-abcdef 0123abcd", "ic-20260101-000000-abcdef Ärger"
    items = [{"name": own}, {"name": f"{own} words"}, {"name": other}, {"name": "bridge"}]
    assert values(items, "name") == [own, own]


def test_dates_are_compared_as_moments() -> None:
    dates = ("2026-01-05T10:00:00.5Z", "2026-01-05T10:00:00Z")
    found = values([{"createdDateTime": date} for date in dates], "createdDateTime")
    assert is_sorted(found, falling=True)
    assert not is_sorted(found)


@pytest.mark.parametrize(
    ("found", "falling", "expected"),
    [
        (["B", "a"], False, True),
        (["a", "B"], False, True),
        (["b", "a"], False, False),
        (["b", "A", "a"], True, True),
        ([1, 2, 2], False, True),
        ([2, 1], False, False),
        ([], False, True),
    ],
)
def test_what_counts_as_sorted(found: list[Any], falling: bool, expected: bool) -> None:
    assert is_sorted(found, falling=falling) is expected


@pytest.mark.parametrize("found", [["1", "2", "2"], ["1"], ["1", "2", "3"]])
def test_a_walk_with_gaps_repeats_or_strangers_is_noticed(found: list[str]) -> None:
    same(["2", "1"], ["1", "2"])
    with pytest.raises(AssertionError):
        same(found, ["1", "2"])


def test_findings_are_collected_until_the_end() -> None:
    collected = Collected()
    finding = Finding("lists/skip", "get-imodel-users", Deviation("kind", "this", "that"), ())
    for error in (Broken([finding]), Refused("not ours")):
        with collected.going_on():
            raise error
    with pytest.raises(Broken) as caught:
        collected.conclude()
    assert caught.value.findings == [finding]
    Collected().conclude()
