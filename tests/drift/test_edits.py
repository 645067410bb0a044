"""Two documents of one operation: each edit is told as what it is, in its place, and nothing besides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.drift.rules import RULES
from tests.drift.small import changed

KNOWN: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("documents.yaml").read_text("utf-8"))
CASES = [(f"{part}: {name}", *case) for part, cases in KNOWN.items() for name, case in cases.items()]
SCHEMES = {
    "O": {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "u", "scopes": {}}}},
    "K": {"type": "apiKey", "in": "header", "name": "k"},
    "B": {"type": "http", "scheme": "bearer"},
}


def _document(told: dict[str, Any]) -> dict[str, Any]:
    operation = {key: value for key, value in told.items() if key not in ("document", "path", "at")}
    post = {"operationId": "p", "responses": {"200": {"description": "y"}}, **operation}
    return {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "components": {"securitySchemes": SCHEMES},
        **told.get("document", {}),
        "paths": {told.get("at", "/a/{id}"): {**told.get("path", {}), "post": post}},
    }


@pytest.mark.parametrize(("old", "new", "wanted"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_an_edit_of_a_document(old: Any, new: Any, wanted: list[list[str]]) -> None:
    found = {(rule, place) for rule, _, place in changed(_document(old), _document(new))}

    assert found == {(rule, place) for rule, place in wanted}


@pytest.mark.parametrize(("old", "new", "wanted"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_an_edit_undone_is_the_opposite(old: Any, new: Any, wanted: list[list[str]]) -> None:
    found = {rule for rule, _, _ in changed(_document(new), _document(old))}

    assert found == {RULES[rule].opposite for rule, _ in wanted}
