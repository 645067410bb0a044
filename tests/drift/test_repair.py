"""The overlay: applied, it leaves no drift; what it writes is valid and no larger than it must be."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from conformance import cli
from conformance.drift.repair import repaired
from conformance.drift.traffic import Seen
from tests.drift.test_observe import DOCUMENT, RIGHT, _archive, _seen, _with

CASES = {
    "member": [_with(more={"a": 1}), _with(more={"a": None})],
    "absent member": [_seen({"state": "on"})],
    "value": [_with(state="half")],
    "null": [_with(state=None), _with(kind=None)],
    "type": [_with(size="1")],
    "limit": [_with(size=10)],
    "form": [_with(id="x")],
    "wrapper": [_seen({"item": RIGHT})],
    "no body": [_seen("")],
    "success": [_seen(status=202)],
    "refusal": [_seen({}, 409), _seen("", 410)],
    "code": [_seen({"error": {"code": "New"}}, 404)],
    "header": [_seen(headers={"x-new": "1"})],
    "media type": [_seen(headers={"content-type": "application/xml"})],
    "parameter": [_seen(query="?mode=fast&extra=1"), _seen(prefer="x")],
    "waived parameter": [_seen(query="")],
    "value of a parameter": [_seen(query="?mode=idle")],
    "waived body": [_seen(sent="")],
    "waived member": [_seen(sent={})],
    "member of a request": [_seen(sent={"name": "x", "b": 1})],
    "null of a request": [_seen(sent={"name": None})],
    "limit of a request": [_seen(sent={"name": "toolong"})],
    "media type of a request": [_seen(content_type="text/plain")],
    "body of a request": [_seen("", 204, method="DELETE", query="", sent={"a": 1})],
    "body of an answer": [_seen({"a": [1, 2.5]}, 204, method="DELETE", query="", sent="")],
    "operation": [_seen(method="GET", query="", sent="")],
    "many at once": [_with(more=1, state="half", size=None), _seen({"x": 1}, 403), _seen(query="?a=1")],
}


def _left(document: dict[str, Any], seen: list[Seen]) -> Any:
    done = repaired(document, seen, None, "x")
    validate(done.document)
    return list(done.left)


@pytest.mark.parametrize("seen", CASES.values(), ids=CASES)
def test_no_drift_is_left(seen: list[Seen]) -> None:
    done = repaired(DOCUMENT, seen, None, "x")

    assert list(done.left) == []
    assert done.overlay["actions"]
    validate(done.document)


@pytest.mark.parametrize("seen", CASES.values(), ids=CASES)
def test_no_drift_is_left_in_3_0(seen: list[Seen]) -> None:
    document = json.loads(json.dumps(DOCUMENT))
    document["openapi"] = "3.0.3"
    note = document["components"]["schemas"]["Item"]["properties"]["note"]
    note |= {"type": "string", "nullable": True}

    assert _left(document, seen) == []


def test_all_at_once_in_any_order() -> None:
    seen = [one for name, some in CASES.items() if name not in ("wrapper", "no body") for one in some]
    for seed in range(3):
        random.Random(seed).shuffle(seen)
        assert _left(DOCUMENT, seen) == []


@pytest.mark.parametrize(
    "wrong", [{"a": "x", "more": 1}, {"b": 2, "more": 1}, {"b": None}, {"b": "x"}, {"c": 1}]
)
def test_the_form_that_a_value_has_is_repaired(wrong: dict[str, Any]) -> None:
    forms = [
        {"type": "object", "required": [name], "properties": {name: {"type": kind}}}
        for name, kind in (("a", "string"), ("b", "integer"))
    ]
    document = json.loads(json.dumps(DOCUMENT))
    document["components"]["schemas"]["Item"] = {"anyOf": forms}

    assert _left(document, [_seen({"a": "x"}), _seen({"b": 1}), _seen(wrong)]) == []


def test_what_is_shared_is_repaired_where_it_stands() -> None:
    document = json.loads(json.dumps(DOCUMENT))
    schemas = document["components"]["schemas"]
    schemas["State"] = {"type": "string", "enum": ["on", "off"]}
    schemas["Item"]["properties"]["state"] = {"$ref": "#/components/schemas/State"}

    assert _left(document, [_with(state="half")]) == []
    assert _left(document, [_with(state=7), _with(state=None)]) == []


def test_where_there_is_no_drift_there_is_no_action() -> None:
    assert repaired(DOCUMENT, [_seen()], None, "x").overlay["actions"] == []


def test_a_wrapped_body_moves_a_level_down_as_it_is() -> None:
    done = repaired(DOCUMENT, CASES["wrapper"], None, "x")
    answer = done.document["paths"]["/{id}"]["patch"]["responses"]["200"]["content"]["application/json"]

    assert answer["schema"]["properties"] == {"item": {"$ref": "#/components/schemas/Item"}}
    assert len(done.overlay["actions"]) == 2


def test_the_command_writes_overlay_and_document(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    _archive(tmp_path / "a.har", CASES["many at once"])
    overlay, patched = tmp_path / "overlay.yaml", tmp_path / "new.yaml"
    given = ["--contract", str(tmp_path / "old.json"), "--output", str(overlay), "--patch", str(patched)]
    assert cli.main(["drift", "overlay", str(tmp_path / "a.har"), *given]) == 0
    assert yaml.safe_load(overlay.read_text("utf-8"))["overlay"] == "1.0.0"
    again = ["drift", "har", str(tmp_path / "a.har"), "--no-unseen", "--fail-on", "any"]
    assert cli.main([*again, "--contract", str(patched)]) == 0
    assert cli.main([*again, "--contract", str(tmp_path / "old.json"), "--overlay", str(overlay)]) == 0
    assert cli.main([*again, "--contract", str(tmp_path / "old.json")]) == 1


def test_where_there_is_nothing_to_repair_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    _archive(tmp_path / "right.har", [_seen()])
    _archive(tmp_path / "none.har", [])
    given = ["--contract", str(tmp_path / "old.json"), "--output", str(tmp_path / "overlay.yaml")]
    assert cli.main(["drift", "overlay", str(tmp_path / "right.har"), *given]) == 0
    assert capsys.readouterr().err == "no drift: nothing to repair\n"
    assert cli.main(["drift", "overlay", str(tmp_path / "none.har"), *given]) == 3
    assert "nothing could be compared" in capsys.readouterr().err
    assert not (tmp_path / "overlay.yaml").exists()
