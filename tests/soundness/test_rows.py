"""The tables about rows are true, and stand in the page as they are written now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.reference import statements
from conformance.requirements import register
from tests.soundness import rows
from tests.soundness.cases import MUTANTS, Mutant
from tests.soundness.table import Result, table


def test_the_page_is_up_to_date() -> None:
    found = rows.PART.search(rows.PAGE.read_text(encoding="utf-8"))
    assert found, f"run {rows.COMMAND}"
    assert found[0] == rows.part(), f"run {rows.COMMAND}"


def test_every_row_and_every_open_statement_is_counted() -> None:
    text = rows.part()
    counts = re.findall(r"^\| (MUST|SHOULD|INFO) \| . \| (\d+) \| (\d+) \| (\d+) \|$", text, re.M)
    assert sum(int(number) for _, number, _, _ in counts) == len(register())
    assert all(number == decided for _, number, decided, _ in counts)
    assert all(number == mutated for level, number, _, mutated in counts if level == "MUST")
    assert f"{len(MUTANTS)} mutants" in text
    assert text.count("\n| [") == sum(bool(each.reason) for each in statements())


def test_what_stands_beside_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    monkeypatch.setattr(rows, "PAGE", page)
    rows.main()
    assert page.read_text() == f"# Soundness\n\n{rows.part()}"
    page.write_text(f"# Soundness\n\nMore.\n\n{rows.TITLE}\nold\n\n## After\n\nmore\n")
    rows.main()
    assert page.read_text() == f"# Soundness\n\nMore.\n\n{rows.part()}## After\n\nmore\n"


def test_the_whole_proof_has_the_part() -> None:
    assert table({Mutant("a/b"): Result([], "", "")}).endswith(f"\n\n{rows.part()}")
