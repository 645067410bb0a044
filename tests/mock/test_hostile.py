"""Hostile input: always a refusal in the shape of the service, never a 5xx, a stack trace or a hang."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.mock.protocol import LONGEST_HEAD, Protocol
from conformance.mock.server import MockServer
from conformance.mock.settings import Settings
from conformance.mock.tokens import ITWIN, token

BEARER = f"Authorization: Bearer {token('admin')}\r\n".encode()
TOKEN = {"Authorization": f"Bearer {token('admin')}"}
PUT = {"x-ms-blob-type": "BlockBlob"}
LEAKS = ("Traceback", ".py", "site-packages", token("admin"))
OFTEN = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def judged(status: int, body: bytes) -> None:
    """A refusal says so in the shape of the service, and nothing shows its inside."""
    text = body.decode("utf-8", errors="replace")
    assert 200 <= status < 500, text
    assert not [leak for leak in LEAKS if leak in text]
    if status >= 400 and text:
        error = json.loads(body)["error"]
        assert isinstance(error["code"], str)
        assert isinstance(error["message"], str)


def exchange(server: MockServer, *parts: bytes, pause: float = 0.0, ends: bool = False) -> tuple[int, bytes]:
    """Send raw bytes and read the first answer, if there is one before the connection is closed."""
    host, _, port = server.origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
            sleep(pause)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        return answered(connection)


def answered(connection: socket.socket) -> tuple[int, bytes]:
    """The status and the body of the next answer; 0 if there is none."""
    raw = b""
    while b"\r\n\r\n" not in raw and (read := connection.recv(65_536)):
        raw += read
    head, _, body = raw.partition(b"\r\n\r\n")
    if not head:
        return 0, b""
    sizes = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while sizes and len(body) < sizes[0] and (read := connection.recv(65_536)):
        body += read
    return int(head.split(b" ")[1]), body


def raw(line: str, *headers: str, body: bytes = b"") -> bytes:
    """A request as bytes."""
    lines = [line, "Host: localhost", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n" + BEARER + b"\r\n" + body


@pytest.fixture
def url(admin: Any) -> str:
    found: str = admin.server.url
    return found


NO_HTTP = {
    "nonsense": b"\x16\x03\x01\x02\x00 hello\r\n\r\n",
    "no-version": b"GET /imodels\r\n\r\n",
    "old-version": b"GET /imodels HTTP/9.9\r\nHost: x\r\n\r\n",
    "bad-method": raw("F\x00O /imodels HTTP/1.1"),
    "bad-header": raw("GET /imodels HTTP/1.1", "a b c"),
    "newline-in-header": raw("GET /imodels HTTP/1.1", "X-A: a\rb"),
    "nul-in-header": raw("GET /imodels HTTP/1.1", "X-A: a\x00b"),
    "two-lengths": raw("POST /imodels HTTP/1.1", "Content-Length: 1", "Content-Length: 2", body=b"ab"),
    "negative-length": raw("POST /imodels HTTP/1.1", "Content-Length: -1"),
    "huge-length": raw("POST /imodels HTTP/1.1", f"Content-Length: {'9' * 30}"),
    "length-and-chunks": raw(
        "POST /imodels HTTP/1.1", "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"
    ),
    "bad-chunk": raw("POST /imodels HTTP/1.1", "Transfer-Encoding: chunked", body=b"zz\r\nab\r\n0\r\n\r\n"),
    "nul-in-target": raw("GET /imodels\x00 HTTP/1.1"),
    "bytes-in-target": raw("GET /imodels/\xff HTTP/1.1"),
    "star": raw("GET * HTTP/1.1"),
    "connect": raw("CONNECT localhost:1 HTTP/1.1"),
    "no-host": b"GET /imodels HTTP/1.1\r\n" + BEARER + b"\r\n",
    "whole-address": raw(f"GET http://elsewhere.example/imodels?iTwinId={ITWIN} HTTP/1.1"),
    "upgrade": raw("GET /imodels HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket"),
    "http2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("name", list(NO_HTTP))
def test_what_is_hardly_http_is_refused(admin: Any, name: str) -> None:
    status, body = exchange(admin.server, NO_HTTP[name])
    if status:
        judged(status, body)
    assert admin.get(params={"iTwinId": ITWIN}).status_code == 200


@OFTEN
@given(noise=st.binary(min_size=1, max_size=300))
def test_noise_is_survived(admin: Any, noise: bytes) -> None:
    status, body = exchange(admin.server, noise + b"\r\n\r\n", ends=True)
    if status:
        judged(status, body)


@pytest.mark.parametrize("split", [False, True])
def test_a_head_that_is_too_long_is_refused(admin: Any, split: bool) -> None:
    head = raw("GET /imodels HTTP/1.1", f"X-Much: {'y' * LONGEST_HEAD}")
    parts = [head[:70_000], head[70_000:]] if split else [head]
    status, body = exchange(admin.server, *parts)
    assert (status, json.loads(body)["error"]["code"]) == (431, "RequestHeaderFieldsTooLarge")


def test_a_target_that_is_too_long_is_refused(admin: Any) -> None:
    status, _ = exchange(admin.server, raw(f"GET /imodels/{'y' * LONGEST_HEAD} HTTP/1.1"))
    assert status == 431


def test_many_headers_are_read(admin: Any) -> None:
    headers = {f"X-{number}": "y" * 20 for number in range(800)}
    assert admin.get(params={"iTwinId": ITWIN}, headers=headers).status_code == 200


def test_an_endless_head_is_cut_off(admin: Any) -> None:
    begun = monotonic()
    with suppress(OSError):
        exchange(admin.server, b"GET /imodels HTTP/1.1\r\n", *[b"X-A: " + b"y" * 60_000] * 400)
    assert monotonic() - begun < 10


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockServer]:
    """A mock that waits for nobody."""
    monkeypatch.setattr(Protocol, "patience", 0.2)
    with MockServer(Settings(patience_seconds=0.2)) as server:
        yield server


def test_a_slow_head_is_not_waited_for(hasty: MockServer) -> None:
    status, body = exchange(hasty, b"GET /imodels HTTP/1.1\r\nHost: x\r\n", pause=0.5)
    assert (status, json.loads(body)["error"]["code"]) == (408, "RequestTimeout")


def test_a_second_slow_head_is_not_waited_for_either(hasty: MockServer) -> None:
    whole = raw(f"GET /imodels?iTwinId={ITWIN} HTTP/1.1")
    host, _, port = hasty.origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(whole + b"GET /imodels HTTP/1.1\r\n")
        assert answered(connection)[0] == 200
        assert answered(connection)[0] == 408


def test_a_silent_connection_is_closed(hasty: MockServer) -> None:
    assert exchange(hasty) == (0, b"")


def test_a_slow_body_is_not_waited_for(hasty: MockServer) -> None:
    status, body = exchange(hasty, raw("POST /imodels HTTP/1.1", "Content-Length: 100", body=b"{"), pause=0.5)
    assert (status, json.loads(body)["error"]["code"]) == (408, "RequestTimeout")


def test_slow_connections_hold_up_nobody(admin: Any) -> None:
    host, _, port = admin.server.origin.removeprefix("http://").partition(":")
    waiting = [socket.create_connection((host, int(port))) for _ in range(100)]
    for connection in waiting:
        connection.sendall(raw("POST /imodels HTTP/1.1", "Content-Length: 100", body=b"{"))
    begun = monotonic()
    assert admin.get(params={"iTwinId": ITWIN}).status_code == 200
    assert monotonic() - begun < 5
    for connection in waiting:
        connection.close()


def test_half_an_upload_is_none(admin: Any) -> None:
    made = admin.make(baselineFile={"size": 100})
    href = httpx.URL(made["_links"]["upload"]["href"])
    line = f"PUT {href.raw_path.decode()} HTTP/1.1"
    host, _, port = admin.server.origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        head = [line, "Host: localhost", "x-ms-blob-type: BlockBlob", "Content-Length: 100"]
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + b"x" * 50)
    done = admin.post(f"/{made['id']}/baselinefile/complete", json={})
    sleep(0.1)
    assert httpx.get(href).status_code == 404
    assert done.status_code < 500


def test_half_a_request_is_none(admin: Any) -> None:
    body = json.dumps({"iTwinId": ITWIN, "name": "Cut"}).encode()
    host, _, port = admin.server.origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(raw("POST /imodels HTTP/1.1", f"Content-Length: {len(body) + 1}", body=body))
    sleep(0.1)
    assert admin.get(params={"iTwinId": ITWIN}).json()["iModels"] == []


@pytest.mark.parametrize("size", [6_291_457, 10_000_000, 70_000_000])
def test_a_body_that_is_too_large_is_refused(admin: Any, size: int) -> None:
    answer = admin.post(content=b"x" * size, headers={"Content-Type": "application/json"})
    judged(answer.status_code, answer.content)
    assert answer.json()["error"]["code"] == "RequestTooLarge"


def test_a_file_that_is_too_large_is_refused(admin: Any) -> None:
    href = admin.make(baselineFile={"size": 1})["_links"]["upload"]["href"]
    assert httpx.put(href, content=b"x" * 67_108_865, headers=PUT, timeout=60).status_code == 413


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "a/../../b", "%00", "a\\..\\b", "%c0%ae%c0%ae", "//", "."],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_a_link_opens_its_own_file_alone(admin: Any, name: str, method: str) -> None:
    href = httpx.URL(admin.make(baselineFile={"size": 1})["_links"]["upload"]["href"])
    folder, _, _ = href.raw_path.decode().partition("?")[0].rpartition("/")
    query = href.query.decode()
    headers = "x-ms-blob-type: BlockBlob", "Content-Length: 1", "Connection: close"
    request = raw(f"{method} {folder}/{name}?{query} HTTP/1.1", *headers, body=b"x")
    status, _ = exchange(admin.server, request)
    assert 400 <= status < 500
    assert httpx.get(href).status_code == 404


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
NAMES = (
    "iTwinId",
    "name",
    "description",
    "extent",
    "template",
    "baselineFile",
    "creationMode",
    "briefcaseId",
)
BODIES = st.dictionaries(st.sampled_from(NAMES), JSON) | JSON
ODD = st.text(max_size=60) | st.sampled_from(
    ["\0", "\ud800", "x" * 3000, "%00", "../..", "\U0001d54f", "\u202e", "null", "-1"]
)


@OFTEN
@given(body=BODIES, chance=st.integers(0, 2**32))
def test_no_body_is_too_odd(admin: Any, body: Any, chance: int) -> None:
    operations = [o for o in admin.server.service.contract.operations.values() if o.body is not None]
    operation = random.Random(chance).choice(operations)
    path = operation.path.replace("{id}", admin.make(f"A {uuid4()}")["id"])
    content = json.dumps(body).encode()
    answer = admin.send(
        operation.method,
        path.replace("{", "").replace("}", ""),
        content=content,
        headers={"Content-Type": "application/json"},
    )
    judged(answer.status_code, answer.content)


@OFTEN
@given(
    content=st.binary(max_size=400),
    media=st.sampled_from(["application/json", "text/plain", "x", "a/b;c", ""]),
)
def test_no_bytes_are_too_odd(admin: Any, content: bytes, media: str) -> None:
    answer = admin.post(content=content, headers={"Content-Type": media})
    judged(answer.status_code, answer.content)


@OFTEN
@given(odd=ODD, other=ODD, chance=st.integers(0, 2**32))
def test_no_address_is_too_odd(admin: Any, odd: str, other: str, chance: int) -> None:
    operations = list(admin.server.service.contract.operations.values())
    operation = random.Random(chance).choice(operations)
    path = "".join(
        quote(odd, safe="", errors="surrogatepass") if part.startswith("{") else part
        for part in operation.path.replace("}", "{").split("{")
    )
    query = f"{quote(odd, errors='surrogatepass')}={quote(other, errors='surrogatepass')}"
    names = [p.name for p in operation.parameters if p.location == "query"]
    query += "".join(f"&{name}={quote(other, errors='surrogatepass')}" for name in names)
    answer = admin.send(operation.method, f"{path}?{query}")
    judged(answer.status_code, answer.content)


def test_many_parameters_are_read(admin: Any, url: str) -> None:
    query = "&".join(f"a{number}=1" for number in range(6000))
    assert admin.http.get(f"{url}?iTwinId={ITWIN}&{query}").status_code == 200


def test_a_parameter_twice_counts_once(admin: Any, url: str) -> None:
    answer = admin.http.get(f"{url}?iTwinId={ITWIN}&$top=1&$top=x&iTwinId=y")
    assert answer.status_code == 200


def test_nobody_sees_what_is_anothers(admin: Any) -> None:
    secret = admin.make("Secret")["id"]
    for path in (f"/{secret}", f"/{secret}/changesets", f"/./{secret}", f"/{secret}%2f", f"//{secret}"):
        answer = admin.acting("outsider", "GET", path)
        assert answer.status_code == 404
        assert "Secret" not in answer.text
