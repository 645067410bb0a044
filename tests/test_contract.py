"""Reading OpenAPI documents of this API."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract import Contract, ContractError, load

DOCUMENT = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://example.com/base/"}],
    "paths": {
        "/": {"get": {"operationId": "list", "responses": {"200": {"description": "."}}}},
        "/{id}": {"get": {"responses": {"200": {"description": "."}}}},
        "/{id}/things/{thing}": {
            "delete": {"operationId": "drop", "responses": {"204": {"description": "."}}}
        },
        "/{id}/things/special": {"get": {"operationId": "special", "responses": {}}},
    },
    "components": {
        "schemas": {
            "Weak": {"type": "string", "x-label": "observed"},
            "Part": {"type": "integer", "minimum": 3, "x-labels": {"minimum": "client"}},
            "Whole": {
                "type": "object",
                "required": ["part", "weak"],
                "properties": {
                    "part": {"$ref": "#/components/schemas/Part"},
                    "weak": {"type": "boolean", "x-label": "client"},
                    "text": {"$ref": "#/components/schemas/Weak"},
                    "many": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
                    "when": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
                },
            },
        }
    },
}
WHOLE = {"$ref": "#/components/schemas/Whole"}


@pytest.fixture
def contract() -> Contract:
    return Contract(DOCUMENT)


@pytest.mark.parametrize(
    ("method", "path", "operation", "params"),
    [
        ("GET", "", "list", {}),
        ("get", "/", "list", {}),
        ("GET", "/a%20b", "GET /{id}", {"id": "a b"}),
        ("DELETE", "/1/things/x%2Fy", "drop", {"id": "1", "thing": "x/y"}),
        ("GET", "/1/things/special", "special", {"id": "1"}),
    ],
)
def test_routes(contract: Contract, method: str, path: str, operation: str, params: dict[str, str]) -> None:
    found = contract.route(method, path)
    assert found is not None
    assert (found[0].id, found[1]) == (operation, params)


def test_what_leads_nowhere(contract: Contract) -> None:
    assert contract.route("GET", "/1/things") is None
    assert contract.route("GET", "//things/special") is None
    assert contract.route("DELETE", "/1/things/special") is None
    assert contract.methods("/1/things/special") == ("GET",)
    assert contract.methods("/1/2/3/4") == ()
    assert contract.base_path == "/base"


def test_a_validator_asserts_formats_and_follows_references(contract: Contract) -> None:
    validator = contract.validator(WHOLE)
    assert validator is contract.validator(WHOLE)
    assert validator.is_valid({"part": 3, "weak": True, "when": None})
    assert not validator.is_valid({"part": 2, "weak": True})
    assert not validator.is_valid({"part": 3, "weak": True, "when": "today"})
    assert not contract.validator(False).is_valid(1)


def test_a_strict_schema_leaves_out_what_rests_on_weaker_labels(contract: Contract) -> None:
    strict = contract.strict(WHOLE)
    assert strict is contract.strict(WHOLE)
    validator = contract.validator(strict)
    assert validator.is_valid({"part": 1, "weak": "x", "text": 5, "many": [0]})
    assert validator.is_valid({"part": 1})
    assert not validator.is_valid({"part": "1"})
    assert not validator.is_valid({"part": 1, "many": ["1"]})
    resolved = contract.resolve(strict)
    assert isinstance(resolved, dict)
    assert resolved["required"] == ["part"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "No such file"),
        ("a: [", "not YAML"),
        ("- 1", "no paths"),
        ("paths: {}", "not an OpenAPI 3 document"),
        ("openapi: 3.1.0\npaths: {/: {get: {}}}", "KeyError 'responses'"),
        ("openapi: 3.1.0\npaths: {/: {get: {responses: {'200': {$ref: '#/no'}}}}}", "reference to nothing"),
        ("openapi: 3.1.0\npaths: {/: {get: {responses: {'200': {$ref: 'a.yaml'}}}}}", "out of the document"),
    ],
)
def test_bad_files_are_told_in_one_line(tmp_path: Path, text: str | None, message: str) -> None:
    file = tmp_path / "bad.yaml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ContractError, match=message) as caught:
        load(file)
    assert "\n" not in str(caught.value)


def test_a_bad_schema_is_told_in_one_line(contract: Contract) -> None:
    with pytest.raises(ContractError, match="invalid schema"):
        contract.validator({"type": "nothing"})


def test_other_documents_share_our_names(root: Path) -> None:
    published = load(root / "spec" / "published.openapi.yaml")
    assert published.operations["get-imodel-details"].path == "/{id}"
    assert set(published.operations) <= set(load().operations)


def test_our_own_document() -> None:
    operation = load().operations["get-itwin-imodels"]
    assert load(None) is load()
    assert (operation.method, operation.path, operation.tag) == ("GET", "/", "iModels")
    assert operation.collection == "iModels"
    assert operation.representations["minimal"] == "IModelListMinimal"
    assert operation.permission is not None
    assert operation.permission.needs == "imodels_webview"
    assert operation.success is not None
    assert operation.success.media_type == "application/json"
    assert operation.parameter("$TOP") is operation.parameter("$top")
    assert [error.code for error in operation.errors(404)] == ["iTwinNotFound"]
    clone = load().operations["clone-imodel"]
    assert clone.responses["202"].headers["Location"].required
    assert clone.body is not None
    assert clone.body.required
    assert clone.body.schema == {"$ref": "#/components/schemas/CloneIModel"}


def test_every_schema_of_ours_compiles() -> None:
    contract = load()
    for operation in contract.operations.values():
        for response in operation.responses.values():
            if response.schema is not None:
                contract.validator(response.schema)
                contract.validator(contract.strict(response.schema))
