"""The files of a run: they keep to their published schemas, and no secret gets into any of them."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.report import documents_of, page_of, read_reports, summary_of, write_reports
from conformance.report.documents import identities, target_name
from conformance.report.failure import failure
from conformance.report.history import Previous
from conformance.report.verdict import Verdict, decide
from conformance.runner.run import Run
from tests.report.conftest import ITWIN, URL, MakeExchange, MakeFinding


@pytest.fixture
def verdict(run: Run, finding: MakeFinding) -> Verdict:
    """A verdict with something of everything."""
    run.ledger.held("answers/no-server-error", ["get-itwin-imodels", "create-imodel"])
    run.ledger.broken(finding())
    run.ledger.broken(finding("answers/documented-refusal", "get-imodel-details"))
    run.ledger.broken(finding("imodels/name-unique", seen="201"))
    run.ledger.forgive({finding("imodels/name-unique").fingerprint})
    run.ledger.undecided("imodels/unknown-itwin", "no error body")
    run.ledger.saw("create-imodel", 500, "Unknown", "test_a")
    run.ledger.saw("create-imodel", 201, "", "test_b")
    run.ledger.saw("create-imodel", 409, "iModelExists", "test_c")
    decided = decide(run.plan, run.ledger, run.contract)
    return replace(decided, trouble=["set-up failed"], left_behind=["a (b)"], tests={"planned": 3})


@pytest.mark.parametrize("name", ["verdict", "findings", "operations"])
def test_each_keeps_to_its_schema(run: Run, verdict: Verdict, name: str) -> None:
    text = files("conformance.report").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
    validator = jsonschema_rs.Draft202012Validator(json.loads(text), validate_formats=True)
    write_reports(
        run, verdict, Previous("before", {"0123456789ab": ("imodels/name-unique", "create-imodel")})
    )
    document = read_reports(run.folder)[f"{name}.json"]
    assert [str(error) for error in validator.iter_errors(document)] == []
    assert not validator.is_valid(document | {"more": 1})


def test_no_secret_gets_into_any_file(
    run: Run, verdict: Verdict, finding: MakeFinding, exchange: MakeExchange, canary: str
) -> None:
    planted = exchange(
        url=f"{URL}?name={canary}",
        body=json.dumps({"name": canary}).encode(),
        answer=json.dumps({"error": {"message": f"Bearer {canary}"}}).encode(),
        headers={"authorization": f"Bearer {canary}", "x-other": canary},
    )
    run.ledger.broken(finding(seen=f"told {canary}", exchanges=(planted,)))
    run.recording.add(planted)
    (run.folder / "allure-results").mkdir()
    loud = replace(verdict, trouble=[canary], stopped=canary, left_behind=[f"{canary} (b)"])
    write_reports(run, replace(loud, rows=decide(run.plan, run.ledger, run.contract).rows))
    run.recording.close()
    written = [file for file in run.folder.rglob("*") if file.is_file()]
    assert len(written) > 6
    assert [file.name for file in written if canary.encode() in _content(file)] == []
    assert canary not in failure(run, [finding(seen=canary, exchanges=(planted,))])


def _content(file: Path) -> bytes:
    import gzip

    data = file.read_bytes()
    return gzip.decompress(data) if file.suffix == ".gz" else data


def test_the_verdict_names_target_and_identities_only(run: Run, verdict: Verdict) -> None:
    document = documents_of(run, verdict)["verdict.json"]
    assert document["target"] == {"url": URL, "itwins": [ITWIN], "identities": ["main"]}
    assert (target_name(run), identities(run)) == (URL, ["main"])


def test_a_must_comes_before_an_info(run: Run, verdict: Verdict) -> None:
    found = documents_of(run, verdict)["findings.json"]["findings"]
    assert [item["level"] for item in found] == ["MUST", "MUST", "INFO"]
    assert {item["requirement"]: item["state"] for item in found} == {
        "answers/no-server-error": "broken",
        "imodels/name-unique": "flaky",
        "answers/documented-refusal": "broken",
    }


def test_an_operation_tells_what_was_reached(run: Run, verdict: Verdict) -> None:
    told: list[dict[str, Any]] = documents_of(run, verdict)["operations.json"]["operations"]
    create = next(item for item in told if item["id"] == "create-imodel")
    reached = {(error["status"], error["code"]) for error in create["errors"] if error["seen"]}
    assert (create["requests"], create["succeeded"], create["statuses"]) == (
        3,
        1,
        {"201": 1, "409": 1, "500": 1},
    )
    assert reached == {(409, "iModelExists")}
    assert [error["by"] for error in create["errors"] if error["seen"]] == ["test_c"]
    assert create["other_errors"] == [{"status": 500, "code": "Unknown", "seen": 1}]
    assert create["requirements"]["broken"] == ["answers/no-server-error"]
    assert set(create["requirements"]["held"]) == set()


def test_the_summary_begins_with_the_verdict(run: Run, verdict: Verdict) -> None:
    lines = summary_of(documents_of(run, verdict))
    assert lines[0] == "verdict: not conformant: 1 MUST row broken"
    text = "\n".join(lines)
    assert "answers/no-server-error  MUST  create-imodel" in text
    assert "repeat     curl -sS -i -X POST" in text
    assert "docs/reference/common.md#answers" in text
    assert "imodels/unknown-itwin  MUST: no error body" in text
    assert "Left behind on the target (1)" in text


def test_a_finding_tells_its_fault_category(run: Run, verdict: Verdict) -> None:
    found = documents_of(run, verdict)["findings.json"]["findings"]
    assert {item["requirement"]: item["wfc"] for item in found} == {
        "answers/no-server-error": {"code": 100, "id": "HTTP_STATUS_500"},
        "answers/documented-refusal": {"code": 200, "id": "SCHEMA_INVALID_RESPONSE"},
        "imodels/name-unique": None,
    }


def test_one_cause_is_told_once(run: Run, finding: MakeFinding) -> None:
    names = ("create-imodel", "update-imodel", "delete-imodel")
    for name in names:
        run.ledger.broken(finding(operation=name))
    documents = documents_of(run, decide(run.plan, run.ledger, run.contract))
    found = documents["findings.json"]["findings"]
    assert (len(found), len({item["fingerprint"] for item in found})) == (3, 3)
    assert len({item["cause"] for item in found}) == 1
    text = "\n".join(summary_of(documents))
    assert "Broken (1)" in text
    first, *others = found
    told = ", ".join(f"{item['operation']} ({item['fingerprint']})" for item in others)
    assert f"finding    {first['fingerprint']}" in text
    assert f"also on    {told}" in text
    page = page_of(documents)
    assert page.count("<article") == 1
    assert told in page


def test_other_deviations_have_causes_of_their_own(run: Run, finding: MakeFinding) -> None:
    one, other = finding(), finding()
    run.ledger.broken(one)
    run.ledger.broken(replace(other, deviation=replace(other.deviation, kind="status 503")))
    text = "\n".join(summary_of(documents_of(run, decide(run.plan, run.ledger, run.contract))))
    assert "Broken (2)" in text


def test_the_short_summary_says_where_the_rest_is(run: Run, verdict: Verdict) -> None:
    documents = documents_of(run, verdict)
    short, whole = summary_of(documents, whole=False), summary_of(documents)
    assert len(short) < len(whole)
    assert any(line.endswith("more in summary.txt") for line in short)


def test_a_file_is_replaced_whole(run: Run, verdict: Verdict) -> None:
    write_reports(run, verdict)
    write_reports(run, replace(verdict, left_behind=[]))
    assert read_reports(run.folder)["verdict.json"]["left_behind"] == []
    assert not list(run.folder.glob(".*"))


def test_a_failure_begins_with_what_broke(run: Run, finding: MakeFinding) -> None:
    told = failure(run, [finding(seen="500 Oops")])
    assert told.reprcrash.message == "answers/no-server-error (MUST) on create-imodel: 500 Oops"
