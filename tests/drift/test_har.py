"""Archives as other tools write them: what they leave out, pack, or add is no drift."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.drift import traffic
from tests.drift.test_observe import BASE, DOCUMENT, ID, RIGHT

TEXT = json.dumps(RIGHT)
PACKED = base64.b64encode(TEXT.encode()).decode()
SENT: dict[str, Any] = {
    "method": "PATCH",
    "url": f"{BASE}/{ID}?mode=fast",
    "headers": [{"name": "Content-Type", "value": "application/json"}],
    "postData": {"mimeType": "application/json", "text": '{"name": "x"}'},
}
CAME: dict[str, Any] = {
    "status": 200,
    "headers": [
        {"name": "content-type", "value": "application/json"},
        {"name": "etag-like", "value": "1"},
    ],
    "content": {"size": len(TEXT), "mimeType": "application/json", "text": TEXT},
}


def _headers(part: dict[str, Any], **more: str) -> dict[str, Any]:
    added = [{"name": name.replace("_", "-"), "value": value} for name, value in more.items()]
    return {**part, "headers": [*part["headers"], *added]}


def _entry(request: dict[str, Any] = SENT, response: dict[str, Any] = CAME, **more: Any) -> dict[str, Any]:
    return {"time": 3.5, "request": request, "response": response, **more}


PSEUDO = {"name": ":authority", "value": "api.bentley.com"}
ASKING = {
    "method": "OPTIONS",
    "url": SENT["url"],
    "headers": [{"name": "Access-Control-Request-Method", "value": "PATCH"}],
}
AS_WRITTEN: dict[str, dict[str, Any]] = {
    "plain": _entry(),
    "first line of HTTP/2 among the headers (Chrome)": _entry(
        {**SENT, "headers": [PSEUDO, *SENT["headers"]]}
    ),
    "body in base64 (Chrome, mitmproxy)": _entry(
        response={**CAME, "content": {"size": 1, "encoding": "base64", "text": PACKED}}
    ),
    "body sent in base64": _entry(
        {**SENT, "postData": {"encoding": "base64", "text": base64.b64encode(b'{"name": "x"}').decode()}}
    ),
    "body let go (Chrome)": _entry(response={**CAME, "content": {"size": 0}, "bodySize": 99}),
    "body let go, its length in a header": _entry(
        response=_headers({**CAME, "content": {"size": 0}}, Content_Length="99")
    ),
    "size not known": _entry(response={**CAME, "content": {"size": -1}}),
    "no bodies at all": _entry(
        {**{k: v for k, v in SENT.items() if k != "postData"}, "bodySize": 13},
        {k: v for k, v in CAME.items() if k != "content"},
    ),
    "packed on the way, told unpacked": _entry(
        response=_headers(CAME, Content_Encoding="br", Content_Length="7")
    ),
    "times and sizes not known": _entry(time=None, timings={}, cache={}),
    "status as text": _entry(response={**CAME, "status": "200"}),
    "no answer": _entry(response={"status": 0, "headers": [], "content": {}}),
    "another protocol": _entry(response={**CAME, "status": 101}),
    "a browser asking for leave": _entry(ASKING, {"status": 204, "headers": [], "content": {"size": 0}}),
    "bytes that are no text (mitmproxy)": _entry(
        {**SENT, "url": "https://storage.example/x", "postData": {"text": "\udc89PNG\ud800"}}
    ),
}


def _har(tmp_path: Path, *entries: Any) -> list[str]:
    (tmp_path / "document.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    (tmp_path / "a.har").write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8-sig")
    contract = ["--contract", str(tmp_path / "document.json"), "--no-unseen", "--fail-on", "any"]
    return ["drift", "har", str(tmp_path / "a.har"), *contract]


@pytest.mark.parametrize("entry", AS_WRITTEN.values(), ids=AS_WRITTEN)
def test_how_it_is_written_is_no_drift(
    entry: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(_har(tmp_path, AS_WRITTEN["plain"], entry)) == 0, capsys.readouterr()


def test_what_is_in_a_body_in_base64_is_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = base64.b64encode(json.dumps(RIGHT | {"state": None}).encode()).decode()
    entry = _entry(response={**CAME, "content": {"encoding": "base64", "text": wrong}})

    assert cli.main(_har(tmp_path, entry)) == 1
    assert "response-null-undocumented" in capsys.readouterr().out


def test_what_a_generator_of_the_suite_made_up_is_left_out(tmp_path: Path) -> None:
    besides = _headers(SENT, X_Made_Up="1")

    assert cli.main(_har(tmp_path, _entry(besides))) == 1
    assert cli.main(_har(tmp_path, _entry(besides, comment="#1 x as main in conformance/test_x.py"))) == 0


def test_a_body_that_is_told_to_be_empty_is_absent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = _entry(response={**CAME, "content": {"size": 0, "text": ""}, "bodySize": 0})

    assert cli.main(_har(tmp_path, entry)) == 1
    assert "response-body-absent" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"log": {"entries": 3}}',
        b'{"log": {"entries": [{"request": {}}]}}',
        b"[" * 200_000,
        b"\xff\xfe",
    ],
    ids=["empty", "list", "number", "no method", "deep", "no text"],
)
@pytest.mark.parametrize("command", ["har", "observe"])
def test_what_is_no_archive(
    command: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b.har").write_bytes(content)

    assert cli.main(["drift", command, str(tmp_path / "b.har")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", 3),
        (gzip.compress(b""), 3),
        (gzip.compress(b"[]\n"), 2),
        (gzip.compress(b"{}\n"), 2),
        (gzip.compress(b"x" * 999)[:-40] + b"x" * 40, 2),
        (b"no gzip", 2),
    ],
    ids=["empty", "nothing", "list", "no exchange", "bent", "other"],
)
def test_what_is_no_recording(
    content: bytes, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "exchanges.jsonl.gz").write_bytes(content)

    assert cli.main(["drift", "observe", str(tmp_path)]) == code
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_archive_that_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(traffic, "LARGEST", 1)

    assert cli.main(_har(tmp_path, _entry())) == 2
    assert "cut it into several" in capsys.readouterr().err
