"""The history: which answers contradict what was told before, and which do not."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from conformance import exchange as records
from conformance.api import judge
from conformance.contract import load
from conformance.exchange import Answer, Exchange, Request
from conformance.relations.history import History, same
from conformance.relations.kinds import KINDS, UPDATED
from conformance.requirements import promise_of
from conformance.runner.ledger import Ledger
from conformance.story import CURRENT, Story, promise

BASE = "http://127.0.0.1/imodels"
ID, ITWIN, VERSION = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abc")
SHED = {
    "id": ID,
    "name": "Shed",
    "displayName": "Shed",
    "description": "wood",
    "iTwinId": ITWIN,
    "extent": None,
}
BARN = SHED | {"name": "Barn", "displayName": "Barn"}
Broken = list[tuple[str, str]]


def told(
    operation: str,
    status: int,
    body: Any = None,
    sent: Any = None,
    raced: bool = False,
    query: str = "",
    identity: str = "main",
    **path: str,
) -> Exchange:
    described = load().operations[operation]
    path = {"id": ID, **path} if "{id}" in described.path else {}
    content = b"" if body is None else json.dumps(body).encode()
    request = Request(
        described.method,
        BASE + described.path.format(**path) + query,
        {"content-type": "application/json"} if sent is not None else {},
        b"" if sent is None else json.dumps(sent).encode(),
    )
    answer = Answer(status, {"content-type": "application/json"}, content)
    return Exchange(1, request, answer, load(), described, path, identity, raced=raced)


def created(**values: Any) -> Exchange:
    return told("create-imodel", 201, {"iModel": SHED | values}, {"name": "Shed", "iTwinId": ITWIN})


def read(**values: Any) -> Exchange:
    return told("get-imodel-details", 200, {"iModel": SHED | values})


def listed(**values: Any) -> Exchange:
    return told("get-itwin-imodels", 200, {"iModels": [SHED | values], "_links": {}})


def updated(sent: Any, **values: Any) -> Exchange:
    return told("update-imodel", 200, {"iModel": SHED | values}, sent)


def refused(operation: str = "update-imodel", status: int = 422) -> Exchange:
    return told(operation, status, {"error": {"code": "x", "message": "y"}}, {"name": ""})


def deleted() -> Exchange:
    return told("delete-imodel", 204)


def broken(*exchanges: Exchange) -> Broken:
    """The rows that the last exchange breaks, each with the operation it is about."""
    history = History()
    for exchange in exchanges[:-1]:
        list(history.take(exchange))
    return [
        (found.judgement.requirement, found.operation)
        for found in history.take(exchanges[-1])
        if found.judgement.deviation
    ]


def held(*exchanges: Exchange) -> list[str]:
    history = History()
    return [
        found.judgement.requirement
        for exchange in exchanges
        for found in history.take(exchange)
        if not found.judgement.deviation
    ]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_is_remembered_is_there(kind: Any) -> None:
    operations = load().operations
    rows = {*kind.rows.values(), kind.omitted, kind.gone} - {""}
    assert set(kind.roles) <= operations.keys()
    assert all(promise_of(row).operations for row in rows)
    updates = [id_ for id_, role in kind.roles.items() if role == UPDATED]
    assert all(operations[id_].parameter(kind.parameter) for id_ in updates)


def test_a_new_imodel_is_read_as_it_wastold() -> None:
    assert broken(created(), read(description="stone")) == [
        ("imodels/create-is-readable", "get-imodel-details")
    ]
    assert held(created(), read()) == ["imodels/create-is-readable"]


def test_an_update_is_read_as_it_wastold() -> None:
    change = updated({"description": "stone"}, description="stone")
    assert broken(created(), change, read()) == [("imodels/update-is-readable", "get-imodel-details")]
    assert broken(created(), change, read(description="stone")) == []


def test_an_update_keeps_what_it_does_not_name() -> None:
    found = broken(created(), updated({"description": "stone"}, description="stone", iTwinId=VERSION))
    assert found == [("imodels/update-keeps-omitted", "update-imodel")]
    renamed = updated({"name": "Barn"}, name="Barn", displayName="Barn")
    assert broken(created(), renamed) == []


def test_two_reads_with_nothing_between_them_are_the_same() -> None:
    assert broken(read(), read(extent={"a": 1})) == [("answers/unchanged-reads-same", "get-imodel-details")]
    assert held(read(), read()) == ["answers/unchanged-reads-same"]


def test_a_refused_update_changes_nothing() -> None:
    found = broken(created(), refused(), read(description="stone"))
    assert found == [("requests/refused-changes-nothing", "update-imodel")]
    assert held(created(), refused(), read()) == ["requests/refused-changes-nothing"]


def test_a_refused_delete_changes_nothing() -> None:
    found = broken(created(), refused("delete-imodel", 409), read(description="stone"))
    assert [row for row, _ in found] == ["requests/refused-changes-nothing"]


def test_what_failed_otherwise_may_have_done_anything() -> None:
    assert broken(created(), refused(status=500), read(description="stone")) == []


def test_a_deleted_imodel_is_gone() -> None:
    assert broken(created(), deleted(), read()) == [("imodels/delete-removes", "get-imodel-details")]
    assert broken(created(), deleted(), listed()) == []


def test_a_list_shows_what_the_details_show() -> None:
    assert broken(read(), listed(description="")) == [("imodels/list-equals-details", "get-itwin-imodels")]
    assert broken(read(), listed()) == []


def test_a_list_may_lag_behind_an_update() -> None:
    change = updated({"description": "stone"}, description="stone")
    assert broken(created(), change, read(description="stone"), listed()) == []


def test_what_was_listed_is_no_word_on_what_is_read() -> None:
    assert broken(listed(description="old"), read()) == []


def test_in_a_race_nobody_knows_what_came_first() -> None:
    raced = told("update-imodel", 200, {"iModel": BARN}, {"name": "Barn"}, raced=True)
    assert broken(created(), raced, read(description="stone")) == []


def test_a_wrong_request_that_was_let_through_may_have_done_anything() -> None:
    let_through = updated({"description": ["no text"]}, description="stone")
    assert broken(created(), let_through, read(description="stone")) == []


def test_a_write_without_an_answer_may_have_done_anything() -> None:
    history = History()
    list(history.take(created()))
    history.unanswered(deleted().request, {"id": ID.upper()})
    assert list(history.take(read(description="stone"))) == []


def test_parts_are_known_by_their_imodel_and_id() -> None:
    version = {"id": VERSION, "name": "v", "displayName": "v", "changesetId": None, "state": "visible"}
    new = told("create-imodel-named-version", 201, {"namedVersion": version}, {"name": "v"})
    seen = told(
        "get-imodel-named-version-details",
        200,
        {"namedVersion": version | {"state": "hidden"}},
        namedVersionId=VERSION,
    )
    assert [row for row, _ in broken(new, seen)] == ["named-versions/readable"]


def test_a_push_that_is_not_complete_is_not_remembered() -> None:
    change = {"id": "f" * 40, "index": 0, "state": "waitingForFile", "fileSize": 1}
    pushed = told(
        "update-imodel-changeset", 200, {"changeset": change}, {"briefcaseId": 2}, changeset="f" * 40
    )
    full = change | {"index": 1, "state": "fileUploaded"}
    seen = told("get-imodel-changeset-details", 200, {"changeset": full}, changeset="1")
    assert broken(pushed, seen) == []


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("a", "a ", True),
        ("a", "b", False),
        (None, "", True),
        (None, "a", False),
        (ID, ID.upper(), True),
        ("2026-01-05T10:00:00Z", "2026-01-05T10:00:00.4200000Z", True),
        ("2026-01-05T10:00:00Z", "2026-01-05T10:00:02Z", False),
        (1, 1.0, True),
        (1, 2, False),
        (1, None, False),
        (None, {"a": 1}, False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([1, 2], [1], False),
        ([1, 2], [1, 2], True),
        ("1", 1, True),
    ],
)
def test_what_is_the_same(one: Any, other: Any, equal: bool) -> None:
    assert same(one, other) == same(other, one) == equal


@pytest.fixture
def story() -> Iterator[Story]:
    """A story that is under way and has its say before the history."""
    told = Story("scenarios/test_sheds.py::test_a_shed", Ledger(), random.Random(1), patient=True)
    token = CURRENT.set(told)
    yield told
    CURRENT.reset(token)


def _rows(story: Story) -> list[str]:
    return [finding.requirement for finding in story.ledger.findings()]


def _read_otherwise() -> None:
    history = History()
    for each in (created(), read(description="stone")):
        judge(each, [], list(history.take(each)))


def test_what_no_promise_of_a_story_says_the_history_says_at_its_end(story: Story) -> None:
    _read_otherwise()
    assert _rows(story) == []
    with pytest.raises(records.Broken):
        story.conclude()
    assert _rows(story) == ["imodels/create-is-readable"]


def test_a_promise_of_a_story_goes_before_the_history(story: Story) -> None:
    _read_otherwise()
    with pytest.raises(records.Broken), promise("imodels/update-keeps-omitted"):
        raise AssertionError("another description")
    story.conclude()
    assert _rows(story) == ["imodels/update-keeps-omitted"]


def test_elsewhere_the_history_speaks_at_once(story: Story) -> None:
    story.patient = False
    with pytest.raises(records.Broken):
        _read_otherwise()
    assert _rows(story) == ["imodels/create-is-readable"]
