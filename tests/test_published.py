"""The given document keeps the structure it was published with."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
TEXTS = {"description", "summary", "title"}

# SHA-256 over the published document without its texts (descriptions, summaries, titles, meanings of scopes).
# Taken from the document as published: another value means that ours says something else about the API.
STRUCTURE = "1522d9923976a171b51e1aa5be7c6d7796596a1f84c46371e19673b5c10de3a1"


@pytest.fixture(scope="module")
def document(root: Path) -> dict[str, Any]:
    """The given document, read."""
    loaded: dict[str, Any] = yaml.safe_load((root / "spec/published.openapi.yaml").read_text("utf-8"))
    return loaded


def bare(node: Any) -> Any:
    """The node without texts; a property that is called `description` is no text."""
    if isinstance(node, list):
        return [bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if not (key in TEXTS and isinstance(value, str))}
    return {key: sorted(value) if key == "scopes" else bare(value) for key, value in kept.items()}


def test_structure_is_as_published(document: dict[str, Any]) -> None:
    canonical = json.dumps(bare(document), sort_keys=True, separators=(",", ":"))

    assert hashlib.sha256(canonical.encode()).hexdigest() == STRUCTURE


def test_texts_are_left_out_but_properties_are_not() -> None:
    node = {"description": "text", "properties": {"description": {"type": "string", "title": "text"}}}

    assert bare(node) == {"properties": {"description": {"type": "string"}}}


def test_has_21_operations(document: dict[str, Any]) -> None:
    items = document["paths"].values()
    names = [item[method]["operationId"] for item in items for method in METHODS & set(item)]

    assert len(names) == len(set(names)) == 21


def test_is_valid_openapi(document: dict[str, Any]) -> None:
    validate(document)
