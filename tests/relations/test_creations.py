"""Creations that were refused: when an answer shows that they were carried out, and when it shows nothing."""

from __future__ import annotations

import pytest

from conformance.contract import load
from conformance.exchange import Exchange
from conformance.relations.history import History
from conformance.relations.kinds import KIND_NAMED, MAKERS, list_of
from conformance.requirements import promise_of
from tests.relations.test_history import ID, ITWIN, SHED, VERSION, told

MARK = "ic-20260105-100000-abcdef"
NAME = f"{MARK} 0123abcd"
ROW = "requests/refused-changes-nothing"


def asked(
    status: int, name: str = NAME, code: str = "x", raced: bool = False, sent: object = None
) -> Exchange:
    body = {"error": {"code": code, "message": "y"}} if status >= 400 else {"iModel": SHED | {"name": name}}
    return told("create-imodel", status, body, sent or {"name": name, "iTwinId": ITWIN}, raced=raced)


def shown(name: str = NAME) -> Exchange:
    return told("get-imodel-details", 200, {"iModel": SHED | {"name": name}})


def listed(*names: str, narrowed: str = "") -> Exchange:
    found = [{"id": ID, "displayName": name} for name in names]
    body = {"iModels": found, "_links": {"next": None}}
    return told("get-itwin-imodels", 200, body, query=f"?iTwinId={ITWIN}{narrowed}")


def attempt(status: int, description: str = "together again") -> Exchange:
    return told(
        "create-imodel-changeset-group", status, {"error": {"code": "x"}}, {"description": description}
    )


def groups(description: str = "together again") -> Exchange:
    found = [{"id": VERSION, "description": description, "creatorId": VERSION}]
    return told("get-imodel-changeset-groups", 200, {"changesetGroups": found, "_links": {"next": None}})


def says(*exchanges: Exchange) -> list[tuple[str, str, bool]]:
    """What the last exchange says of refused creations: the row, the operation, whether it is broken."""
    history = History(MARK)
    for exchange in exchanges[:-1]:
        list(history.take(exchange))
    return [
        (one.judgement.requirement, one.operation, one.judgement.deviation is not None)
        for one in history.take(exchanges[-1])
        if one.judgement.requirement == ROW
    ]


BROKEN = [(ROW, "create-imodel", True)]
HELD = [(ROW, "create-imodel", False)]


def test_what_is_made_has_a_list_and_a_member_to_be_told_by() -> None:
    operations = load().operations
    assert set(MAKERS) <= operations.keys()
    assert {kind for kind, _ in MAKERS.values()} == KIND_NAMED.keys()
    assert all(list_of(operation) in operations for operation in MAKERS)
    assert set(MAKERS) <= set(promise_of(ROW).operations)
    assert list_of("update-imodel") == ""


@pytest.mark.parametrize("answer", [shown(), listed(NAME), listed("Barn", NAME)])
def test_what_was_refused_is_not_there(answer: Exchange) -> None:
    assert says(asked(422), answer) == BROKEN


def test_a_list_without_it_shows_that_it_was_not_made() -> None:
    assert says(asked(422), listed("Barn")) == HELD
    assert says(asked(422), listed(narrowed=f"&name={NAME.replace(' ', '%20')}")) == HELD
    assert says(asked(422), listed("Barn", narrowed="&state=initialized")) == []


@pytest.mark.parametrize("status", [201, 500, 503, 408, 302])
def test_what_another_write_may_have_made_tells_nothing(status: int) -> None:
    assert says(asked(422), asked(status), shown()) == []
    assert says(asked(status), asked(422), shown()) == []


def test_a_rename_may_have_brought_the_name_there() -> None:
    renamed = told("update-imodel", 200, {"iModel": SHED | {"name": NAME}}, {"name": f" {NAME.upper()}"})
    assert says(asked(422), renamed, shown()) == []


def test_in_a_race_anybody_may_have_made_it() -> None:
    assert says(asked(422), asked(409, raced=True), shown()) == []


def test_a_write_about_it_may_have_made_it() -> None:
    id_ = 40 * "a"
    new = told("create-imodel-changeset", 422, {"error": {"code": "x"}}, {"id": id_, "fileSize": 1})
    there = told("get-imodel-changeset-details", 200, {"changeset": {"id": id_, "index": 1}}, changeset=id_)
    completed = told("update-imodel-changeset", 200, {"changeset": {"id": id_}}, changeset=id_)
    assert says(new, there) == [(ROW, "create-imodel-changeset", True)]
    assert says(new, completed, there) == []


def test_a_write_that_is_no_json_may_have_made_it() -> None:
    torn = told("clone-imodel", 202, None, sent=[f"a text with {NAME}", NAME])
    assert says(asked(422), torn, shown()) == []


def test_a_write_without_an_answer_may_have_made_it() -> None:
    history = History(MARK)
    list(history.take(asked(422)))
    history.unanswered(asked(201).request, {})
    list(history.take(asked(403)))
    assert [one.judgement.requirement for one in history.take(shown())] == []


def test_a_name_that_others_may_use_tells_nothing() -> None:
    assert says(asked(422, "Assembly hall"), shown("Assembly hall")) == []


def test_a_refusal_that_says_it_is_there_is_believed() -> None:
    assert says(asked(409, code="iModelExists"), shown()) == []
    assert says(asked(409, code="NewerChangesExist"), shown()) == BROKEN


def test_in_an_imodel_of_its_own_the_run_knows_every_text() -> None:
    assert says(attempt(422), groups()) == [(ROW, "create-imodel-changeset-group", True)]
    assert says(attempt(422, "short"), groups("short")) == []
    assert says(attempt(422), attempt(201), groups()) == []


def test_a_list_that_does_not_show_the_text_tells_nothing() -> None:
    new = told("acquire-imodel-briefcase", 422, {"error": {"code": "x"}}, {"deviceName": "drawing board"})
    minimal = {"briefcases": [{"id": "2", "briefcaseId": 2, "displayName": "#2"}], "_links": {"next": None}}
    assert says(new, told("get-imodel-briefcases", 200, minimal)) == []


def test_after_all_is_forgotten_nothing_is_held_against_anybody() -> None:
    history = History(MARK)
    list(history.take(asked(422)))
    history.clear()
    assert list(history.take(shown())) == []
