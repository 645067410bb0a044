"""Lists against what was told: what they may not leave out or bring back, and when that is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conformance.exchange import Exchange
from conformance.relations.history import History
from conformance.relations.lists import whole
from tests.relations.test_history import VERSION, told

LAG = 5.0
OTHER = VERSION.replace("c", "d")
MONTH = (datetime.now(UTC) + timedelta(days=30)).isoformat()
HOUR = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
LISTED, REVOKED = "shares/listed", "shares/revoke-removes"


def share(id_: str = VERSION, ends: str = MONTH) -> dict[str, Any]:
    return {"id": id_, "name": "key", "displayName": "key", "permission": "imodels_read", "expiresAt": ends}


def made(ends: str = MONTH, **how: Any) -> Exchange:
    asked = {"name": "key", "permission": "imodels_read", "expiresAt": ends}
    return told("create-imodel-share", 201, {"share": share(ends=ends)}, asked, **how)


def listed(*ids: str, next: Any = None, query: str = "", **how: Any) -> Exchange:
    body = {"shares": [share(id_) for id_ in ids], "_links": {"next": next}}
    return told("get-imodel-shares", 200, body, query=query, **how)


def moved(ends: str = HOUR) -> Exchange:
    return told("update-imodel-share", 200, {"share": share(ends=ends)}, {"expiresAt": ends}, shareId=VERSION)


def revoked(status: int = 204, **how: Any) -> Exchange:
    return told("revoke-imodel-share", status, shareId=VERSION, **how)


def lost(**how: Any) -> Exchange:
    return told("get-imodel-share", 404, {"error": {"code": "ShareNotFound"}}, shareId=VERSION, **how)


def told_of_lists(*exchanges: Exchange, after: float = LAG) -> list[tuple[str, bool]]:
    """What the last exchange says, asked so long after the others: rows, and whether they are broken."""
    history, time = History(lag=LAG), [0.0]
    history.lists.now = lambda: time[0]
    for exchange in exchanges[:-1]:
        list(history.take(exchange))
    time[0] += after
    compared = list(history.take(exchanges[-1]))
    return [(one.judgement.requirement, one.judgement.deviation is not None) for one in compared]


def test_what_was_made_is_listed() -> None:
    assert told_of_lists(made(), listed(OTHER)) == [(LISTED, True)]
    assert told_of_lists(made(), listed(OTHER, VERSION.upper())) == [(LISTED, False)]


def test_what_was_listed_stays_listed() -> None:
    assert told_of_lists(listed(VERSION), listed()) == [(LISTED, True)]


def test_what_was_revoked_does_not_come_back() -> None:
    assert told_of_lists(made(), revoked(), listed(), listed(VERSION)) == [(REVOKED, True)]
    assert told_of_lists(made(), revoked(), listed(OTHER)) == [(REVOKED, False)]


def test_what_is_made_anew_is_there_again() -> None:
    assert told_of_lists(made(), revoked(), made(), listed(VERSION)) == [(LISTED, False)]


def test_a_list_that_lags_does_not_bring_back_what_is_gone() -> None:
    assert told_of_lists(made(), revoked(), listed(VERSION), listed()) == [(REVOKED, False)]


def test_what_one_caller_does_not_find_another_may_miss() -> None:
    assert told_of_lists(made(), lost(identity="reader"), listed()) == [(LISTED, True)]


def test_a_list_is_as_old_as_its_request() -> None:
    slow = listed()
    assert told_of_lists(made(), replace(slow, answer=replace(slow.answer, elapsed=1.0))) == []


def test_in_a_race_what_was_gone_may_be_back() -> None:
    assert told_of_lists(made(), revoked(), made(raced=True), listed(VERSION)) == []


def test_after_all_is_forgotten_nothing_is_missed() -> None:
    history, time = History(lag=LAG), [0.0]
    history.lists.now = lambda: time[0]
    list(history.take(made()))
    history.clear()
    time[0] += LAG
    assert list(history.take(listed())) == []


def test_a_list_has_its_time_to_catch_up() -> None:
    assert told_of_lists(made(), listed(), after=LAG / 2) == []
    assert told_of_lists(made(), revoked(), listed(VERSION), after=LAG / 2) == []


def test_another_caller_may_see_less() -> None:
    assert told_of_lists(made(), listed(identity="reader")) == []


@pytest.mark.parametrize(
    "page",
    [
        listed(next={"href": "x"}),
        listed(query="?$skip=1"),
        listed(query="?$top=0"),
        listed(OTHER, query="?$top=1"),
        listed(query="?state=open"),
        listed(query="?$top=ten"),
    ],
    ids=["more", "skipped", "none asked", "full", "filtered", "malformed"],
)
def test_a_part_of_a_list_leaves_out_what_it_likes(page: Exchange) -> None:
    assert not whole(page)
    assert told_of_lists(made(), page) == []


def test_an_item_that_does_not_name_itself_may_be_what_is_missed() -> None:
    case = {"id": "2", "briefcaseId": 2, "displayName": "#2", "deviceName": None, "ownerId": VERSION}
    new = told("acquire-imodel-briefcase", 201, {"briefcase": case})
    name, ends = "get-imodel-briefcases", {"_links": {"next": None}}
    minimal = {"briefcases": [{"id": "2", "displayName": "#2"}]} | ends
    assert told_of_lists(new, told(name, 200, minimal)) == []
    assert told_of_lists(new, told(name, 200, {"briefcases": [case]} | ends)) == [
        ("briefcases/listed", False)
    ]
    assert told_of_lists(new, told(name, 200, {"briefcases": []} | ends)) == [("briefcases/listed", True)]


def test_a_token_may_stand_for_an_older_list() -> None:
    assert told_of_lists(made(), revoked(), listed(VERSION, query="?$continuationToken=abc")) == []


@pytest.mark.parametrize(
    "meanwhile",
    [moved(), revoked(raced=True), revoked(500), lost(), told("delete-imodel", 204)],
    ids=["expires soon", "raced", "failed", "not found", "iModel deleted"],
)
def test_what_may_be_gone_is_not_missed(meanwhile: Exchange) -> None:
    assert told_of_lists(made(), meanwhile, listed()) == []


def test_what_ends_soon_is_not_missed() -> None:
    assert told_of_lists(made(HOUR), listed()) == []


def test_an_imodel_is_missed_in_the_itwin_that_it_is_in() -> None:
    new = {"id": VERSION, "name": "Shed", "iTwinId": OTHER, "state": "initialized"}
    create = told("create-imodel", 201, {"iModel": new}, {"name": "Shed", "iTwinId": OTHER})
    waiting = told("create-imodel", 201, {"iModel": new | {"state": "notInitialized"}}, create.request.json)
    empty = {"iModels": [], "_links": {"next": None}}
    here = told("get-itwin-imodels", 200, empty, query=f"?iTwinId={OTHER.upper()}")
    elsewhere = told("get-itwin-imodels", 200, empty, query=f"?iTwinId={VERSION}")
    secured = told("update-imodel-role-permissions", 200, {"rolePermissions": []}, id=VERSION)
    assert told_of_lists(create, here) == [("imodels/create-is-listed", True)]
    assert told_of_lists(create, elsewhere) == []
    assert told_of_lists(waiting, here) == []
    assert told_of_lists(create, secured, here) == []


def test_the_wait_is_over_when_the_last_word_is_old_enough() -> None:
    history, time = History(lag=LAG), [100.0]
    history.lists.now = lambda: time[0]
    assert history.lists.wait == 0
    list(history.take(made()))
    time[0] += 2
    assert history.lists.wait == LAG - 2
    assert [place.operation for place in history.lists.places] == ["get-imodel-shares"]


def of_itwin(*names: str) -> Exchange:
    items = [{"id": id_, "displayName": name} for id_, name in zip((VERSION, OTHER), names, strict=False)]
    body = {"iModels": [item | {"state": "initialized"} for item in items], "_links": {"next": None}}
    return told("get-itwin-imodels", 200, body, query="?iTwinId=4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012")


@pytest.mark.parametrize(
    ("name", "row"), [("ic-run shed", [("imodels/create-is-listed", True)]), ("shed", [])]
)
def test_others_may_delete_what_is_theirs(name: str, row: list[tuple[str, bool]]) -> None:
    history, time = History("ic-run", LAG), [0.0]
    history.lists.now = lambda: time[0]
    list(history.take(of_itwin(name)))
    time[0] += LAG
    compared = list(history.take(of_itwin()))
    assert [(one.judgement.requirement, one.judgement.deviation is not None) for one in compared] == row
