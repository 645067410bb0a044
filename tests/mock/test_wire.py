"""The wire: routes, tokens, bodies that are none, and what is never answered with a 5xx."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.mock.tokens import ITWIN


def error(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["error"]
    return found


def details(answer: Any) -> list[tuple[str, str | None]]:
    assert answer.status_code == 422, answer.text
    return [(entry["code"], entry.get("target")) for entry in error(answer)["details"]]


def test_unknown_paths_and_methods_are_refused_in_the_shape_of_the_service(admin: Any) -> None:
    nowhere = admin.get("/a/b/c/d")
    assert (nowhere.status_code, error(nowhere)["code"]) == (404, "ResourceNotFound")
    undeclared = admin.send("PUT", "")
    assert (undeclared.status_code, undeclared.headers["allow"]) == (405, "GET, POST")
    assert error(undeclared)["code"] == "MethodNotAllowed"
    assert admin.http.get(f"{admin.server.origin}/elsewhere").status_code == 404


@pytest.mark.parametrize("path", ["", "/"])
def test_the_root_answers_with_and_without_slash(admin: Any, path: str) -> None:
    answer = admin.http.get(f"{admin.server.url}{path}", params={"iTwinId": ITWIN})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["_links"]["self"]["href"].startswith(f"{admin.server.url}?iTwinId=")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "InvalidHeaderValue"),
        ("Bearer", "InvalidHeaderValue"),
        ("Basic", "InvalidHeaderValue"),
        ("Digest abc", "InvalidAuthorizationScheme"),
        ("Basic abc", "Unauthorized"),
        ("Bearer garbage", "Unauthorized"),
        ("Bearer mock-token-stranger", "Unauthorized"),
    ],
)
def test_bad_tokens_are_refused(admin: Any, header: str, code: str) -> None:
    answer = admin.get(params={"iTwinId": ITWIN}, headers={"Authorization": header})
    assert (answer.status_code, error(answer)["code"]) == (401, code)
    assert "details" not in error(answer)


def test_a_missing_token_is_refused(admin: Any) -> None:
    del admin.http.headers["Authorization"]
    assert error(admin.get("/abc"))["code"] == "HeaderNotFound"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("MissingRequiredProperty", "iTwinId"), ("MissingRequiredProperty", "name")]),
        ({"iTwinId": ITWIN, "name": " "}, [("InvalidValue", "name")]),
        ({"iTwinId": ITWIN, "name": None}, [("MissingRequiredProperty", "name")]),
        ({"iTwinId": "x", "name": "A"}, [("InvalidValue", "iTwinId")]),
        ({"iTwinId": ITWIN, "name": "A", "description": "x" * 256}, [("InvalidValue", "description")]),
        ({"iTwinId": ITWIN, "name": "A", "extent": {"southWest": {}}}, [("InvalidValue", "extent")]),
        (
            {"iTwinId": ITWIN, "name": "A", "containersEnabled": 2**70},
            [("InvalidValue", "containersEnabled")],
        ),
        (
            {"iTwinId": ITWIN, "name": "A", "template": {"iModelId": ITWIN}, "baselineFile": {"size": 1}},
            [("MutuallyExclusivePropertiesProvided", None)],
        ),
        ({"iTwinId": ITWIN, "name": "A", "template": {}}, [("InvalidValue", "template")]),
    ],
)
def test_bodies_are_held_against_the_contract(admin: Any, body: Any, expected: Any) -> None:
    answer = admin.post(json=body)
    assert sorted(details(answer), key=str) == sorted(expected, key=str)
    assert error(answer)["message"] == "Cannot create iModel."


def test_a_description_that_is_too_long_is_told_so(admin: Any) -> None:
    answer = admin.post(json={"iTwinId": ITWIN, "name": "A", "description": "x" * 256})
    [entry] = error(answer)["details"]
    assert entry["message"] == (
        "Provided 'description' value is not valid. The value exceeds allowed 255 characters."
    )


def test_members_nobody_knows_are_ignored(admin: Any) -> None:
    assert admin.make(colour="red")["name"] == "Bridge"


def test_at_least_one_member_is_needed(admin: Any) -> None:
    path = f"/{admin.make()['id']}"
    for body in ({}, {"colour": "red"}, {"name": None}):
        assert details(admin.patch(path, json=body)) == [("MissingRequiredProperty", None)]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"name": "\\ud800"}',
        b'{"name": 1e999}',
        b'{"a":' * 100_000,
        b'{"extent":' * 90 + b"1" + b"}" * 90,
        b'{"containersEnabled": ' + b"9" * 5000 + b"}",
    ],
    ids=["open", "array", "null", "bytes", "nan", "surrogate", "huge", "abyss", "deep", "digits"],
)
def test_broken_json_is_an_invalid_body(admin: Any, body: bytes) -> None:
    answer = admin.post(content=body, headers={"Content-Type": "application/json"})
    assert details(answer) == [("InvalidRequestBody", None)]


def test_odd_but_valid_json_is_taken(admin: Any) -> None:
    name = "\0 \U0001f309 é"
    assert admin.make(name)["displayName"] == name
    raw = json.dumps({"iTwinId": ITWIN, "name": "first"})[:-1] + ', "name": "second"}'
    answer = admin.post(content=raw, headers={"Content-Type": "application/json"})
    assert answer.json()["iModel"]["name"] == "second"


def test_a_missing_body_has_a_code_of_its_own(admin: Any) -> None:
    answer = admin.post()
    assert (answer.status_code, error(answer)["code"]) == (422, "MissingRequestBody")
    assert "details" not in error(answer)


def test_only_json_is_taken(admin: Any) -> None:
    raw = json.dumps({"iTwinId": ITWIN, "name": "A"})
    answer = admin.post(content=raw, headers={"Content-Type": "text/plain"})
    assert details(answer) == [("InvalidHeaderValue", "content-type")]
    with_charset = {"Content-Type": "application/json; charset=utf-8"}
    assert admin.post(content=raw, headers=with_charset).status_code == 201


def test_content_type_of_a_read_is_ignored(admin: Any) -> None:
    path = f"/{admin.make()['id']}"
    assert admin.get(path, headers={"Content-Type": "text/plain"}).status_code == 200


def test_a_body_that_is_too_large_is_refused_after_the_token(admin: Any) -> None:
    body = b" " * 10_000_000
    assert error(admin.post(content=body))["code"] == "RequestTooLarge"
    refused = admin.post(content=body, headers={"Authorization": "Bearer garbage"})
    assert refused.status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/%00", "/%ff%fe", "/..%2f..", "/\U0001f309", "/" + "x" * 5000, "/%ed%a0%80", "/-1", "/null"],
)
def test_odd_ids_are_not_found(admin: Any, path: str) -> None:
    answer = admin.get(path)
    assert (answer.status_code, error(answer)["code"]) == (404, "iModelNotFound")


@pytest.mark.parametrize(
    "query", ["$top=x", "$top=1.5", "$top=", "$skip=-1", "$skip=99999999999999999999", "$top=%ff", "$top=%00"]
)
def test_odd_parameters_are_invalid(admin: Any, query: str) -> None:
    answer = admin.get(f"/{admin.make()['id']}/users?{query}")
    assert details(answer) == [("InvalidValue", query.partition("=")[0])]


def test_parameters_are_found_in_any_case_and_strange_ones_ignored(admin: Any) -> None:
    admin.make()
    answer = admin.get(f"?ITWINID={ITWIN}&%24TOP=1&colour=red&;;&=&%ff=1")
    assert len(answer.json()["iModels"]) == 1
    assert details(admin.get("")) == [("MissingRequiredParameter", "iTwinId")]


def test_large_headers_are_survived(admin: Any) -> None:
    answer = admin.get(params={"iTwinId": ITWIN}, headers={"X-Much": "y" * 30_000, "Prefer": "é".encode()})
    assert answer.status_code < 500


def test_a_defect_of_the_mock_shows_no_stack_trace(admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(admin.server.service.store), "new_id", None)
    answer = admin.post(json={"iTwinId": ITWIN, "name": "A"})
    assert answer.status_code == 500
    assert error(answer) == {"code": "InternalServerError", "message": "The service failed."}


@pytest.mark.parametrize("size", [2**63, -(2**63) - 1])
def test_an_integer_beyond_64_bits_is_refused_wherever_it_stands(admin: Any, size: int) -> None:
    answer = admin.post(json={"iTwinId": ITWIN, "name": "Bridge", "baselineFile": {"size": size}})
    assert details(answer) == [("InvalidValue", "baselineFile")]
