"""Pages, orders, filters and links of lists."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from conformance.mock.tokens import ITWIN


@pytest.fixture
def five(admin: Any) -> Any:
    for name in ("d", "b", "e", "a", "c"):
        admin.make(name, description=f"About {name.upper()}")
    return admin


def names(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return "".join(item["displayName"] for item in answer.json()["iModels"])


def listed(caller: Any, **query: Any) -> Any:
    return caller.get(params={"iTwinId": ITWIN, **query})


def walk(caller: Any, **query: Any) -> list[str]:
    answer, pages = listed(caller, **query), []
    while True:
        pages.append(names(answer))
        following = answer.json()["_links"]["next"]
        if following is None:
            return pages
        answer = caller.http.get(following["href"])


def test_pages_add_up(five: Any) -> None:
    assert walk(five, **{"$top": 2}) == ["ab", "cd", "e"]
    assert walk(five, **{"$top": 2, "$skip": 1}) == ["bc", "de"]
    assert walk(five, **{"$top": 2, "$continuationToken": ""}) == ["ab", "cd", "e"]
    assert names(listed(five, **{"$skip": 9})) == ""


def test_links_repeat_the_request(five: Any) -> None:
    answer = listed(five, **{"$top": 2, "$skip": 2, "$orderBy": "name desc"})
    base = f"{five.server.url}?iTwinId={ITWIN}"
    assert answer.json()["_links"] == {
        "self": {"href": f"{base}&$skip=2&$top=2&$orderBy=name%20desc"},
        "prev": {"href": f"{base}&$skip=0&$top=2&$orderBy=name%20desc"},
        "next": {"href": f"{base}&$skip=4&$top=2&$orderBy=name%20desc"},
    }


def test_token_links_hold_no_skip(five: Any) -> None:
    links = listed(five, **{"$top": 2, "$continuationToken": ""}).json()["_links"]
    assert "$skip" not in links["next"]["href"]
    assert links["prev"] is None


def test_a_token_survives_inserts_and_deletes(five: Any) -> None:
    first = listed(five, **{"$top": 2, "$continuationToken": ""})
    five.make("0")
    following = first.json()["_links"]["next"]["href"]
    assert names(five.http.get(following)) == "cd"
    last = first.json()["iModels"][1]["id"]
    five.delete(f"/{last}")
    assert names(five.http.get(following)) == "cd"


@pytest.mark.parametrize("token", ["x", "é", "bnVsbA==", base64.urlsafe_b64encode(b"[[],1]").decode()])
def test_a_bad_token_is_invalid(five: Any, token: str) -> None:
    answer = listed(five, **{"$continuationToken": token})
    [entry] = answer.json()["error"]["details"]
    assert (entry["code"], entry["target"]) == ("InvalidValue", "$continuationToken")


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ({"$skip": 0, "$continuationToken": ""}, "$continuationToken"),
        ({"name": "a", "$search": "a"}, "$search"),
    ],
)
def test_what_excludes_each_other_is_refused(five: Any, query: Any, target: str) -> None:
    [entry] = listed(five, **query).json()["error"]["details"]
    assert (entry["code"], entry["target"]) == ("MutuallyExclusiveParametersProvided", target)


def test_orders(five: Any) -> None:
    assert names(listed(five)) == "abcde"
    assert names(listed(five, **{"$orderBy": "name desc"})) == "edcba"
    assert names(listed(five, **{"$orderBy": "createdDateTime"})) == "dbeac"
    assert names(listed(five, **{"$orderBy": "createdDateTime desc,name"})) == "caebd"


def test_filters(five: Any) -> None:
    five.make("z", creationMode="empty")
    assert names(listed(five, name="b")) == "b"
    assert names(listed(five, name="B")) == ""
    assert names(listed(five, **{"$search": "aBOUT c"})) == "c"
    assert names(listed(five, state="notInitialized")) == "z"
    assert names(listed(five, state="initialized")) == "abcde"


def test_prefer(five: Any) -> None:
    short = listed(five).json()["iModels"][0]
    assert set(short) == {"id", "displayName", "dataCenterLocation"}
    five.http.headers["Prefer"] = "return=representation"
    whole = listed(five).json()["iModels"][0]
    assert whole == five.get(f"/{short['id']}").json()["iModel"]
    five.http.headers["Prefer"] = "return=everything"
    assert listed(five).json()["iModels"][0] == short
