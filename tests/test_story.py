"""`promise` and what a story makes of each way a block can end."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from conformance.exchange import Broken
from conformance.requirements import RegisterError
from conformance.runner.ledger import Ledger
from conformance.story import CURRENT, SetupFailed, Story, Undecided, alike, promise, shows

MUST, SHOULD = "imodels/name-unique", "imodels/update-own-name"


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    book = Ledger()
    token = CURRENT.set(Story("test", book, random.Random(1)))
    yield book
    CURRENT.reset(token)


def test_a_block_without_failure_holds(ledger: Ledger) -> None:
    with promise(MUST):
        pass
    assert sum(ledger.entries[MUST].held.values()) == 1
    assert not ledger.findings()


def test_a_failed_assert_of_a_must_row_ends_the_story(ledger: Ledger) -> None:
    with pytest.raises(Broken) as caught, promise(MUST):
        assert 1 + 1 == 3
    [finding] = caught.value.findings
    assert finding.requirement == MUST
    assert finding.deviation.kind == "assert 1 + 1 == 3"
    assert ledger.findings() == [finding]


def test_a_failed_assert_of_another_row_is_noted_and_the_story_goes_on(ledger: Ledger) -> None:
    with promise(SHOULD):
        assert ledger.findings(), "nothing was found"
    assert [finding.requirement for finding in ledger.findings()] == [SHOULD]


def test_words_of_ones_own_stand_alone(ledger: Ledger) -> None:
    found = [1, 2]
    with promise(SHOULD):
        assert not found, f"{len(found)} items are odd"
    assert [finding.deviation.seen for finding in ledger.findings()] == ["2 items are odd"]


def test_an_undecided_block_goes_on_and_stays_open(ledger: Ledger) -> None:
    with promise(MUST):
        _leave_open()
    assert ledger.entries[MUST].reasons == ["no error body"]
    assert not ledger.entries[MUST].held


def _leave_open() -> None:
    raise Undecided("no error body")


def test_a_broken_promise_inside_leaves_the_outer_one_open(ledger: Ledger) -> None:
    with pytest.raises(Broken), promise(MUST):
        raise Broken([])
    assert ledger.entries[MUST].reasons == ["another promise broke first"]
    assert not ledger.findings()


def test_a_failed_set_up_is_no_finding(ledger: Ledger) -> None:
    with pytest.raises(SetupFailed), promise(MUST):
        raise SetupFailed("create answered 403")
    assert not ledger.findings()
    assert ledger.entries[MUST].reasons == ["SetupFailed: create answered 403"]


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(RegisterError, match="nobody/defined-this"), promise("nobody/defined-this"):
        pass


@pytest.mark.parametrize(
    ("seen", "sent", "shown"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": {"b": [{"c": 1, "x": 0}]}}, {"a": {"b": [{"c": 1}]}}, True),
        ({"a": 2}, {"a": 1}, False),
        ({}, {"a": None}, False),
        ([1, 2], [1], False),
        (None, {"a": 1}, False),
    ],
)
def test_extra_members_hide_nothing_that_was_sent(seen: object, sent: object, shown: bool) -> None:
    assert shows(seen, sent) is shown


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "c": 3}, True),
        ([{"a": {"b": 1, "x": 0}}], [{"a": {"b": 1}}], True),
        ({"a": 1}, {"a": 2}, False),
        ([1, 2], [1], False),
        ({"a": None}, {"a": {}}, False),
    ],
)
def test_two_answers_are_alike_in_what_both_tell(one: object, other: object, same: bool) -> None:
    assert alike(one, other) is same
    assert alike(other, one) is same


def test_the_fingerprint_holds_no_values(ledger: Ledger) -> None:
    seen = []
    for value in (1, 2):
        with pytest.raises(Broken) as caught, promise(MUST):
            assert value == 3
        seen.append(caught.value.findings[0].fingerprint)
    assert seen[0] == seen[1]
