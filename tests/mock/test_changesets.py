"""Changesets of the mock: read one by one, listed, linked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock.attempts import code, with_briefcase


def test_by_id_and_by_index_is_the_same(admin: Any) -> None:
    path, _ = with_briefcase(admin, 2)
    by_id, by_index = (admin.get(f"{path}/changesets/{ask}").json()["changeset"] for ask in (f"{2:040x}", 2))
    by_id["_links"].pop("download"), by_index["_links"].pop("download")
    assert by_id == by_index
    assert by_id["parentId"] == f"{1:040x}"


def test_one_who_may_only_view_gets_no_download(admin: Any) -> None:
    path, _ = with_briefcase(admin, 1)
    seen = admin.acting("viewer", "GET", f"{path}/changesets/1").json()["changeset"]
    assert seen["_links"]["download"] is None


@pytest.mark.parametrize("ask", [0, 3, "f" * 40, "x", "1" * 30, "-1", "00"])
def test_what_was_not_pushed_is_not_found(admin: Any, ask: object) -> None:
    path, _ = with_briefcase(admin, 1)
    assert code(admin.get(f"{path}/changesets/{ask}")) == (404, "ChangesetNotFound")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("afterIndex=2", [3, 4, 5]),
        ("lastIndex=2", [1, 2]),
        ("afterIndex=1&lastIndex=4&$orderBy=index desc", [4, 3, 2]),
        ("afterIndex=9", []),
        ("$skip=1&$top=2", [2, 3]),
    ],
)
def test_ranges_of_the_list(admin: Any, query: str, expected: list[int]) -> None:
    path, _ = with_briefcase(admin, 5)
    listed = admin.get(f"{path}/changesets?{query}").json()["changesets"]
    assert [item["index"] for item in listed] == expected
    assert all(set(item["_links"]) == {"self", "creator"} for item in listed)


def test_a_full_list_equals_the_details(admin: Any) -> None:
    path, _ = with_briefcase(admin, 2)
    full = admin.get(f"{path}/changesets", headers={"Prefer": "return=representation"}).json()["changesets"]
    for item in full:
        alone = admin.get(f"{path}/changesets/{item['id']}").json()["changeset"]
        alone["_links"]["download"] = item["_links"]["download"]
        assert alone == item


def test_a_waiting_changeset_is_readable_but_not_listed(admin: Any) -> None:
    path, number = with_briefcase(admin, 1)
    admin.announce(path, number, 2)
    assert admin.get(f"{path}/changesets/{2:040x}").json()["changeset"]["state"] == "waitingForFile"
    assert [item["index"] for item in admin.get(f"{path}/changesets").json()["changesets"]] == [1]
    assert code(admin.get(f"{path}/changesets/{2:040x}/checkpoint")) == (404, "CheckpointNotFound")


def test_a_named_version_is_linked(admin: Any) -> None:
    path, _ = with_briefcase(admin, 1)
    version = admin.mark(path, place=1).json()["namedVersion"]
    links = admin.get(f"{path}/changesets/1").json()["changeset"]["_links"]
    assert links["namedVersion"]["href"].endswith(f"/namedversions/{version['id']}")
    admin.wait()
    links = admin.get(f"{path}/changesets/1").json()["changeset"]["_links"]
    assert links["currentOrPrecedingCheckpoint"]["href"].endswith("/changesets/1/checkpoint")
