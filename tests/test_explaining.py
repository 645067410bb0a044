"""`explain`: a requirement with its source and its deciders, a finding with its exchanges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance import cli
from conformance.explanation import NEEDS, decided_by, mutants, stated
from conformance.requirements import register

ROW = "changesets/parent-exists"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What `explain` says."""
    assert cli.main(["explain", *arguments]) == 0
    return capsys.readouterr().out


def test_a_requirement_is_told_from_source_to_command(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "Changesets/parent-exists").splitlines()
    assert lines[:2] == [f"{ROW}  MUST", f"  {register()[ROW].says}"]
    text = "\n".join(lines)
    for said in (
        "[D] the developer portal",
        "docs/reference/changesets.md#create-imodel-changeset",
        "409 | NewerChangesExist | parentId is not the latest changeset | [D]",
        "story  scenarios.test_timeline.test_only_the_latest_may_be_a_parent",
        f"mutants     {ROW}",
        f"run         imodels-conformance run --requirement {ROW}\n",
        f"imodels-conformance run --requirement {ROW} --fault {ROW}",
    ):
        assert said in text


def test_what_a_check_decides_names_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert "check  conformance.checks.errors.envelope" in told(capsys, "errors/envelope")


def test_a_fault_category_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "wfc         113 HTTP_NONWORKING_DELETE\n" in told(capsys, "imodels/delete-removes")
    assert "wfc" not in told(capsys, ROW)


def test_what_a_row_needs_is_said_as_one_gives_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert "second: IMODELS_TOKEN_SECOND" in told(capsys, "favorites/own-to-each-user")


@pytest.mark.parametrize("name", list(register()))
def test_every_row_has_words_a_decider_and_a_mutant(name: str) -> None:
    row = register()[name]
    assert stated(row)
    assert all(name in statement.rows for statement in stated(row))
    assert decided_by(name)
    assert mutants(name) or row.level != "MUST"
    assert set(row.needs) <= NEEDS.keys()


def test_the_words_under_its_own_clause_come_first() -> None:
    row = register()["imodels/unknown-id"]
    assert stated(row)[0].page == row.clause.partition("#")[0]


def test_a_finding_is_told_with_its_requirement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "--requirement", ROW, "--fault", ROW, "--reports", str(tmp_path)]) == 1
    (finding,) = json.loads((tmp_path / "findings.json").read_text())["findings"]
    capsys.readouterr()
    text = told(capsys, finding["fingerprint"], "--reports", str(tmp_path))
    for said in (
        f"finding {finding['fingerprint']}  broken, new, on create-imodel-changeset",
        "→ 201",
        "curl -sS",
        f"imodels-conformance replay {finding['fingerprint']} --reports {tmp_path}",
        f"{ROW}  MUST",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("changesets/parent-exist",), "did you mean changesets/parent-exists"),
        (("0123456789ab", "--reports", "nowhere"), "no reports in nowhere: No such file"),
        (("0123456789ab",), "no reports in reports/latest"),
        (
            ("0123456789ab", "--reports", "here"),
            "has no finding 0123456789ab; it has 0 others",
        ),
        (("0123456789ab", "--reports", "odd"), "is not the report of a run"),
        (("0123456789ab", "--reports", "text"), "is not the report of a run"),
    ],
)
def test_wrong_use_is_exit_2_and_one_line(
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, text in (("here", '{"findings": []}'), ("odd", "[]"), ("text", "-")):
        Path(folder).mkdir()
        Path(folder, "findings.json").write_text(text)
    assert cli.main(["explain", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1
