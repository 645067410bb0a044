"""What a document must say so that a row can be decided, and which tests fall silent without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.contract import Contract, load, own_document
from conformance.credentials import Tokens
from conformance.requirements import register
from conformance.runner.plan import SILENT, Selection, make_plan
from conformance.runner.telling import spoken_of, tellable
from conformance.silence import silent, unsaid
from conformance.target import Target

EVERYBODY = ("main", "second", "writer", "reader", "viewer", "manager", "outsider")
STORY = "scenarios.test_timeline.test_a_changeset_answers_to_id_and_index"


@pytest.fixture(scope="session")
def published(root: Path) -> Contract:
    """The given document with its overlay."""
    return load(root / "spec/published.openapi.yaml", [root / "spec/published.overlay.yaml"])


def _bare(node: Any) -> Any:
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {name: _bare(value) for name, value in node.items() if not str(name).startswith("x-")}


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """The suite's own contract as somebody else would write it: without extensions."""
    file = tmp_path_factory.mktemp("bare") / "bare.yaml"
    file.write_text(yaml.safe_dump(_bare(yaml.safe_load(own_document().read_bytes()))), encoding="utf-8")
    return load(file)


def _left_out(contract: Contract) -> Iterator[str]:
    target = Target(
        "http://127.0.0.1:1/imodels", ("a", "b"), Tokens.fixed(dict.fromkeys(EVERYBODY, "token")), True
    )
    plan = make_plan(contract, target, Selection())
    yield from (name for name, reason in plan.left_out.items() if reason == SILENT)


def test_the_own_contract_leaves_nothing_unsaid() -> None:
    assert not any(unsaid(load(), operation) for operation in load().operations)
    assert not any(silent(load(), row, operation) for row in register() for operation in load().operations)
    assert list(_left_out(load())) == []


def test_without_extensions_only_the_codes_of_refusals_are_unsaid(bare: Contract) -> None:
    assert bare.operations.keys() == load().operations.keys()
    assert not any(unsaid(bare, operation) for operation in bare.operations)
    of_codes = {name for name, row in register().items() if row.data == "codes" and not row.when_seen}
    assert set(_left_out(bare)) == of_codes


def test_what_the_published_document_does_not_say(published: Contract) -> None:
    assert {"answer /iModel", "answer /iModel/_links"} <= set(unsaid(published, "get-imodel-details"))
    assert {"query $orderby", "header prefer"} <= set(unsaid(published, "get-imodel-changesets"))
    assert "header location" in unsaid(published, "clone-imodel")
    assert unsaid(published, "delete-imodel") == ()
    assert unsaid(published, "release-imodel-briefcase") == ("release-imodel-briefcase",)


@pytest.mark.parametrize(
    ("row", "operation", "expected"),
    [
        ("access/no-token", "update-imodel-locks", False),
        ("access/no-token", "release-imodel-briefcase", True),
        ("access/outsider-sees-nothing", "get-imodel-locks", False),
        ("access/outsider-sees-nothing", "update-imodel-locks", True),
        ("answers/body-matches-schema", "get-imodel-details", False),
        ("answers/body-matches-schema", "update-imodel", True),
        ("imodels/display-name-is-name", "get-imodel-details", False),
        ("imodels/display-name-is-name", "update-imodel", True),
        ("imodels/display-name-is-name", "get-itwin-imodels", True),
        ("requests/invalid-value", "create-imodel", True),
        ("copies/no-body", "clone-imodel", False),
        ("copies/location-names-the-copy", "clone-imodel", True),
        ("imodels/delete-removes", "delete-imodel", True),
    ],
)
def test_what_a_row_needs(published: Contract, row: str, operation: str, expected: bool) -> None:
    assert silent(published, row, operation) is expected


def test_a_story_is_told_whole_or_not_at_all(bare: Contract, published: Contract) -> None:
    names = ["changesets/by-id-or-index"]
    assert "get-imodel-changeset-details" in spoken_of()[STORY]
    assert tellable(load(), STORY, names)
    assert tellable(bare, STORY, names)
    assert not tellable(published, STORY, names)


def test_a_story_needs_the_operations_of_its_rows_too(published: Contract) -> None:
    assert tellable(published, "scenarios.test_none.test_none", [])
    assert not tellable(published, "scenarios.test_none.test_none", ["copies/by-index"])


def test_a_generated_test_needs_a_row_it_can_decide(published: Contract) -> None:
    rows = ["lists/skip", "access/no-token"]
    assert tellable(published, "conformance.test_pages.test_skip", rows, "get-itwin-imodels")
    assert not tellable(published, "conformance.test_pages.test_skip", rows[:1], "get-itwin-imodels")
    assert tellable(published, "conformance.test_operations.test_valid_requests", [], "get-itwin-imodels")
