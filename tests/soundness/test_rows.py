"""The tables about rows are true, and stand in the page as they are written now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.reference import statements
from conformance.requirements import register
from tests.soundness import page, rows
from tests.soundness.cases import MUTANTS


def test_the_page_is_up_to_date() -> None:
    found = page.PAGE.read_text(encoding="utf-8")
    assert found.count(f"{rows.part()}\n## ") + found.endswith(rows.part()) == 1, f"run {rows.COMMAND}"


def test_every_row_and_every_open_statement_is_counted() -> None:
    text = rows.part()
    counts = re.findall(r"^\| (MUST|SHOULD|INFO) \| . \| (\d+) \| (\d+) \| (\d+) \|$", text, re.M)
    assert sum(int(number) for _, number, _, _ in counts) == len(register())
    assert all(number == decided for _, number, decided, _ in counts)
    assert all(number == mutated for level, number, _, mutated in counts if level == "MUST")
    assert f"{len(MUTANTS)} mutants" in text
    assert text.count("\n| [") == sum(bool(each.reason) for each in statements())


def test_a_part_takes_the_place_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    for part in (
        "# Head\n\nold\n",
        "## One\nold\n\n",
        "## Another\n\n### One\n",
        "## One\nnew\n",
        "# Head\n\nnew",
    ):
        page.put(part)
    assert page.PAGE.read_text() == "# Head\n\nnew\n\n## One\nnew\n\n## Another\n\n### One\n"
