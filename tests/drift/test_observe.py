"""A document and what was seen: each kind of difference is told, and what is as described is not."""

from __future__ import annotations

import copy
import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.document import given
from conformance.drift.observe import Observer, rows
from conformance.drift.rows import Row
from conformance.drift.traffic import Seen
from conformance.exchange import Answer, Request

BASE = "https://api.bentley.com/imodels"
ID = "7c1e0d52-8f3b-4a96-b1d4-5e60c7a9f213"
ITEM = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "state": {"type": "string", "enum": ["on", "off"]},
        "size": {"type": "integer", "maximum": 9},
        "note": {"type": ["string", "null"]},
        "kind": {
            "oneOf": [{"type": "string"}, {"type": "object", "properties": {"name": {"type": "string"}}}]
        },
    },
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "x", "version": "1"},
    "servers": [{"url": BASE}],
    "paths": {
        "/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "patch": {
                "parameters": [
                    {"name": "mode", "in": "query", "required": True, "schema": {"enum": ["fast", "slow"]}}
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}},
                },
                "responses": {
                    "200": {
                        "description": "Done",
                        "headers": {"ETag-Like": {"required": True, "schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}},
                    },
                    "404": {
                        "description": "Gone",
                        "x-errors": [{"code": "iModelNotFound"}],
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                },
            },
            "delete": {"responses": {"204": {"description": "Gone"}}},
        }
    },
    "components": {
        "schemas": {
            "Item": ITEM,
            "Change": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string", "maxLength": 5}},
            },
        }
    },
}
RIGHT: dict[str, Any] = {"id": ID, "state": "on", "size": 1, "note": None, "kind": {"name": "x"}}


def _seen(
    body: Any = RIGHT,
    status: int = 200,
    *,
    sent: Any = None,
    query: str = "?mode=fast",
    headers: dict[str, str] | None = None,
    method: str = "PATCH",
    **request_headers: str,
) -> Seen:
    tagged = {"etag-like": "1"} if status == 200 else {}
    answered = {"content-type": "application/json", "date": "now"} | tagged | (headers or {})
    return Seen(
        "#1",
        Request(
            method,
            f"{BASE}/{ID}{query}",
            {"accept": "x", **{name.replace("_", "-"): value for name, value in request_headers.items()}},
            json.dumps({"name": "x"} if sent is None else sent).encode() if sent != "" else b"",
        ),
        Answer(status, answered, b"" if body == "" else json.dumps(body).encode()),
    )


def _told(*seen: Seen, document: Any = DOCUMENT, unseen: bool = False) -> list[Row]:
    observer = Observer(document)
    observer.take(seen)
    return rows(observer, unseen=unseen)


def _with(**members: Any) -> Seen:
    return _seen(RIGHT | members)


def test_what_is_as_described_is_no_drift() -> None:
    refused = _seen({"error": {"code": "iModelNotFound"}}, 404, sent={}, query="?what=1")

    assert _told(_seen(), refused, _seen("", 204, method="DELETE", query="", sent="")) == []


PICTURE = replace(_seen(headers={"content-type": "image/jpeg"}), answer_whole=False)
"""Its bytes are not kept."""


@pytest.mark.parametrize(
    ("seen", "rule", "place", "new"),
    [
        (_with(more=1), "response-member-undocumented", "200 application/json /more", ""),
        (_seen({"state": "on"}), "response-member-absent", "200 application/json /id", ""),
        (_with(state="half"), "response-value-undocumented", "200 application/json /state", "half"),
        (_with(state=None), "response-null-undocumented", "200 application/json /state", ""),
        (_with(size="1"), "response-type-wrong", "200 application/json /size", "type"),
        (_with(size=10), "response-limit-wrong", "200 application/json /size", "maximum"),
        (_with(id="x"), "response-form-wrong", "200 application/json /id", "format"),
        (_with(kind={"name": 1}), "response-type-wrong", "200 application/json /kind/name", "type"),
        (_seen({"item": RIGHT}), "response-body-wrapped", "200 application/json /item", ""),
        (_seen(""), "response-body-absent", "200", ""),
        (_seen(status=202), "response-success-status-undocumented", "202", "202"),
        (_seen({}, 409), "response-error-status-undocumented", "409", "409"),
        (_seen({"error": {"code": "New"}}, 404), "response-code-undocumented", "404", "New"),
        (_seen(headers={"x-new": "1"}), "response-header-undocumented", "200 header x-new", ""),
        (
            _seen(headers={"content-type": "application/xml"}),
            "response-media-type-undocumented",
            "200",
            "application/xml",
        ),
        (_seen(query="?mode=fast&extra=1"), "request-parameter-undocumented", "query extra", ""),
        (_seen(prefer="x"), "request-parameter-undocumented", "header prefer", ""),
        (_seen(query=""), "request-requirement-waived", "query mode", "mode"),
        (_seen(query="?mode=idle"), "request-value-undocumented", "query mode", "idle"),
        (_seen(sent=""), "request-requirement-waived", "body", "body"),
        (_seen(sent={}), "request-requirement-waived", "body application/json /name", ""),
        (_seen(sent={"name": "x", "b": 1}), "request-member-undocumented", "body application/json /b", ""),
        (_seen(sent={"name": None}), "request-null-undocumented", "body application/json /name", ""),
        (_seen(sent={"name": "toolong"}), "request-limit-wrong", "body application/json /name", "maxLength"),
        (_seen(content_type="text/plain"), "request-media-type-undocumented", "body", "text/plain"),
        (
            replace(_seen(headers={"content-type": "image/jpeg"}), answer_whole=False),
            "response-media-type-undocumented",
            "200",
            "image/jpeg",
        ),
        (_seen("", 204, method="DELETE", query="", sent={"a": 1}), "request-body-undocumented", "body", ""),
        (
            _seen({}, 204, method="DELETE", query="", sent=""),
            "response-body-undocumented",
            "204",
            "application/json",
        ),
        (_seen(method="GET", query="", sent=""), "operation-undocumented", "", ""),
    ],
    ids=lambda value: value if isinstance(value, str) and "-" in value else "",
)
def test_each_difference_is_told(seen: Seen, rule: str, place: str, new: str) -> None:
    told = _told(seen)

    assert [(row.rule, row.place, row.new) for row in told if not _implied(rule, row)] == [(rule, place, new)]


def _implied(rule: str, row: Row) -> bool:
    """A wrapped body lacks what is required of it."""
    return rule == "response-body-wrapped" and row.rule == "response-member-absent"


def test_a_header_that_must_be_there() -> None:
    bare = _seen()
    del bare.answer.headers["etag-like"]  # type: ignore[attr-defined]

    assert [row.rule for row in _told(bare)] == ["response-header-absent"]


def test_what_was_refused_says_nothing_of_what_may_be_asked() -> None:
    refused = {"error": {"code": "iModelNotFound"}}

    assert _told(_seen(refused, 404, sent={"other": 1}, query="?extra=1")) == []


def test_the_forms_of_a_request_that_never_came() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["paths"]["/{id}"]["patch"]["requestBody"]["content"] |= {"image/*": {}, "text/csv": {}}
    told = _told(_seen(), _seen(content_type="image/png"), document=document, unseen=True)

    assert [(row.rule, row.place) for row in told if "media-type" in row.rule] == [
        ("request-media-type-unseen", "body text/csv")
    ]


def test_counts_example_and_confidence() -> None:
    row = _told(*[_with(more=1)] * 5, _seen())[0]

    assert (row.seen, row.looked, row.confidence, row.example) == (5, 6, "certain", "#1")
    assert _told(_with(more=1))[0].confidence == "medium"


def test_what_never_came_is_told_with_its_chances() -> None:
    told = {(row.rule, row.place, row.old): row for row in _told(*[_seen()] * 7, unseen=True)}

    assert told["response-value-unseen", "200 application/json /state", '"off"'].looked == 7
    assert told["response-status-unseen", "404", ""].confidence == "medium"
    assert ("operation-unseen", "", "") in told
    assert ("response-member-unseen", "200 application/json /size", "") not in told
    met = _told(*[_with(state="off")] * 7, unseen=True)
    assert not [row for row in met if row.old == '"off"']


def test_a_document_that_lacks_a_literal_path(root: Path) -> None:
    """`/favorites` is none of the iModels that the published document knows."""
    document = given(root / "spec/published.openapi.yaml", (), {})
    seen = Seen("#1", Request("GET", f"{BASE}/favorites"), Answer(200, {}, b"{}"))
    told = _told(seen, document=document)

    assert [(row.rule, row.operation) for row in told] == [("operation-undocumented", "GET /favorites")]


def _archive(file: Path, seen: list[Seen]) -> None:
    entries = [
        {
            "time": 3,
            "request": {
                "method": one.request.method,
                "url": one.request.url,
                "headers": [{"name": n.title(), "value": v} for n, v in one.request.headers.items()],
                "postData": {"text": one.request.body.decode()},
            },
            "response": {
                "status": one.answer.status,
                "headers": [{"name": n.title(), "value": v} for n, v in one.answer.headers.items()],
                "content": {"size": len(one.answer.body), "text": one.answer.body.decode()},
            },
        }
        for one in seen
    ]
    file.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")


@pytest.fixture
def described(tmp_path: Path) -> list[str]:
    """The options that name the document of these tests."""
    file = tmp_path / "document.json"
    file.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return ["--contract", str(file), "--no-unseen"]


def test_an_archive(tmp_path: Path, described: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    _archive(tmp_path / "a.har", [_seen(), _with(state=None)])
    assert cli.main(["drift", "har", str(tmp_path / "a.har"), *described]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("breaking  PATCH /{}  response-null-undocumented  200 application/json /state")
    marks = "for providers: breaking; seen 1 of 2; medium; answers/body-matches-schema; first in entry 2"
    assert lines[0].endswith(f"  ({marks})")


def test_what_an_archive_did_not_keep_is_no_drift(tmp_path: Path, described: list[str]) -> None:
    _archive(tmp_path / "a.har", [_seen()])
    kept = json.loads((tmp_path / "a.har").read_text("utf-8"))
    kept["log"]["entries"][0]["response"]["content"] = {"size": 99}
    (tmp_path / "a.har").write_text(json.dumps(kept), encoding="utf-8")
    assert cli.main(["drift", "har", str(tmp_path / "a.har"), *described, "--fail-on", "any"]) == 0


@pytest.mark.parametrize(
    ("command", "file", "code", "said"),
    [
        ("har", "nowhere.har", 2, "nowhere.har: No such file"),
        ("har", "broken", 2, "broken: not an HTTP archive"),
        ("observe", "nowhere", 2, "No such file"),
        ("observe", "broken", 2, "broken: not the recording of a run"),
        ("har", "elsewhere.har", 3, "no exchange below /imodels"),
    ],
)
def test_what_cannot_be_read(
    command: str,
    file: str,
    code: int,
    said: str,
    tmp_path: Path,
    described: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "broken").write_text("no")
    other = copy.copy(_seen())
    object.__setattr__(other, "request", Request("GET", "https://elsewhere.example/"))
    _archive(tmp_path / "elsewhere.har", [other])
    assert cli.main(["drift", command, str(tmp_path / file), *described]) == code
    told = capsys.readouterr()
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_a_recording_of_a_run(
    tmp_path: Path, described: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {
            "number": number,
            "test": test,
            "request": {"method": "PATCH", "url": f"{BASE}/{ID}?mode=fast", "headers": {}, "body": sent},
            "answer": {
                "status": 200,
                "headers": {"content-type": "application/json", "etag-like": "1"},
                "body": json.dumps(RIGHT),
                "elapsed": 0.1,
            },
        }
        for number, test, sent in (
            (1, "scenarios/test_x.py::test_y", '{"name": "x", "own": 1}'),
            # What a generator thinks of says nothing of what callers are told.
            (2, "conformance/test_operations.py::test_z", '{"name": "x", "junk": 1}'),
        )
    ]
    with gzip.open(tmp_path / "exchanges.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    assert cli.main(["drift", "observe", str(tmp_path), *described, "--fail-on", "any"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[3] for line in told[:-2]] == ["request-member-undocumented"]
    assert "/own" in told[0]
