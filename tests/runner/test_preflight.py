"""The first look at a target, at a stub that answers anything, and the exit code that follows."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.exchange import Answer
from conformance.runner import preflight
from conformance.runner.options import Options
from conformance.runner.run import Run

ITWIN = "4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012"
TOKEN = "canary-55e1b7"
LIST = {"iModels": [], "_links": {"self": {"href": "x"}, "prev": None, "next": None}}


@dataclass
class Reply:
    """An answer of the stub."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})


def error(status: int, code: str, **headers: str) -> Reply:
    """A refusal as the API writes it."""
    body = json.dumps({"error": {"code": code, "message": f"you sent {TOKEN}"}}).encode()
    return Reply(status, body, {"content-type": "application/json", **headers})


Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a stub that gives these replies in turn, the last one for ever; returns its base URL."""
    servers: list[ThreadingHTTPServer] = []

    def start(*replies: Reply) -> str:
        left = list(replies)

        class Stub(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                reply = left.pop(0) if len(left) > 1 else left[0]
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, format: str, *args: Any) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/imodels"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@dataclass
class Judged:
    """What a run said and left."""

    exit: int
    errors: str
    folder: Path

    @property
    def verdict(self) -> dict[str, Any]:
        """verdict.json."""
        read: dict[str, Any] = json.loads((self.folder / "verdict.json").read_text("utf-8"))
        return read

    def broken(self) -> set[str]:
        """Names of broken rows."""
        return {row["name"] for row in self.verdict["rows"] if row["state"] == "broken"}


@pytest.fixture
def judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], Judged]:
    """Judge a target with the command line."""
    monkeypatch.setenv("IMODELS_TOKEN", TOKEN)
    monkeypatch.setattr(preflight, "PAUSE", 0.01)

    def run(url: str) -> Judged:
        folder = tmp_path / "reports"
        code = cli.main(["run", "--target", url, "--itwin", ITWIN, "--reports", str(folder)])
        told = capsys.readouterr()
        assert TOKEN not in told.out + told.err
        return Judged(code, told.err, folder)

    return run


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (error(401, "Unauthorized"), "token refused: 401 Unauthorized; set IMODELS_TOKEN"),
        (error(403, "InsufficientPermissions"), "token refused: 403 InsufficientPermissions"),
        (error(404, "iTwinNotFound"), f"unknown iTwin: the target knows no iTwin {ITWIN}"),
        (error(404, "ResourceNotFound"), "not this API: "),
        (error(404, "\ud800\x1b[31m\n"), "not this API: "),
        (Reply(404, b"<html>no such page</html>", {"content-type": "text/html"}), "not this API: "),
        (Reply(301, b"", {"location": "https://elsewhere.example"}), "not this API: "),
    ],
)
def test_what_is_in_the_way_is_one_line(
    serve: Serve, judge: Callable[[str], Judged], reply: Reply, said: str
) -> None:
    judged = judge(serve(reply))
    assert judged.exit == 3
    assert judged.errors.startswith(f"imodels-conformance: inconclusive: {said}")
    assert len(judged.errors.splitlines()) == 1
    assert "\x1b" not in judged.errors
    assert judged.verdict["exit"] == 3
    assert judged.broken() == set()
    assert (judged.folder / "report.html").is_file()


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_nobody_there_is_a_target_down(judge: Callable[[str], Judged], host: str) -> None:
    judged = judge(f"http://{host}:{free_port()}/imodels")
    assert judged.exit == 3
    assert judged.errors.startswith("imodels-conformance: inconclusive: target down: GET /imodels: ")
    assert len(judged.errors.splitlines()) == 1


def test_plain_http_where_tls_is_asked_for_is_a_target_down(
    serve: Serve, judge: Callable[[str], Judged]
) -> None:
    judged = judge(serve(Reply(200)).replace("http:", "https:"))
    assert (judged.exit, "target down" in judged.errors) == (3, True)


@pytest.mark.parametrize(
    ("reply", "row"),
    [
        (error(500, "Unknown"), "answers/no-server-error"),
        (Reply(503, b"<html>", {"content-type": "text/html"}), "answers/no-server-error"),
        (Reply(200, b"<html>welcome</html>", {"content-type": "text/html"}), "answers/media-type"),
        (Reply(200, b"[" * 100_000), "answers/body-matches-schema"),
    ],
)
def test_a_service_that_cannot_answer_is_broken(
    serve: Serve, judge: Callable[[str], Judged], reply: Reply, row: str
) -> None:
    judged = judge(serve(reply))
    assert judged.exit == 1
    assert row in judged.broken()
    assert (judged.folder / "report.html").is_file()
    assert judged.verdict["stopped"].startswith("stopped at the first request")
    assert judged.verdict["tests"] == {}


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        ("Mon, 05 Jan 2026 10:00:00 GMT", 0.0),
        ("Mon, 05 Jan 2026 10:00:59 GMT", 0.0),
        ("Mon, 05 Jan 2026 09:00:00 GMT", 3600.0),
        ("Mon, 05 Jan 2026 11:00:00 GMT", -3600.0),
        ("yesterday", 0.0),
        ("", 0.0),
    ],
)
def test_another_clock_is_seen(date: str, ahead: float) -> None:
    now = datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert preflight.skew(Answer(200, {"date": date}), now) == ahead


def test_another_clock_is_told(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMODELS_TOKEN", TOKEN)
    monkeypatch.setattr(preflight, "TOLERATED", -1.0)
    run = Run(
        Options(target=serve(error(401, "Unauthorized")), itwins=(ITWIN,), reports=str(tmp_path / "reports"))
    )
    preflight.preflight(run)
    assert "s off the target's" in run.remarks[0]
    run.finish()


@pytest.mark.parametrize(
    ("media_type", "body", "version"),
    [
        ("application/json", b'{"iModels": []}', ""),
        ("application/vnd.bentley.itwin-platform.v2+json; charset=utf-8", b"{}", ""),
        ("application/vnd.bentley.itwin-platform.v3+json", b"{}", "3"),
        ("application/vnd.Bentley.iTwin-platform.v1+json", b"{}", "1"),
        ("application/json", b'{"error": {"details": [{"target": "projectId"}]}}', "1"),
        ("application/json", b'{"iModels": [{"iTwinId": "x", "projectId": "y"}]}', ""),
    ],
)
def test_another_version_is_seen(media_type: str, body: bytes, version: str) -> None:
    assert preflight.other_version(Answer(200, {"content-type": media_type}, body)) == version


def test_another_version_is_told(serve: Serve, judge: Callable[[str], Judged]) -> None:
    refusal = {
        "error": {"code": "InvalidiModelsRequest", "message": "", "details": [{"target": "projectId"}]}
    }
    judged = judge(serve(Reply(422, json.dumps(refusal).encode())))
    assert "version 1 of this API: http" in judged.errors
    assert judged.verdict["run"]["remarks"] == [
        "the target answers as version 1 of the API, this suite judges version 2"
    ]


def test_a_hiccup_is_waited_out(serve: Serve, judge: Callable[[str], Judged]) -> None:
    limit = error(429, "TooManyRequests", **{"retry-after": "0"})
    judged = judge(serve(Reply(503), limit, error(401, "Unauthorized")))
    assert "token refused" in judged.errors
    assert judged.broken() == set()
