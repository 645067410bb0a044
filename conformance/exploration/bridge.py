"""The bridge: an ASGI application that lets somebody else's generator talk to the target through Api."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from conformance.api import Api
from conformance.exchange import Answer, Broken, Exchange, Finding, Request
from conformance.exploration.stage import Stage
from conformance.story import CURRENT, Story
from conformance.transport.guard import Refused
from conformance.transport.wire import Unreachable

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HOST = "http://testserver"
TOKEN = "Bearer stands-for-the-token"
NUMBER = "x-exchange"
"""Header of an answer that names the exchange it comes from."""
DROPPED = {"host", "content-length", "connection", "accept-encoding", "user-agent", "transfer-encoding"}
MAKERS = {"create-imodel", "clone-imodel", "fork-imodel"}
NOT_SENT = Answer(
    404,
    {"content-type": "application/json"},
    json.dumps(
        {"error": {"code": "iModelNotFound", "message": "Not sent: not this run's to touch."}}
    ).encode(),
)


@dataclass
class Bridge:
    """Forwards requests, within limits; keeps what was sent, and what our checks found in it."""

    api: Api
    story: Story
    stage: Stage
    requests: int
    imodels: int
    exchanges: dict[int, Exchange] = field(default_factory=dict)
    findings: dict[int, list[Finding]] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    spent: Counter[str] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of the generator."""
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        number, answer = self.forward(self.translated(scope, body))
        headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in self.shown(number, answer).items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    def translated(self, scope: Scope, body: bytes) -> Request:
        """The request as it goes to the target."""
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        base = self.api.road.wire.target.base_url
        url = base + ("" if path == "/" else path) + (f"?{query}" if query else "")
        sent = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in scope["headers"]}
        headers = {name: value for name, value in sent.items() if name not in DROPPED}
        if headers.get("authorization") == TOKEN:
            headers["authorization"] = f"Bearer {self.api.road.wire.target.tokens[self.api.identity]}"
        return Request(str(scope["method"]), url, headers, body)

    def forward(self, request: Request) -> tuple[int, Answer]:
        """Send a request within the limits; its number and answer, or 0 and a 404 when it stays here."""
        relative = request.url.removeprefix(self.api.road.wire.target.base_url).partition("?")[0]
        operation, path = self.api.contract.route(request.method, relative or "/") or (None, {})
        makes = operation is not None and operation.id in MAKERS
        if self.spent["requests"] >= self.requests or (makes and self.spent["imodels"] >= self.imodels):
            return 0, NOT_SENT
        token = CURRENT.set(self.story)
        before = len(self.story.exchanges)
        try:
            self.api.send(request, operation, path)
        except Broken as broken:
            self.findings[broken.findings[-1].exchanges[-1].number] = broken.findings
        except Refused:
            return 0, NOT_SENT
        except Unreachable as error:
            self.trouble.append(str(error))
            return 0, NOT_SENT
        finally:
            CURRENT.reset(token)
        exchange = self.story.exchanges[before:][-1]
        self.exchanges[exchange.number] = exchange
        self.stage.learn(exchange.json)
        self.spent["requests"] += 1
        self.spent["imodels"] += makes and exchange.ok
        return exchange.number, exchange.answer

    def shown(self, number: int, answer: Answer) -> dict[str, str]:
        """The headers the generator sees: links to the target lead back to the bridge."""
        base = self.api.road.wire.target.base_url
        headers = {name: value.replace(base, HOST) for name, value in answer.headers.items()}
        kept = {name: value for name, value in headers.items() if name not in DROPPED}
        return kept | ({NUMBER: str(number)} if number else {})
