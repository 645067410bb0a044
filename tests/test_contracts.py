"""Two documents against two views of the mock: each pair has the verdict it must have."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.contract import load
from tests.documented import UNREACHED, rows

LONGEST = 400
"""Seconds after which a run is given up."""

DIFFERENCES: dict[str, list[dict[str, str]]] = yaml.safe_load(
    Path(__file__).with_name("differences.yaml").read_text("utf-8")
)
"""Operation → where the published document differs from the API, and what shows it or why nothing can."""


@dataclass(frozen=True)
class Told:
    """What a run told: exit code, verdict, rows by state, and what was found on which operation."""

    exit: int
    line: str
    states: dict[str, set[str]]
    found: set[tuple[str, str]]


def _run(folder: Path, *options: str) -> Told:
    command = [sys.executable, "-m", "conformance.cli", "run", "--reports", str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, cwd=folder, check=False)
    assert done.stderr == ""
    verdict: dict[str, Any] = json.loads((folder / "verdict.json").read_bytes())
    states: dict[str, set[str]] = {}
    for row in verdict["rows"]:
        states.setdefault(row["state"], set()).add(row["name"])
    findings = json.loads((folder / "findings.json").read_bytes())["findings"]
    found = {(finding["requirement"], finding["operation"]) for finding in findings}
    assert (verdict["trouble"], verdict["left_behind"]) == ([], [])
    return Told(done.returncode, verdict["verdict"], states, found)


@pytest.fixture(scope="session")
def given(root: Path) -> tuple[str, ...]:
    """The options that hold a run against the published document."""
    spec = root / "spec"
    return (
        "--contract",
        str(spec / "published.openapi.yaml"),
        "--overlay",
        str(spec / "published.overlay.yaml"),
    )


def test_our_contract_and_the_api_agree(tmp_path: Path) -> None:
    told = _run(tmp_path)
    assert (told.exit, told.line, told.found) == (0, "conformant", set())
    operations = json.loads((tmp_path / "operations.json").read_bytes())["operations"]
    missed = {row[:2] for row in rows(operations) if row[3] in {"not by a run", "NOT REACHED"}}
    assert missed == {(name, error) for name, errors in UNREACHED.items() for error in errors}


def test_the_published_document_and_its_view_agree(tmp_path: Path, given: tuple[str, ...]) -> None:
    told = _run(tmp_path, *given, "--view", "published")
    assert told.exit == 0
    assert told.line.startswith("conformant (partial: ")
    assert told.line.endswith(" MUST rows not looked at: no contract data)")
    assert told.found == set()
    assert told.states.keys() == {"held", "not planned"}


def test_the_published_document_and_the_api_differ_where_they_do(
    tmp_path: Path, given: tuple[str, ...]
) -> None:
    told = _run(tmp_path, *given)
    assert told.exit == 1
    assert told.line.startswith("not conformant: ")
    assert told.found == {
        (known["found"], operation)
        for operation, differences in DIFFERENCES.items()
        for known in differences
        if "found" in known
    }
    assert told.states.keys() == {"held", "broken", "not planned"}


def test_our_contract_and_the_published_view_differ(tmp_path: Path) -> None:
    told = _run(tmp_path, "--view", "published", "--profile", "smoke")
    assert told.exit == 1
    assert told.line.startswith("not conformant: ")


def test_every_difference_is_found_or_has_a_reason(root: Path) -> None:
    document = load(root / "spec/published.openapi.yaml")
    assert DIFFERENCES.keys() == document.operations.keys()
    for differences in DIFFERENCES.values():
        assert all(known.keys() in ({"says", "found"}, {"says", "unseen"}) for known in differences)


def test_a_documented_error_that_nothing_reaches_is_told() -> None:
    errors = [{"status": status, "code": "A", "label": "doc", "by": ""} for status in (404, 429)]
    told = list(rows([{"id": "get-imodel-details", "errors": errors}]))
    assert [row[3] for row in told] == ["NOT REACHED", "by the mock's tests"]
