"""What is new, known and fixed since the last run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.report import write_reports
from conformance.report.history import Previous, previous, since
from conformance.report.verdict import Verdict, decide
from conformance.runner.run import Run
from tests.report.conftest import URL, MakeFinding


def leave(
    folder: Path, started: str, target: str = URL, operations: tuple[str, ...] = (), **findings: str
) -> None:
    """Leave the reports of an earlier run."""
    folder.mkdir(parents=True)
    selection = {"requirements": [], "operations": list(operations)}
    told = {"id": folder.name, "started": started, "selection": selection}
    verdict = {"target": {"url": target}, "run": told}
    found = [{"fingerprint": mark, "requirement": name, "operation": "o"} for mark, name in findings.items()]
    (folder / "verdict.json").write_text(json.dumps(verdict))
    (folder / "findings.json").write_text(json.dumps({"findings": found}))


def test_the_latest_run_of_the_same_target_counts(tmp_path: Path) -> None:
    leave(tmp_path / "a", "2026-01-01T00:00:00+00:00", aa="x/y")
    leave(tmp_path / "b", "2026-01-02T00:00:00+00:00", bb="x/y")
    leave(tmp_path / "c", "2026-01-03T00:00:00+00:00", target="mock", cc="x/y")
    (tmp_path / "d").mkdir()
    assert previous(tmp_path / "d", URL) == Previous("b", {"bb": ("x/y", "o")})


def test_a_run_of_a_part_counts_only_for_the_same_part(tmp_path: Path) -> None:
    leave(tmp_path / "a", "2026-01-01T00:00:00+00:00", aa="x/y")
    leave(tmp_path / "b", "2026-01-02T00:00:00+00:00", operations=("o",), bb="x/y")
    for part, name in (({}, "a"), ({"operations": ["p"]}, "a"), ({"operations": ["o"]}, "b")):
        found = previous(tmp_path / "c", URL, part)
        assert found is not None
        assert found.run == name


def test_what_lies_in_the_same_folder_counts_too(tmp_path: Path) -> None:
    leave(tmp_path / "a", "2026-01-01T00:00:00+00:00")
    assert previous(tmp_path / "a", URL) == Previous("a", {})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"target": 1}',
        '{"target": {"url": "' + URL + '"}, "run": {"selection": 1}}',
        "\0",
        "[" * 100_000,
    ],
    ids=range(7),
)
def test_anything_else_is_no_earlier_run(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "verdict.json").write_text(text)
    assert previous(tmp_path / "b", URL) is None


def test_fixed_is_only_what_was_looked_at_again(run: Run, finding: MakeFinding) -> None:
    known, new = finding(), finding("imodels/create-echoes")
    run.ledger.broken(known)
    run.ledger.broken(new)
    run.ledger.held("imodels/create-is-readable", ["create-imodel"])
    before = {
        known.fingerprint: (known.requirement, known.operation),
        "aaa": ("imodels/create-is-readable", "create-imodel"),
        "bbb": ("imodels/search", "get-itwin-imodels"),
        "ccc": ("imodels/create-is-readable", "get-imodel-details"),
        "ddd": (known.requirement, known.operation),
    }
    told = since(decide(run.plan, run.ledger, run.contract), Previous("before", before))
    assert told == {
        "run": "before",
        "new": [new.fingerprint],
        "known": [known.fingerprint],
        "fixed": ["aaa"],
    }


def test_a_first_run_has_nothing_to_compare(run: Run) -> None:
    assert since(Verdict([]), previous(run.folder, URL)) is None


def test_a_run_is_found_by_the_next(run: Run, finding: MakeFinding) -> None:
    run.ledger.broken(finding())
    write_reports(run, decide(run.plan, run.ledger, run.contract))
    found = previous(run.folder.parent / "two", URL)
    assert found == Previous(run.id, {finding().fingerprint: ("answers/no-server-error", "create-imodel")})
