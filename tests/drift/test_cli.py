"""The command `drift spec`: what it prints, what it accepts, how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest
import yaml

from conformance import cli
from conformance.drift.output import FORMATS

PATH = "/{iModelId}/namedversions"


@pytest.fixture
def pair(tmp_path: Path, root: Path) -> tuple[str, str]:
    """The published document, and a copy with an operation less and a member more."""
    old = root / "spec/published.openapi.yaml"
    changed: dict[str, Any] = yaml.safe_load(old.read_text("utf-8"))
    del changed["paths"][PATH]["get"]
    changed["components"]["schemas"]["Changeset"]["properties"]["size"] = {"type": "integer"}
    new = tmp_path / "new.yaml"
    new.write_text(yaml.safe_dump(changed), encoding="utf-8")
    return str(old), str(new)


def test_the_table(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drift", "spec", *pair]) == 1
    lines = capsys.readouterr().out.splitlines()
    removed = "breaking  GET /{}/namedversions  operation-removed  GET /{}/namedversions →"
    added = "info      GET /{}/changesets/{}  response-property-added  200 application/json /size  → size"
    assert lines[0] == f"{removed}  (for providers: info)"
    assert f"{added}  (for providers: warning; answers/body-matches-schema)" in lines
    assert lines[-1] == "3 differences: 1 breaking, 0 warning, 2 info"


def test_no_drift(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drift", "spec", pair[0], pair[0], "--fail-on", "any"]) == 0
    assert capsys.readouterr().out == "no drift\n"


@pytest.mark.parametrize(
    ("fail_on", "forth", "back"), [("breaking", 1, 0), ("warning", 1, 1), ("any", 1, 1), ("never", 0, 0)]
)
def test_what_is_asked_for_decides_the_exit_code(
    fail_on: str, forth: int, back: int, pair: tuple[str, str]
) -> None:
    old, new = pair
    assert cli.main(["drift", "spec", old, new, "--fail-on", fail_on]) == forth
    assert cli.main(["drift", "spec", new, old, "--fail-on", fail_on]) == back


def test_json_is_as_its_schema_says(pair: tuple[str, str], root: Path, tmp_path: Path) -> None:
    out = tmp_path / "drift.json"
    assert cli.main(["drift", "spec", *pair, "--format", "json", "--output", str(out)]) == 1
    told = json.loads(out.read_text("utf-8"))
    schema = json.loads((root / "conformance/drift/drift.schema.json").read_text("utf-8"))
    assert not list(jsonschema_rs.Draft202012Validator(schema).iter_errors(told))
    assert told["counts"] == {"breaking": 1, "warning": 0, "info": 2}
    first = told["differences"][0]
    assert (first["rule"], first["provider_level"], first["direction"]) == (
        "operation-removed",
        "info",
        "operation",
    )


def test_sarif_and_junit(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drift", "spec", *pair, "--format", "sarif"]) == 1
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert [one["level"] for one in results] == ["error", "note", "note"]
    assert cli.main(["drift", "spec", *pair, "--format", "junit"]) == 1
    suite = ElementTree.fromstring(capsys.readouterr().out)
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")


def test_markdown(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drift", "spec", *pair, "--format", "markdown"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "**3 differences: 1 breaking, 0 warning, 2 info**"
    assert len({line.count("|") for line in lines[2:]}) == 1


def test_a_waiver_takes_a_difference_out_of_the_verdict(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text("- {name: operation-removed, operation: GET *, reason: planned, expiry: 2999-01-01}\n")
    assert cli.main(["drift", "spec", *pair, "--waivers", str(file)]) == 0
    assert "; waived: planned)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("waiver", "said"),
    [
        ("- {name: operation-added, reason: x, expiry: 2999-01-01}", "waiver 1 meets nothing any more"),
        ("- {name: operation-removed, reason: x, expiry: 2001-01-01}", "waiver 1 expired on 2001-01-01"),
        ("- {name: no-such, reason: x, expiry: 2999-01-01}", "unknown rule 'no-such'"),
        ("- {name: operation-removed, expiry: 2999-01-01}", "name, reason and expiry are needed"),
        ("- {name: operation-removed, reason: x, expiry: soon}", "expiry is no day"),
        ("rule: x", "not a list of waivers"),
        ("- [", "not YAML"),
    ],
)
def test_a_wrong_waiver_is_exit_2(
    waiver: str, said: str, pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text(waiver)
    assert cli.main(["drift", "spec", *pair, "--waivers", str(file)]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert (told.out, len(told.err.splitlines())) == ("", 1)


def test_the_second_day_tells_what_is_new(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = str(tmp_path / "history.json")
    cli.main(["drift", "spec", pair[0], pair[0], "--history", history])
    cli.main(["drift", "spec", *pair, "--history", history])
    assert "known" not in capsys.readouterr().out
    cli.main(["drift", "spec", *pair, "--history", history])
    told = capsys.readouterr()
    assert told.out.splitlines()[-1].endswith("info, 0 of them new")
    assert told.err == "since last time: 0 new, 3 known, 0 gone\n"
    cli.main(["drift", "spec", pair[0], pair[0], "--history", history])
    first, *gone = capsys.readouterr().err.splitlines()
    assert first == "since last time: 0 new, 0 known, 3 gone"
    assert "gone: GET /{}/namedversions  operation-removed" in gone


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.yaml", "nowhere.yaml"), "nowhere.yaml: No such file"),
        (("OLD", "broken.yaml"), "broken.yaml: not"),
        (("OLD", "OLD", "--format", "html"), "'html' is not one of"),
        (("OLD", "OLD", "--output", "nowhere/out"), "cannot write to nowhere/out"),
        (("OLD", "OLD", "--history", "broken.yaml"), "not a history of drift"),
        (("OLD", "OLD", "--overlay", "broken.yaml"), "broken.yaml: not"),
        (("OLD",), "Missing argument"),
    ],
)
def test_wrong_use_is_exit_2_and_one_line(
    arguments: tuple[str, ...],
    said: str,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.yaml").write_text("- [")
    old = str(root / "spec/published.openapi.yaml")
    assert cli.main(["drift", "spec", *(old if word == "OLD" else word for word in arguments)]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_the_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drift", "rules"]) == 0
    assert "request-enum-value-removed" in capsys.readouterr().out
    assert cli.main(["drift", "rules", "--json"]) == 0
    assert {"name", "direction", "level", "why", "opposite"} == set(json.loads(capsys.readouterr().out)[0])


def test_every_form_of_output_is_for_nothing_too() -> None:
    assert all(form([]) for form in FORMATS.values())


def test_allure_results_show_what_fails(pair: tuple[str, str], tmp_path: Path) -> None:
    assert cli.main(["drift", "spec", *pair, "--allure", str(tmp_path / "results")]) == 1
    told = [json.loads(file.read_text("utf-8")) for file in (tmp_path / "results").glob("*-result.json")]
    assert sorted((one["name"].split()[0], one["status"]) for one in told) == [
        ("operation-removed", "failed"),
        ("response-property-added", "skipped"),
        ("response-property-added", "skipped"),
    ]
    assert len({one["historyId"] for one in told}) == 3


def test_allure_results_of_no_drift(pair: tuple[str, str], tmp_path: Path) -> None:
    assert cli.main(["drift", "spec", pair[0], pair[0], "--allure", str(tmp_path)]) == 0
    (told,) = [json.loads(file.read_text("utf-8")) for file in tmp_path.glob("*-result.json")]
    assert (told["name"], told["status"]) == ("no drift", "passed")


def test_allure_results_that_cannot_be_written(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert cli.main(["drift", "spec", *pair, "--allure", str(tmp_path / "file")]) == 2
    assert "cannot write to" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("keys", "part", "where"),
    [
        (("servers",), 3, "servers, paths or components"),
        (("components", "securitySchemes"), "x", "servers, paths or components"),
        (("paths", "/", "get", "responses", "200", "content"), [1], "GET /"),
        (("components", "schemas", "IModel", "type"), 3, "GET /"),
        (("components", "schemas", "IModel", "properties"), "x", "GET /"),
    ],
)
def test_a_document_that_is_none_inside_is_exit_2_and_one_line(
    keys: tuple[str, ...],
    part: Any,
    where: str,
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    old = root / "spec/published.openapi.yaml"
    read: dict[str, Any] = yaml.safe_load(old.read_text("utf-8"))
    holder: Any = read
    for key in keys[:-1]:
        holder = holder[key]
    holder[keys[-1]] = part
    new = tmp_path / "new.yaml"
    new.write_text(yaml.safe_dump(read), encoding="utf-8")

    assert cli.main(["drift", "spec", str(old), str(new)]) == 2
    told = capsys.readouterr()
    assert f"{where}: not as OpenAPI has it: " in told.err
    assert (told.out, len(told.err.splitlines())) == ("", 1)
