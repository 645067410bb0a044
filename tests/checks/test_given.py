"""Answers judged by somebody's document: what it says is held against them, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract, load
from conformance.exchange import Answer, Exchange, Request
from tests.checks.tables.case import GUID

Broken = Callable[[Exchange], set[str]]
BASE = "https://api.bentley.com/imodels"
IMODEL = {"id": GUID, "name": "Bridge", "displayName": "Bridge"}
CHANGESET = {"id": "ab" * 20, "displayName": "1", "index": 1, "description": "first"}


@pytest.fixture(scope="module")
def published(root: Path) -> Contract:
    """The given document with its overlay."""
    return load(root / "spec/published.openapi.yaml", [root / "spec/published.overlay.yaml"])


def _answer(contract: Contract, operation: str, body: Any) -> Exchange:
    headers = {"content-type": "application/json"}
    described = contract.operations[operation]
    status = next(int(status) for status in described.responses if status.startswith("2"))
    sent = b'{"name": "Bridge"}' if described.id == "update-imodel" else b""
    request = Request(described.method, BASE + described.path.replace("{id}", GUID), {}, sent)
    answer = Answer(status, headers, json.dumps(body).encode() if body is not None else b"")
    return Exchange(1, request, answer, contract, described, {"id": GUID})


@pytest.mark.parametrize(
    ("operation", "body", "row"),
    [
        ("get-imodel-details", IMODEL, ""),
        ("get-imodel-details", {}, ""),
        ("get-imodel-details", {"iModel": IMODEL}, "answers/body-matches-schema"),
        ("get-imodel-details", IMODEL | {"name": None}, "answers/body-matches-schema"),
        ("get-imodel-details", IMODEL | {"weather": "fine"}, "answers/undocumented-members"),
        ("get-imodel-details", IMODEL | {"displayName": "Tunnel"}, "imodels/display-name-is-name"),
        ("get-imodel-changesets", {"changesets": [CHANGESET]}, ""),
        ("get-imodel-changesets", {"changesets": [], "_links": {}}, "answers/undocumented-members"),
        (
            "get-imodel-changesets",
            {"changesets": [CHANGESET | {"index": "1"}]},
            "answers/body-matches-schema",
        ),
        ("get-imodel-users", None, ""),
        ("get-imodel-users", {"users": []}, "answers/undocumented-members"),
        ("update-imodel", None, ""),
        ("update-imodel", {"iModel": IMODEL}, "answers/undocumented-members"),
        ("clone-imodel", None, ""),
        ("clone-imodel", {"iModel": IMODEL}, "copies/no-body"),
    ],
)
def test_only_what_the_document_says_is_judged(
    published: Contract, broken: Broken, operation: str, body: Any, row: str
) -> None:
    assert broken(_answer(published, operation, body)) == ({row} if row else set())
