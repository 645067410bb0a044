"""What the recording proxy passes on and writes down, request by request."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.drift.proxy import Proxy
from conformance.transport.recording import read_recording

HERE = "http://127.0.0.1:1"
Asks = Callable[[httpx.AsyncClient], Awaitable[Any]]


class Echo(BaseHTTPRequestHandler):
    """Says what it was asked, and hands out a cookie."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.endswith("/same"):
            self.send_response(304)
            self.end_headers()
            return
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Set-Cookie", "session=of-the-first")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """A service."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}/imodels"
    server.shutdown()
    server.server_close()


def _through(target: str, folder: Path, *asks: Asks) -> list[Any]:
    """What clients of their own see through one proxy."""
    passing = Proxy(target, HERE, folder)

    async def work() -> list[Any]:
        seen = []
        for ask in asks:
            transport = httpx.ASGITransport(app=passing)
            async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
                seen.append(await ask(client))
        if passing.client is not None:
            await passing.client.aclose()
        return seen

    try:
        return asyncio.run(work())
    finally:
        passing.close()


def _kept(folder: Path) -> list[dict[str, Any]]:
    return list(read_recording(folder / "exchanges.jsonl.gz"))


def test_a_cookie_is_nobody_elses(origin: str, tmp_path: Path) -> None:
    first, second = _through(
        f"http://{origin}", tmp_path, lambda c: c.get("/imodels/1"), lambda c: c.get("/imodels/2")
    )

    assert first.headers["set-cookie"] == "session=of-the-first"
    assert "cookie" not in second.json()


def test_a_header_said_twice_is_said(origin: str, tmp_path: Path) -> None:
    (got,) = _through(
        f"http://{origin}", tmp_path, lambda c: c.get("/imodels/1", headers=[("X-A", "1"), ("X-A", "2")])
    )

    assert got.json()["x-a"] == "1, 2"


def test_an_answer_without_its_body_keeps_its_length(origin: str, tmp_path: Path) -> None:
    whole, head, same = _through(
        f"http://{origin}",
        tmp_path,
        lambda c: c.get("/imodels/1"),
        lambda c: c.head("/imodels/1"),
        lambda c: c.get("/imodels/same"),
    )

    assert (head.status_code, head.headers["content-length"], head.content) == (
        200,
        whole.headers["content-length"],
        b"",
    )
    assert (same.status_code, "content-length" in same.headers) == (304, False)


@pytest.mark.parametrize(
    "sent",
    [
        {"headers": {"Authorization": "Bearer so-very-secret"}},
        {"headers": {"Authorization": "so-very-secret"}},
        {"headers": {"X-Api-Key": "so-very-secret"}},
        {"headers": {"Ocp-Apim-Subscription-Key": "so-very-secret"}},
        {"params": {"access_token": "so-very-secret"}},
        {"params": {"a": "1", "sig": "so-very-secret"}},
        {"data": {"client_secret": "so-very-secret", "grant_type": "client_credentials"}},
        {"json": {"password": "so-very-secret"}},
    ],
    ids=lambda sent: next(iter(sent)) + " " + next(iter(next(iter(sent.values())))),
)
def test_no_secret_is_written_down(sent: dict[str, Any], origin: str, tmp_path: Path) -> None:
    _through(f"http://{origin}", tmp_path, lambda c: c.post("/imodels/1", **sent))

    (kept,) = _kept(tmp_path)
    assert "redacted" in json.dumps(kept["request"])
    assert "so-very-secret" not in json.dumps(kept)


def test_a_cookie_is_not_written_down(origin: str, tmp_path: Path) -> None:
    _through(
        f"http://{origin}", tmp_path, lambda c: c.get("/imodels/1", headers={"Cookie": "a=of-the-first"})
    )

    (kept,) = _kept(tmp_path)
    assert kept["request"]["headers"]["cookie"] == kept["answer"]["headers"]["set-cookie"] == "[redacted]"


def test_a_service_that_speaks_no_tls(
    origin: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (got,) = _through(f"https://{origin}", tmp_path, lambda c: c.get("/imodels/1"))

    assert (got.status_code, "gave no answer: [SSL" in got.text) == (502, True)
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert _kept(tmp_path) == []


def test_half_a_request_is_not_passed_on(origin: str, tmp_path: Path) -> None:
    passing = Proxy(f"http://{origin}", HERE, tmp_path)
    parts = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(parts)

    async def send(message: Any) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "POST", "path": "/imodels", "query_string": b"", "headers": []}
    asyncio.run(passing(scope, receive, send))
    passing.close()
    assert _kept(tmp_path) == []
