"""Named versions of the mock: created, listed, read, changed, and how all of it can be bent."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from conformance.mock.tokens import USERS
from tests.mock.attempts import bent, code

GUID = "8f14e45f-ceea-467f-a8d2-7c1f0b9e3d55"


def site(admin: Any, pushed: int = 2) -> str:
    """An iModel with some changesets."""
    path = f"/{admin.make()['id']}"
    admin.push(path, admin.briefcase(path), *range(1, pushed + 1))
    return path


def change(admin: Any, path: str, version: Any, **body: object) -> httpx.Response:
    answer: httpx.Response = admin.patch(f"{path}/namedversions/{version['id']}", json=body)
    return answer


def marked(admin: Any, name: str = "Issue", place: int = 1, **members: object) -> tuple[str, Any]:
    path = site(admin)
    return path, admin.mark(path, name, place, **members).json()["namedVersion"]


def names(admin: Any, path: str, **query: str) -> list[str]:
    listed = admin.get(f"{path}/namedversions", params=query).json()["namedVersions"]
    return [version["displayName"] for version in listed]


def test_a_version_on_a_changeset(admin: Any) -> None:
    path = site(admin)
    answer = admin.mark(path, "Issue", 2, description="second")
    made = answer.json()["namedVersion"]
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"{path}/namedversions/{made['id']}")
    assert admin.http.get(answer.headers["location"]).json()["namedVersion"] == made
    assert (made["name"], made["displayName"], made["description"]) == ("Issue", "Issue", "second")
    assert (made["changesetId"], made["changesetIndex"], made["state"]) == (f"{2:040x}", 2, "visible")
    assert made["application"] == {"id": "mock-admin", "name": "Mock Admin"}
    for name in ("creator", "changeset"):
        assert admin.http.get(made["_links"][name]["href"]).status_code == 200
    user = admin.get(f"{path}/users/{USERS['admin'].id}").json()["user"]
    assert user["statistics"]["createdVersionsCount"] == 1


def test_a_version_on_the_baseline(admin: Any) -> None:
    made = admin.mark(site(admin), "Start").json()["namedVersion"]
    assert (made["changesetId"], made["changesetIndex"], made["description"]) == (None, 0, None)
    assert made["_links"]["changeset"] is None


def test_no_location_is_fine_too(admin: Any) -> None:
    path = site(bent(admin, free=("no-location-on-created",)))
    assert "location" not in admin.mark(path).headers


def test_an_update_keeps_what_it_leaves_out(admin: Any) -> None:
    path, made = marked(admin, description="first")
    changed = change(admin, path, made, state="hidden").json()["namedVersion"]
    assert changed == {**made, "state": "hidden"}
    assert names(admin, path) == ["Issue"]
    changed = change(admin, path, made, name="Other", description="new").json()["namedVersion"]
    assert (changed["name"], changed["displayName"], changed["state"]) == ("Other", "Other", "hidden")
    assert admin.get(f"{path}/namedversions/{made['id']}").json()["namedVersion"] == changed
    assert change(admin, path, made, name="OTHER").status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Alpha", "Beta", "gamma"]),
        ({"name": "Beta"}, ["Beta"]),
        ({"name": "beta"}, []),
        ({"$search": "ALP"}, ["Alpha"]),
        ({"$search": "about beta"}, ["Beta"]),
        ({"state": "hidden"}, ["Beta"]),
        ({"state": "visible"}, ["Alpha", "gamma"]),
        ({"$orderBy": "changesetIndex desc"}, ["gamma", "Beta", "Alpha"]),
        ({"$orderBy": "createdDateTime"}, ["gamma", "Beta", "Alpha"]),
        ({"$top": "1", "$skip": "1"}, ["Beta"]),
    ],
)
def test_what_is_listed(admin: Any, query: dict[str, str], expected: list[str]) -> None:
    path = site(admin)
    admin.mark(path, "gamma", 2)
    beta = admin.mark(path, "Beta", 1, description="About Beta").json()["namedVersion"]
    admin.mark(path, "Alpha")
    change(admin, path, beta, state="hidden")
    assert names(admin, path, **query) == expected


def test_name_and_search_exclude_each_other(admin: Any) -> None:
    answer = admin.get(f"{site(admin, 0)}/namedversions?name=a&$search=b")
    assert code(answer) == (422, "MutuallyExclusiveParametersProvided")


def test_a_null_clears_where_it_may(admin: Any) -> None:
    path, made = marked(bent(admin, free=("null-clears",)), description="first")
    changed = change(admin, path, made, description=None, state="hidden").json()["namedVersion"]
    assert (changed["description"], changed["state"]) == (None, "hidden")


def twice(first: int, second: int, name: str = "issue") -> Any:
    def attempt(admin: Any) -> httpx.Response:
        path, _ = marked(admin, place=first)
        answer: httpx.Response = admin.mark(path, name, second)
        return answer

    return attempt


def renamed(admin: Any) -> httpx.Response:
    path, _ = marked(admin)
    return change(admin, path, admin.mark(path, "Other", 2).json()["namedVersion"], name="ISSUE")


def at_unknown(method: str, tail: str = "", **options: Any) -> Any:
    def attempt(admin: Any) -> httpx.Response:
        path = f"{site(admin, 0)}/namedversions/{GUID}{tail}"
        answer: httpx.Response = admin.send(method, path, **options)
        return answer

    return attempt


def nameless(admin: Any) -> httpx.Response:
    answer: httpx.Response = admin.post(f"{site(admin, 0)}/namedversions", json={"description": "x"})
    return answer


def unchanged(admin: Any) -> httpx.Response:
    path, made = marked(admin)
    return change(admin, path, made)


UNKNOWN = (404, "NamedVersionNotFound")
TAKEN, MARKED = (409, "NamedVersionExists"), (409, "NamedVersionOnChangesetExists")

RULES = [
    ("named-versions/name-unique", twice(1, 2), TAKEN, 201),
    ("named-versions/update-name-unique", renamed, TAKEN, 200),
    ("named-versions/one-per-changeset", twice(1, 1, "Other"), MARKED, 201),
    ("named-versions/one-per-changeset", twice(0, 0, "Other"), MARKED, 201),
    ("named-versions/unknown-changeset", twice(1, 9, "Other"), (404, "ChangesetNotFound"), 201),
    ("named-versions/unknown", at_unknown("GET"), UNKNOWN, 200),
    ("named-versions/unknown", at_unknown("PATCH", json={"state": "hidden"}), UNKNOWN, 200),
    ("named-versions/unknown", at_unknown("GET", "/checkpoint"), UNKNOWN, 200),
    ("checkpoints/unknown-named-version", at_unknown("PUT", "/checkpoint"), UNKNOWN, 200),
    ("requests/missing-property", nameless, (422, "MissingRequiredProperty"), 201),
    ("requests/at-least-one", unchanged, (422, "MissingRequiredProperty"), 200),
]


@pytest.mark.parametrize(("name", "attempt", "refused", "granted"), RULES)
def test_each_rule_can_be_dropped(
    admin: Any, name: str, attempt: Any, refused: tuple[int, str], granted: int
) -> None:
    assert code(attempt(admin)) == refused
    assert code(attempt(bent(admin, drop=(name,)))) == granted


def test_a_malformed_id_is_unknown(admin: Any) -> None:
    assert code(admin.get(f"{site(admin, 0)}/namedversions/x")) == UNKNOWN


def with_hidden_name(admin: Any) -> httpx.Response:
    path, made = marked(admin)
    change(admin, path, made, state="hidden")
    answer: httpx.Response = admin.mark(path, "Issue", 2)
    return answer


def too_long(admin: Any) -> str:
    path, made = marked(admin)
    return str(change(admin, path, made, name="n" * 256).json()["error"]["details"][0]["target"])


LIBERTIES = [
    (
        "version-on-unknown-changeset-422",
        lambda a: code(twice(1, 9, "Other")(a)),
        (404, "ChangesetNotFound"),
        (422, "InvalidValue"),
    ),
    ("second-version-on-baseline", lambda a: code(twice(0, 0, "Other")(a)), MARKED, 201),
    ("hidden-name-is-free", lambda a: code(with_hidden_name(a)), TAKEN, 201),
    ("version-changeset-before-name", lambda a: code(twice(1, 1)(a)), TAKEN, MARKED),
    ("version-name-target-id", too_long, "name", "id"),
]


@pytest.mark.parametrize(("name", "look", "default", "free"), LIBERTIES)
def test_each_freedom_is_another_answer(
    admin: Any, name: str, look: Any, default: object, free: object
) -> None:
    assert look(admin) == default
    assert look(bent(admin, free=(name,))) == free


def created(member: str, place: int = 1) -> Any:
    return lambda admin: marked(admin, place=place, description="first")[1][member]


def changed(member: str, **body: object) -> Any:
    def look(admin: Any) -> object:
        path, made = marked(admin, description="first")
        return change(admin, path, made, **body).json()["namedVersion"][member]

    return look


def read(member: str, **body: object) -> Any:
    def look(admin: Any) -> object:
        path, made = marked(admin, description="first")
        if body:
            change(admin, path, made, **body)
        return admin.get(f"{path}/namedversions/{made['id']}").json()["namedVersion"][member]

    return look


def listed(**query: str) -> Any:
    def look(admin: Any) -> list[str]:
        path, made = marked(admin, "Alpha")
        admin.mark(path, "Beta", 2)
        change(admin, path, made, state="hidden")
        return names(admin, path, **query)

    return look


FAULTS = [
    ("named-versions/create-echoes", created("state"), "visible", "hidden"),
    ("named-versions/create-echoes:description", created("description"), "first", "About first"),
    ("named-versions/display-name-is-name", created("displayName"), "Issue", "Version Issue"),
    ("named-versions/on-baseline", created("changesetIndex", 0), 0, 1),
    ("named-versions/index-agrees", created("changesetIndex", 1), 1, 2),
    ("named-versions/update-applies", changed("name", name="New"), "New", "Issue"),
    ("named-versions/update-is-readable", read("name", name="New"), "New", "Issue"),
    ("named-versions/update-is-readable", changed("name", name="New"), "New", "New"),
    ("named-versions/update-keeps-omitted", changed("description", state="hidden"), "first", None),
    ("named-versions/readable", read("description"), "first", None),
    ("named-versions/hidden-still-listed", listed(), ["Alpha", "Beta"], ["Beta"]),
    ("named-versions/listed", listed(), ["Alpha", "Beta"], ["Alpha"]),
    ("named-versions/name-filter", listed(name="Beta"), ["Beta"], ["Alpha", "Beta"]),
    ("named-versions/search", listed(**{"$search": "BET"}), ["Beta"], []),
    ("named-versions/search:ignored", listed(**{"$search": "BET"}), ["Beta"], ["Alpha", "Beta"]),
    ("named-versions/state-filter", listed(state="hidden"), ["Alpha"], ["Alpha", "Beta"]),
]


@pytest.mark.parametrize(("name", "look", "right", "wrong"), FAULTS)
def test_each_fault_shows(admin: Any, name: str, look: Any, right: object, wrong: object) -> None:
    assert look(admin) == right
    assert look(bent(admin, name)) == wrong
