"""The page stands alone and says what the documents say."""

from __future__ import annotations

import re

import pytest

from conformance.report import documents_of, page_of, write_reports
from conformance.report.html import pretty
from conformance.report.verdict import decide
from conformance.runner.run import Run
from tests.report.conftest import MakeExchange, MakeFinding


def page(run: Run) -> str:
    """The page of a run as it is now."""
    return page_of(documents_of(run, decide(run.plan, run.ledger, run.contract)))


def test_nothing_is_fetched_from_anywhere(run: Run, finding: MakeFinding) -> None:
    run.ledger.broken(finding())
    told = page(run)
    assert re.findall(r"""(?:src|href|action)\s*=|url\(|@import|fetch\(""", told) == []
    assert "default-src 'none'" in told


def test_what_a_target_says_stays_text(run: Run, finding: MakeFinding, exchange: MakeExchange) -> None:
    nasty = b'{"error": {"message": "</pre><script>alert(1)</script>{{js}}"}}'
    run.ledger.broken(finding(seen="<img onerror=x>", exchanges=(exchange(answer=nasty),)))
    told = page(run)
    assert "<script>alert" not in told
    assert "<img" not in told
    assert told.count("<script>") == 1


def test_every_row_and_operation_is_there(run: Run) -> None:
    told = page(run)
    assert all(f"<code>{operation}</code>" in told for operation in run.contract.operations)
    assert told.count("<tr data-state=") == len(decide(run.plan, run.ledger, run.contract).rows)


def test_json_is_laid_out_and_other_text_is_not() -> None:
    assert pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert pretty("<html>") == "<html>"


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":"\\ud800"}'], ids=["deep", "half a character"])
def test_json_that_cannot_be_laid_out_is_shown_as_it_is(body: str) -> None:
    assert pretty(body) == body


def test_a_target_that_says_half_a_character_costs_no_report(
    run: Run, finding: MakeFinding, exchange: MakeExchange
) -> None:
    odd = b'{"error": {"code": "a\\ud800b", "message": "x"}}'
    run.ledger.broken(finding(seen="a\ud800b", exchanges=(exchange(answer=odd),)))
    write_reports(run, decide(run.plan, run.ledger, run.contract))
    assert "a\ufffdb" in (run.folder / "summary.txt").read_text(encoding="utf-8")
