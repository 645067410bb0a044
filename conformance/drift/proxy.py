"""A recording proxy: a client works through it on a real service, and every exchange is written down."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import closing
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import httpx

from conformance.contract import load
from conformance.exchange import Answer, Exchange, Request
from conformance.mock.server import address, listen, serve
from conformance.mock.stopper import Stopper
from conformance.target import TargetError
from conformance.transport.provenance import Provenance
from conformance.transport.recording import RECORDING, Recording
from conformance.transport.redaction import SECRET_HEADERS, Redaction

HOPS = {
    "connection",
    "content-encoding",
    "content-length",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
"""Headers about one connection or one way to pack a body: either side of the proxy has its own."""
BODILESS = (204, 304)
PATIENCE_SECONDS = 60
HOST = "127.0.0.1"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Proxy:
    """An ASGI application in front of the origin of `target`.

    Links of the service point to the proxy, so that whoever follows them stays with it; what is recorded is
    what the service said. Storage elsewhere is talked to directly.
    """

    def __init__(self, target: str, origin: str, folder: Path) -> None:
        parts = urlsplit(target)
        self.origin = origin
        self.service = f"{parts.scheme}://{parts.netloc}"
        self.seen = 0
        self._base = parts.path.rstrip("/")
        self._redaction = Redaction()
        folder.mkdir(parents=True, exist_ok=True)
        self._recording = Recording(folder / RECORDING, self._redaction, Provenance(()))
        self.client: httpx.AsyncClient | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass one request on, and its answer back."""
        if scope["type"] != "http":
            return
        request = await self._read(scope, receive)
        if request is None:
            return
        begun = time.perf_counter()
        try:
            got = await self._asked(request)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = f"{self.service} gave no answer: {error or type(error).__name__}"
            print(f"{request.method} {urlsplit(request.url).path}: {reason}", file=sys.stderr)
            await _write(send, 502, [], reason.encode())
            return
        headers = {name.lower(): value for name, value in got.headers.items()}
        self._keep(request, Answer(got.status_code, headers, got.content, time.perf_counter() - begun))
        passed = [(n, v.replace(self.service, self.origin)) for n, v in got.headers.multi_items()]
        length = got.headers.get("content-length") if request.method == "HEAD" else None
        await _write(send, got.status_code, _kept(passed), self._pointed(got), length)

    def close(self) -> None:
        """Finish the recording."""
        self._recording.close()

    async def _read(self, scope: Message, receive: Receive) -> Request | None:
        """The request; nothing where the client went away before it had said all of it."""
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        headers: dict[str, str] = {}
        for raw, value in scope["headers"]:
            name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
            between = "; " if name == "cookie" else ", "
            headers[name] = f"{headers[name]}{between}{text}" if name in headers else text
        return Request(scope["method"], f"{self.service}{path}{f'?{query}' if query else ''}", headers, body)

    async def _asked(self, request: Request) -> httpx.Response:
        if self.client is None:
            # Cookies are between the client and the service: none is kept here, least of all for others.
            nobody = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
            self.client = httpx.AsyncClient(timeout=PATIENCE_SECONDS, cookies=nobody)
        headers = _kept(request.headers.items())
        # What the client can unpack does not matter: the proxy unpacks, and passes on what was in it.
        headers = [pair for pair in headers if pair[0] != "accept-encoding"]
        return await self.client.request(
            request.method, request.url, headers=headers, content=request.body or None
        )

    def _keep(self, request: Request, answer: Answer) -> None:
        self.seen += 1
        for name in SECRET_HEADERS & request.headers.keys() - {"cookie"}:
            self._redaction.token(request.headers[name].rpartition(" ")[2])
        path = urlsplit(request.url).path
        inside = path == self._base or path.startswith(f"{self._base}/")
        routed = load().route(request.method, path[len(self._base) :] or "/") if inside else None
        operation, parameters = routed or (None, {})
        exchange = Exchange(
            self.seen, request, answer, load(), operation, parameters, identity="", test="proxy"
        )
        self._redaction.learn(exchange)
        self._recording.add(exchange)

    def _pointed(self, got: httpx.Response) -> bytes:
        if "json" not in got.headers.get("content-type", ""):
            return got.content
        return got.content.replace(self.service.encode(), self.origin.encode())


def record(target: str, port: int, folder: Path) -> int:
    """Pass on what comes to this port of this machine; returns how many exchanges were written down."""
    parts = urlsplit(target)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise TargetError(f"--target {target}: give an address such as https://host/imodels")
    try:
        at = listen(HOST, port)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise TargetError(f"cannot listen at {HOST}:{port}: {reason}") from error
    try:
        passing = Proxy(target, address(at), folder)
    except OSError as error:
        at.close()
        raise TargetError(f"cannot write to {folder}: {error.strerror or error}") from error
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    with closing(passing), Stopper() as stopper:
        where = f"{passing.origin}{parts.path.rstrip('/')}"
        serve(
            {at: passing}, stopper, lambda: click.echo(f"{where} passes on to {target}; end it with Ctrl-C")
        )
    click.echo(f"{passing.seen} exchanges in {folder}")
    return passing.seen


def _kept(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in HOPS]


async def _write(
    send: Send, status: int, headers: list[tuple[str, str]], body: bytes, length: str | None = None
) -> None:
    """Answer the client; `length`: that of a body which a HEAD only asks for."""
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if status not in BODILESS:
        raw.append((b"content-length", (length or str(len(body))).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
