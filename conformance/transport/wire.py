"""The wire: the one place from which a request leaves, after guard, journal and pace."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import RLock
from urllib.parse import urlsplit

import httpx

from conformance.exchange import Answer, Request
from conformance.exchange import Unreachable as Unreachable
from conformance.exchange import Unsent as Unsent
from conformance.target import Target
from conformance.transport.budget import Budget
from conformance.transport.connection import connect
from conformance.transport.guard import Guard
from conformance.transport.journal import Journal
from conformance.transport.pace import EVERY, Pace

LARGEST_ANSWER = 64 * 1024 * 1024
DRIPS = 4
"""An answer may take so many times the time-out that its pieces have."""
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
COUNTED = {"clone": "clone-imodel", "fork": "fork-imodel", "briefcases": "acquire-imodel-briefcase"}
MAKERS = {"create-imodel", "clone-imodel", "fork-imodel"}
_IMODEL_IN_URL = re.compile(r"/imodels/([^/?#]+)", re.IGNORECASE)


@dataclass
class Wire:
    """Sends requests over HTTP; redirects are never followed; `scope` narrows what may be written to.

    Several threads may send at once: only the way over the network is theirs at the same time.
    """

    target: Target
    journal: Journal
    guard: Guard
    pace: Pace
    client: httpx.Client
    budget: Budget = field(default_factory=Budget)
    sent: int = 0
    _desk: RLock = field(default_factory=RLock)

    @classmethod
    def to(cls, target: Target, journal: Journal, pace: Pace | None = None) -> Wire:
        """Open the wire to a target."""
        return cls(target, journal, Guard(target, journal), pace or Pace(), connect(target))

    def send(self, request: Request, scope: str = "") -> Answer:
        """Send one request and return its answer; raises Refused or Unreachable."""
        kind = self._kind(request)
        with self._desk:
            self.guard.check(request, scope)
            made = self.journal.count() + len(self.journal.unsettled())
            self.budget.check(self.sent, self.pace.ahead(kind), makes=kind in MAKERS, made=made)
        self.pace.wait(kind)
        with self._desk:
            key = self._intend(request, scope)
        start = time.perf_counter()
        try:
            reply, body = self._request(request)
        except UNSENT as error:
            if key:
                self.journal.refuse(key)
            raise Unsent(_lost(request, error)) from error
        except (httpx.RequestError, httpx.StreamError) as error:
            raise Unreachable(_lost(request, error)) from error
        took = time.perf_counter() - start
        answer = Answer(reply.status_code, _headers(reply.headers), body, took)
        with self._desk:
            self.sent += 1
            self._settle(request, answer, key)
            self.guard.learn(request, answer)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _request(self, request: Request) -> tuple[httpx.Response, bytes]:
        # A raw request: httpx must neither add a body header nor re-encode a path that is odd on purpose.
        headers = {**request.headers, **self._extra(request.url)}
        wire = self.client.build_request(
            request.method, request.url, content=request.body or None, headers=headers
        )
        end = time.monotonic() + DRIPS * self.target.timeout
        body = bytearray()
        reply = self.client.send(wire, stream=True)
        try:
            for piece in reply.iter_bytes():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise httpx.ReadError(f"the answer has more than {LARGEST_ANSWER} bytes")
                if time.monotonic() > end:
                    raise httpx.ReadTimeout("the answer drips in without an end")
        finally:
            reply.close()
        return reply, bytes(body)

    def _extra(self, url: str) -> Mapping[str, str]:
        """What a gateway wants to see; none of it is the storage's business."""
        return self.target.network.headers if self._of_api(url) else {}

    def _intend(self, request: Request, scope: str) -> str:
        if self._kind(request) not in MAKERS:
            return ""
        body = request.json if isinstance(request.json, dict) else {}
        return self.journal.intend(str(body.get("name", "")), str(body.get("iTwinId", "")), scope)

    def _kind(self, request: Request) -> str:
        """The operation of a request, where a service counts it apart from others."""
        if request.method != "POST" or not self._of_api(request.url):
            return EVERY
        rest = self._below(request.url)
        return COUNTED.get("/".join(rest[1:]), EVERY) if rest != [""] else "create-imodel"

    def _of_api(self, url: str) -> bool:
        base = self.target.base_url
        return url == base or url.startswith((base + "/", base + "?"))

    def _below(self, url: str) -> list[str]:
        return urlsplit(url).path[len(urlsplit(self.target.base_url).path) :].strip("/").split("/")

    def _settle(self, request: Request, answer: Answer, key: str) -> None:
        if key and (made := _made_id(answer)) and not self.guard.is_foreign(made):
            self.journal.settle(key, made)
        elif key and 400 <= answer.status < 500:
            self.journal.refuse(key)
        below = self._below(request.url)
        if request.method == "DELETE" and answer.status == 204 and len(below) == 1:
            self.journal.gone(below[0])


def _made_id(answer: Answer) -> str:
    if not 200 <= answer.status < 300:
        return ""
    body = answer.json
    inner = body.get("iModel") if isinstance(body, dict) else None
    if isinstance(inner, dict) and isinstance(inner.get("id"), str):
        return str(inner["id"])
    if isinstance(body, dict) and isinstance(body.get("id"), str):
        return str(body["id"])
    found = _IMODEL_IN_URL.search(answer.headers.get("location", ""))
    return found.group(1) if found else ""


def _headers(headers: httpx.Headers) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _lost(request: Request, error: Exception) -> str:
    return f"{request.method} {urlsplit(request.url).path}: {_reason(error)}"


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def encode(body: object) -> bytes:
    """Return a JSON body as bytes; bytes go through as they are."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()
