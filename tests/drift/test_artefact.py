"""Arazzo documents, Postman collections and capability files, with calls that are right or wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.contract import load
from conformance.drift.artefact import checked
from conformance.drift.calls import calls

BASE = "https://api.bentley.com/imodels"
ITWIN = "0b9f6c1e-52a4-4d0b-9a37-1c5d2e8f7a60"


def _found(read: Any) -> set[tuple[str, str, str]]:
    return {(row.rule, row.operation, row.old) for row in checked(list(calls(read)), load())}


def _capability(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"capability": {"consumes": [{"type": "http", "baseUri": BASE, "resources": list(resources)}]}}


def _resource(path: str, method: str = "GET", **more: Any) -> dict[str, Any]:
    return {"name": "r", "path": path, "operations": [{"name": "o", "method": method, **more}]}


@pytest.mark.parametrize("path", ["/lifecycle", "/changesets", "/named-versions"])
def test_a_capability_that_calls_what_does_not_exist(path: str) -> None:
    assert _found(_capability(_resource(path))) == {
        ("call-to-unknown-operation", f"GET {path}", f"GET {path}")
    }


def test_a_capability_that_is_right() -> None:
    query: dict[str, Any] = {
        "inputParameters": [{"name": "iTwinId", "in": "query"}],
        "outputParameters": [{"value": "$.iModels[0].id"}],
    }
    body: dict[str, Any] = {"inputParameters": [{"name": name, "in": "body"} for name in ("iTwinId", "name")]}

    assert _found(_capability(_resource("/", **query), _resource("/", "POST", **body))) == set()
    assert _found(_capability(_resource("/{{id}}/changesets"), _resource("/favorites"))) == set()


@pytest.mark.parametrize(
    ("more", "rule", "what"),
    [
        (
            {"inputParameters": [{"name": "projectId", "in": "query"}]},
            "call-with-unknown-parameter",
            "projectId",
        ),
        ({"inputParameters": [{"name": "$top", "in": "query"}]}, "call-without-parameter", "iTwinId"),
        ({"outputParameters": [{"value": "$.items[0].id"}]}, "reads-unknown-member", "/items/*/id"),
    ],
)
def test_a_capability_that_asks_wrongly(more: dict[str, Any], rule: str, what: str) -> None:
    assert (rule, "GET /", what) in _found(_capability(_resource("/", **more)))


def _step(**more: Any) -> dict[str, Any]:
    step = {"stepId": "s", **more}
    return {"arazzo": "1.0.0", "workflows": [{"workflowId": "w", "steps": [step]}]}


RIGHT: dict[str, Any] = {
    "operationId": "create-imodel",
    "requestBody": {"payload": {"iTwinId": ITWIN, "name": "x"}},
    "successCriteria": [{"condition": "$statusCode == 201"}],
    "outputs": {"id": "$response.body#/iModel/id"},
}


def test_a_workflow_that_is_right() -> None:
    assert _found(_step(**RIGHT)) == set()
    assert _found(_step(**RIGHT | {"operationId": "CreateIModel"})) == set()
    assert _found(_step(operationPath="{$sourceDescriptions.a.url}#/paths/~1{id}~1users/get")) == set()


@pytest.mark.parametrize(
    ("more", "rule", "what"),
    [
        ({"operationId": "make-imodel"}, "call-to-unknown-operation", "make-imodel"),
        ({"requestBody": {"payload": {"iTwinId": ITWIN}}}, "call-without-member", "/name"),
        (
            {"requestBody": {"payload": {"iTwinId": ITWIN, "name": "x", "projectId": "y"}}},
            "call-with-unknown-member",
            "/projectId",
        ),
        ({"requestBody": {}}, "call-without-body", "application/json"),
        ({"outputs": {"id": "$response.body#/id"}}, "reads-unknown-member", "/id"),
        ({"successCriteria": [{"condition": "$statusCode == 200"}]}, "expects-unknown-status", "200"),
        (
            {"parameters": [{"name": "$top", "in": "query", "value": 1}]},
            "call-with-unknown-parameter",
            "$top",
        ),
    ],
)
def test_a_workflow_that_asks_wrongly(more: dict[str, Any], rule: str, what: str) -> None:
    assert {(found[0], found[2]) for found in _found(_step(**RIGHT | more))} == {(rule, what)}


def _collection(request: Any) -> dict[str, Any]:
    return {"info": {"name": "c"}, "item": [{"name": "folder", "item": [{"name": "r", "request": request}]}]}


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ({"method": "GET", "url": {"raw": f"{BASE}/:id/changesets?$top=5"}}, set()),
        (f"{BASE}/{{{{id}}}}/users", set()),
        (
            {"method": "GET", "url": "{{baseUrl}}/favorites?iTwinId=1", "header": [{"key": "Authorization"}]},
            set(),
        ),
        (
            {"method": "PUT", "url": f"{BASE}/{{{{id}}}}"},
            {("call-to-unknown-operation", "PUT /{}", "PUT /{}")},
        ),
        (
            {"method": "GET", "url": "https://elsewhere.example/imodels/recents?iTwinId=1"},
            {("call-to-other-server", "GET /recents", "elsewhere.example")},
        ),
        (
            {"method": "PATCH", "url": f"{BASE}/{{{{id}}}}", "body": {"raw": '{"title": "{{t}}"}'}},
            {("call-with-unknown-member", "PATCH /{}", "/title")},
        ),
    ],
)
def test_collections(request_: Any, found: set[tuple[str, str, str]]) -> None:
    assert _found(_collection(request_)) == found


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("- [", 2, "not YAML or JSON"),
        ("a: 1", 2, "neither an Arazzo document"),
        ('{"arazzo": "1.0.0", "workflows": []}', 3, "no call in"),
    ],
)
def test_what_cannot_be_read(
    text: str, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text(text)
    assert cli.main(["drift", "artefact", str(tmp_path / "file")]) == code
    assert said in capsys.readouterr().err


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text(json.dumps(_capability(_resource("/lifecycle"))))
    assert cli.main(["drift", "artefact", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().out.startswith("breaking  GET /lifecycle  call-to-unknown-operation  r/o")
