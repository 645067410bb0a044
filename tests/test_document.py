"""Somebody's document: read under the suite's own names, or told in one line why not."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance import document
from conformance.contract import Contract, ContractError, load

UUID = {"type": "string", "format": "uuid"}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Theirs", "version": "1"},
    "paths": {
        "/{modelKey}/changesets/{step}": {
            "parameters": [{"$ref": "#/components/parameters/Key"}],
            "get": {
                "operationId": "ReadStep",
                "parameters": [
                    {"name": "step", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {"200": {"description": "."}},
            },
        },
        "/{modelKey}/weather": {
            "get": {"operationId": "Weather", "responses": {"200": {"description": "."}}}
        },
    },
    "components": {
        "parameters": {"Key": {"name": "modelKey", "in": "path", "required": True, "schema": UUID}}
    },
}
PATH = "/{modelKey}/changesets/{step}"


def _written(folder: Path, document: Any) -> Path:
    file = folder / "theirs.yaml"
    file.write_text(document if isinstance(document, str) else yaml.safe_dump(document), encoding="utf-8")
    return file


def _changed(**paths: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    document["paths"] |= paths
    return document


def _load(folder: Path, document: Any) -> Contract:
    return load(_written(folder, document))


def test_operations_go_by_method_and_shape(tmp_path: Path) -> None:
    contract = _load(tmp_path, DOCUMENT)
    read = contract.operations["get-imodel-changeset-details"]
    assert read.path == "/{id}/changesets/{changeset}"
    assert {parameter.name for parameter in read.parameters} == {"id", "changeset"}
    assert contract.route("GET", "/1/changesets/2") == (read, {"id": "1", "changeset": "2"})


def test_what_the_suite_does_not_know_keeps_its_name(tmp_path: Path) -> None:
    contract = _load(tmp_path, DOCUMENT)
    assert contract.operations["Weather"].path == "/{modelKey}/weather"


def test_what_is_known_of_the_api_is_known_of_their_operation(tmp_path: Path) -> None:
    theirs = _load(tmp_path, DOCUMENT).operations["get-imodel-changeset-details"].responses["200"]
    assert (theirs.wrapper, theirs.schema) == ("changeset", None)


def test_null_is_read_as_openapi_3_0_writes_it(tmp_path: Path) -> None:
    body = {"type": "object", "properties": {"a": {"type": "string", "nullable": True}}}
    number = {
        "type": "number",
        "minimum": 0,
        "exclusiveMinimum": True,
        "maximum": 9,
        "exclusiveMaximum": False,
    }
    body["properties"]["n"] = number  # type: ignore[index]
    answer = {"200": {"description": ".", "content": {"application/json": {"schema": body}}}}
    contract = _load(tmp_path, _changed(**{"/": {"get": {"responses": answer}}}) | {"openapi": "3.0.3"})
    success = contract.operations["get-itwin-imodels"].success
    assert success is not None
    validator = contract.validator(success.schema or False)
    assert validator.is_valid({"a": None, "n": 9})
    assert not validator.is_valid({"a": 1})
    assert not validator.is_valid({"n": 0})


LOOP = {"$ref": "#/components/schemas/Loop"}


@pytest.mark.parametrize(
    "document",
    [
        "",
        "a: [",
        "- 1",
        "\x00",
        "openapi: 3.1.0",
        "openapi: 3.1.0\npaths: {}",
        "openapi: 2.0\npaths: {/: {}}",
        "openapi: 3.1.0\npaths: &all {/: *all}",
        "openapi: 3.1.0\npaths: {/: {get: {responses: &all {'200': *all}}}}",
        "openapi: 3.1.0\npaths: {1: {}}",
        "openapi: 3.1.0\npaths: {/: null}",
        "openapi: 3.1.0\npaths: {/: {get: {}}}",
        "openapi: 3.1.0\npaths: {/: {get: []}}",
        "openapi: 3.1.0\npaths: {/: {parameters: [{}], get: {responses: {}}}}",
        "openapi: 3.1.0\npaths: {/weather: {get: {responses: {}}}}",
        _changed(**{"/{a}/changesets/{b}": {"post": {"responses": {}}}}),
        _changed(**{"/": {"get": {"responses": {"200": {"$ref": "#/nowhere"}}}}}),
        _changed(**{"/": {"get": {"responses": {"200": {"$ref": "other.yaml#/x"}}}}}),
        _changed(**{"/": {"get": {"parameters": [{"name": "a", "in": "query", "schema": {"type": "odd"}}]}}}),
        DOCUMENT | {"components": DOCUMENT["components"] | {"schemas": {"Loop": LOOP}}},
    ],
)
def test_a_bad_one_is_told_in_one_line(tmp_path: Path, document: Any) -> None:
    file = _written(tmp_path, document)
    with pytest.raises(ContractError) as caught:
        load(file)
    assert str(caught.value).startswith(str(file))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "a: [", "overlay: 1.0.0", "openapi: 3.1.0\npaths: {}"])
def test_a_bad_overlay_is_told_with_its_own_name(tmp_path: Path, content: str) -> None:
    overlay = tmp_path / "bad.overlay.yaml"
    overlay.write_text(content, encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        load(_written(tmp_path, DOCUMENT), [overlay])
    assert str(caught.value).startswith(str(overlay))
    assert "\n" not in str(caught.value)


def test_an_overlay_can_spoil_a_document(tmp_path: Path) -> None:
    overlay = tmp_path / "spoils.overlay.yaml"
    overlay.write_text("overlay: 1.0.0\nactions: [{target: $.paths, remove: true}]", encoding="utf-8")
    with pytest.raises(ContractError, match="no paths"):
        load(_written(tmp_path, DOCUMENT), [overlay])


def test_aliases_stand_for_what_they_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "LARGEST", 100)
    few = "{x: &x [1, &y {a: 2}], y: *y, all: [" + ", ".join(["*x"] * 10) + "]}"
    read = document.parsed(few.encode())
    assert (read["y"], read["all"][9]) == ({"a": 2}, [1, {"a": 2}])
    with pytest.raises(document.Unwieldy, match="its aliases stand for more than 100 values"):
        document.parsed(few.replace("*x", "*x, *x").encode())
    assert len(document.parsed(f"[{', '.join('1' * 200)}]".encode())) == 200
