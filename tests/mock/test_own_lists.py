"""Favorites and recents: each user's own, by iTwin, in their order, and no more than are kept."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.mock.tokens import ITWIN, SECOND_ITWIN, UNKNOWN_ITWIN

KINDS = {"favorites": "PUT", "recents": "POST"}
both = pytest.mark.parametrize("kind", KINDS)


def add(caller: Any, kind: str, id: str, by: str = "admin", **options: Any) -> Any:
    return caller.acting(by, KINDS[kind], f"/{kind}/{id}", **options)


def names(caller: Any, kind: str, by: Any = "admin", **query: Any) -> str:
    answer = caller.acting(by, "GET", f"/{kind}", params={"iTwinId": ITWIN, **query})
    assert answer.status_code == 200, answer.text
    return "".join(item["displayName"] for item in answer.json()["iModels"])


@pytest.fixture
def ids(admin: Any) -> dict[str, str]:
    return {name: admin.make(name)["id"] for name in "bac"}


@both
def test_added_listed_removed(admin: Any, ids: dict[str, str], kind: str) -> None:
    for name in "ba":
        answer = add(admin, kind, ids[name])
        assert (answer.status_code, answer.content) == (204, b"")
    assert names(admin, kind) == "ab"
    for _ in range(2):
        assert admin.delete(f"/{kind}/{ids['b']}").status_code == 204
    assert names(admin, kind) == "a"


@both
def test_items_are_imodels_short_or_in_full(admin: Any, ids: dict[str, str], kind: str) -> None:
    add(admin, kind, ids["a"])
    query = {"iTwinId": ITWIN}
    [short] = admin.get(f"/{kind}", params=query).json()["iModels"]
    [whole] = admin.get(f"/{kind}", params=query, headers={"Prefer": "return=representation"}).json()[
        "iModels"
    ]
    assert set(short) == {"id", "displayName", "dataCenterLocation"}
    assert whole == admin.get(f"/{ids['a']}").json()["iModel"]


@both
def test_a_list_is_of_one_user_and_one_itwin(admin: Any, ids: dict[str, str], kind: str) -> None:
    elsewhere = admin.post(json={"iTwinId": SECOND_ITWIN, "name": "z"}).json()["iModel"]["id"]
    for id in (ids["a"], elsewhere):
        add(admin, kind, id)
    assert names(admin, kind) == "a"
    assert names(admin, kind, iTwinId=SECOND_ITWIN) == "z"
    assert names(admin, kind, by="second") == ""


@both
def test_pages(admin: Any, ids: dict[str, str], kind: str) -> None:
    for id in ids.values():
        add(admin, kind, id)
    answer = admin.get(f"/{kind}", params={"iTwinId": ITWIN, "$top": 2})
    links = answer.json()["_links"]
    assert links["self"]["href"].startswith(f"{admin.server.url}/{kind}?iTwinId={ITWIN}&$skip=0&$top=2")
    following = admin.http.get(links["next"]["href"]).json()
    assert len(answer.json()["iModels"] + following["iModels"]) == 3
    assert following["_links"]["next"] is None
    assert names(admin, kind, **{"$orderBy": "name desc"}) == "cba"
    assert names(admin, kind, **{"$orderBy": "colour", "$skip": 3}) == ""


def test_favorites_by_token(admin: Any, ids: dict[str, str]) -> None:
    for id in ids.values():
        add(admin, "favorites", id)
    query = {"iTwinId": ITWIN, "$top": 2, "$continuationToken": ""}
    following = admin.get("/favorites", params=query).json()["_links"]["next"]["href"]
    assert "$skip" not in following
    assert [item["displayName"] for item in admin.http.get(following).json()["iModels"]] == ["c"]


@both
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, (422, "InvalidiModelsRequest")),
        ({"iTwinId": "x"}, (422, "InvalidiModelsRequest")),
        ({"iTwinId": ITWIN, "$top": 0}, (422, "InvalidiModelsRequest")),
        ({"iTwinId": UNKNOWN_ITWIN}, (404, "iTwinNotFound")),
    ],
)
def test_refused_lists(admin: Any, kind: str, query: Any, expected: tuple[int, str]) -> None:
    answer = admin.get(f"/{kind}", params=query)
    assert (answer.status_code, answer.json()["error"]["code"]) == expected


@both
@pytest.mark.parametrize("id", ["x", UNKNOWN_ITWIN])
def test_an_imodel_that_does_not_exist(admin: Any, kind: str, id: str) -> None:
    for answer in (add(admin, kind, id), admin.delete(f"/{kind}/{id}")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "iModelNotFound")


@both
def test_who_may_not_see_it_is_told_it_is_not_there(admin: Any, ids: dict[str, str], kind: str) -> None:
    for answer in (
        add(admin, kind, ids["a"], by="outsider"),
        admin.acting("outsider", "DELETE", f"/{kind}/{ids['a']}"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "iModelNotFound")
    assert admin.acting("outsider", "GET", f"/{kind}", params={"iTwinId": ITWIN}).status_code == 404
    assert add(admin, kind, ids["a"], by="viewer").status_code == 204
    assert names(admin, kind, by="viewer") == "a"


@both
def test_one_that_is_not_initialized_can_be_added(admin: Any, kind: str) -> None:
    assert add(admin, kind, admin.make("w", creationMode="empty")["id"]).status_code == 204
    assert names(admin, kind) == "w"


@both
def test_a_deleted_one_is_gone(admin: Any, ids: dict[str, str], kind: str) -> None:
    add(admin, kind, ids["a"])
    admin.delete(f"/{ids['a']}")
    assert names(admin, kind) == ""


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"json": {}},
        {"content": b"", "headers": {"Content-Type": "application/json"}},
        {"content": b'{"x": "\\ud800"}', "headers": {"Content-Type": "application/json"}},
        {"content": b"{", "headers": {"Content-Type": "text/plain"}},
    ],
)
def test_recents_take_a_body_or_none(admin: Any, ids: dict[str, str], options: dict[str, Any]) -> None:
    assert add(admin, "recents", ids["a"], **options).status_code == 204


def test_recents_show_the_last_first_and_each_once(admin: Any, ids: dict[str, str]) -> None:
    for name in "abca":
        add(admin, "recents", ids[name])
    assert names(admin, "recents") == "acb"


def test_favorites_are_added_once(admin: Any, ids: dict[str, str]) -> None:
    for name in "bab":
        assert add(admin, "favorites", ids[name]).status_code == 204
    assert names(admin, "favorites") == "ab"


def numbers(caller: Any, kept: int = 27, itwin: str = ITWIN) -> list[str]:
    made = [caller.post(json={"iTwinId": itwin, "name": f"{n:02}"}).json()["iModel"] for n in range(kept)]
    for imodel in made:
        add(caller, "recents", imodel["id"])
    return [item["displayName"] for item in shown(caller, itwin)]


def shown(caller: Any, itwin: str = ITWIN) -> list[Any]:
    items: list[Any] = caller.get("/recents", params={"iTwinId": itwin}).json()["iModels"]
    return items


def test_twenty_five_recents_are_kept_of_all_itwins(admin: Any) -> None:
    assert numbers(admin) == [f"{n:02}" for n in range(26, 1, -1)]
    numbers(admin, 5, SECOND_ITWIN)
    assert len(shown(admin)) == 20


def test_they_may_be_counted_by_itwin(start: Any) -> None:
    caller = start(liberties=["recents-by-itwin"])
    numbers(caller)
    numbers(caller, 5, SECOND_ITWIN)
    assert len(shown(caller)) == 25


@both
@pytest.mark.parametrize(("name", "status"), [("marks-answer-200", 200), ("marks-answer-201", 201)])
def test_other_statuses(start: Any, kind: str, name: str, status: int) -> None:
    caller = start(liberties=[name])
    id = caller.make("a")["id"]
    assert add(caller, kind, id).status_code == (status if kind == "recents" else 204)
    assert caller.delete(f"/{kind}/{id}").status_code == status


@both
def test_other_liberties(start: Any, kind: str) -> None:
    caller = start(liberties=["unmarked-404"])
    id = caller.make("a")["id"]
    assert caller.delete(f"/{kind}/{id}").json()["error"]["code"] == "iModelNotFound"
    caller = start(liberties=["unknown-itwin-has-no-marks"])
    assert names(caller, kind, iTwinId=UNKNOWN_ITWIN) == ""
    caller = start(liberties=["marks-in-own-order", "favorites-by-token-only"])
    for name in "ab":
        add(caller, kind, caller.make(name)["id"])
    assert names(caller, kind, **{"$orderBy": "name desc"}) == ("ab" if kind == "favorites" else "ba")
    links = caller.get(f"/{kind}", params={"iTwinId": ITWIN, "$skip": 0, "$top": 1}).json()["_links"]
    assert ("$skip" in links["next"]["href"]) == (kind == "recents")


def test_by_token_only_goes_on_where_an_empty_token_counts_as_none(start: Any) -> None:
    caller = start(liberties=["favorites-by-token-only", "empty-token-ignored"])
    for name in "ab":
        add(caller, "favorites", caller.make(name)["id"])
    page = caller.get("/favorites", params={"iTwinId": ITWIN, "$top": 1}).json()
    last = caller.http.get(page["_links"]["next"]["href"]).json()
    assert [item["displayName"] for item in page["iModels"] + last["iModels"]] == ["a", "b"]
    assert last["_links"]["next"] is None


def tour(caller: Any, kind: str) -> list[Any]:
    """What the operations of a list answer, as far as it does not change from run to run."""
    ids = [caller.make(name)["id"] for name in "ab"]
    elsewhere = caller.post(json={"iTwinId": SECOND_ITWIN, "name": "z"}).json()["iModel"]["id"]
    seen: list[Any] = []
    for id in (*ids, ids[0], elsewhere):
        seen.append(add(caller, kind, id, json={}).status_code)
        seen.append(add(caller, kind, id).status_code)
    for query in ({}, {"$top": 1}, {"$skip": 0}, {"$orderBy": "name"}, {"iTwinId": UNKNOWN_ITWIN}):
        answer = caller.get(f"/{kind}", params={"iTwinId": ITWIN, **query})
        items = answer.json().get("iModels", [])
        seen.append((answer.status_code, [(item["displayName"], *sorted(item)) for item in items]))
        seen.append({item["dataCenterLocation"] for item in items})
    walk = {"iTwinId": ITWIN, "$top": 1, "$continuationToken": ""}
    if following := (caller.get(f"/{kind}", params=walk).json()["_links"])["next"]:
        seen.append(len(caller.http.get(following["href"]).json().get("iModels", [])))
    full = {"Prefer": "return=representation"}
    whole = caller.get(f"/{kind}", params={"iTwinId": ITWIN}, headers=full).json()["iModels"]
    seen += [len(item) for item in whole] + [names(caller, kind, by="second")]
    caller.delete(f"/{kind}/{ids[0]}")
    caller.delete(f"/{ids[1]}")
    return [*seen, names(caller, kind)]


FAULTS = [
    "favorites/add-again",
    "favorites/add-is-204",
    "favorites/add-is-listed",
    "favorites/deleted-imodel-goes",
    "favorites/list-equals-details",
    "favorites/only-of-the-itwin",
    "favorites/own-to-each-user",
    "favorites/remove-unlists",
    "favorites/skip-and-order-taken",
    "favorites/token-mode",
    "favorites/unknown-itwin",
    "recents/add-again-moves-to-front",
    "recents/add-is-listed",
    "recents/deleted-imodel-goes",
    "recents/latest-first",
    "recents/list-equals-details",
    "recents/only-of-the-itwin",
    "recents/optional-body",
    "recents/own-to-each-user",
    "recents/page-size",
    "recents/remove-unlists",
    "recents/representations",
    "recents/representations:never",
    "recents/skip-and-order-taken",
    "recents/unknown-itwin",
]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_shows(start: Any, name: str) -> None:
    kind = name.partition("/")[0]
    assert tour(start(faults=[name]), kind) != tour(start(), kind)


@pytest.mark.parametrize("name", ["recents/at-most-25", "recents/oldest-dropped"])
def test_a_fault_of_the_oldest_shows(start: Any, name: str) -> None:
    assert numbers(start(faults=[name])) != [f"{n:02}" for n in range(26, 1, -1)]
