"""Api: the only road to the target. It sends, records, and puts every exchange before every check."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count
from threading import RLock
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from conformance import checks
from conformance.checks import Judgement
from conformance.contract import Contract, Operation, load
from conformance.exchange import Answer, Broken, Exchange, Expected, Finding, Request
from conformance.relations.comparison import Comparison
from conformance.relations.history import History
from conformance.requirements import promise_of
from conformance.story import CURRENT, SetupFailed
from conformance.target import MAIN
from conformance.transport.budget import OverBudget
from conformance.transport.pace import RETRIES
from conformance.transport.wire import Unreachable, Unsent, Wire, encode

ACCEPT = "application/vnd.bentley.itwin-platform.v2+json"
ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "<absent>"})()
"""Stands for no body at all (`None` is the JSON null)."""

PAUSES = (0.3, 0.9)
"""Seconds before each further try where no answer came."""

INFO = "INFO"
Listener = Callable[[Exchange], None]


@dataclass(frozen=True)
class Road:
    """What all Api objects of a run share: contract, wire, who listens to the exchanges, their numbers.

    `history` is what was told of each resource; `heads` has the changeset that was completed last in each
    iModel; `book` keeps racers apart where they write down what they saw.
    """

    contract: Contract
    wire: Wire
    listeners: list[Listener] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))
    history: History = field(default_factory=History)
    heads: dict[str, str] = field(default_factory=dict)
    book: RLock = field(default_factory=RLock)


@dataclass(frozen=True)
class Api:
    """The API as one identity.

    `scope` narrows what it may write to (see Guard); what `judges` not is sent and recorded only.
    """

    road: Road
    identity: str = MAIN
    scope: str = ""
    judges: bool = True

    def as_(self, identity: str) -> Api:
        """The same API as somebody else; `""` sends no token."""
        return replace(self, identity=identity)

    @property
    def unjudged(self) -> Api:
        """The same API, whose exchanges are recorded only."""
        return replace(self, judges=False)

    @property
    def contract(self) -> Contract:
        """The document the run is held against."""
        return self.road.contract

    def described(self, operation: str) -> Operation:
        """The operation as the contract has it; set-up may need others, which only the suite's own has."""
        known = self.contract.operations.get(operation)
        return known or load().operations[operation]

    def __call__(
        self,
        operation: str,
        /,
        *,
        body: Any = ABSENT,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        expected: Expected | None = None,
        **path: object,
    ) -> Exchange:
        """Send one request of an operation and judge it.

        `path` holds the path parameters by name, `headers` overrides (None removes one). Raises Broken when
        the exchange breaks a MUST row, Unreachable when no answer came, Refused by the guard.
        """
        parameters = {name: str(value) for name, value in path.items()}
        request = self.request(operation, parameters, query or {}, headers or {}, body)
        return self.send(request, self.described(operation), parameters, expected)

    def send(
        self,
        request: Request,
        operation: Operation | None = None,
        path: Mapping[str, str] | None = None,
        expected: Expected | None = None,
    ) -> Exchange:
        """Send a request made elsewhere; a 429 is waited out, a token that has ended replaced."""
        for attempt in range(RETRIES + 1):
            answer = self._answered(request, path or {})
            with self.road.book:
                exchange = self._keep(request, answer, operation, path or {}, expected)
            if answer.status == 401 and (again := self._renewed(request)):
                request = again
                answer = self._answer(request)
                with self.road.book:
                    exchange = self._keep(request, answer, operation, path or {}, expected)
            if answer.status != 429 or attempt == RETRIES:
                break
            self._judge(replace(exchange, expected=None))
            self.road.wire.pace.rest(answer)
        if exchange.status == 429:
            raise Unreachable(
                f"{request.method} {urlsplit(request.url).path}: still 429 after {RETRIES} waits"
            )
        self._judge(exchange)
        return exchange

    def _answered(self, request: Request, path: Mapping[str, str]) -> Answer:
        try:
            return self._answer(request)
        except Unreachable:
            self.road.history.unanswered(request, path)
            raise

    def _judge(self, exchange: Exchange) -> None:
        with self.road.book:
            # What the contract does not have is not what the run is about.
            judged = self.judges and exchange.contract is self.contract
            alone = list(checks.judge(exchange)) if judged else []
            told = self._compared(exchange, alone)
            if judged:
                judge(exchange, alone, told)

    def _compared(self, exchange: Exchange, alone: Iterable[Judgement]) -> list[Comparison]:
        """How an exchange stands to what was told before; one that is wrong by itself is no witness."""
        if any(one.deviation and promise_of(one.requirement).level != INFO for one in alone):
            self.road.history.unanswered(exchange.request, exchange.path)
            return []
        return list(self.road.history.take(exchange))

    def at_root_with_slash(self, operation: str, **parts: Any) -> Exchange:
        """Send an operation of the collection root to the root's other form, with a slash at its end."""
        request = self.request(operation, {}, **parts)
        base = self.road.wire.target.base_url
        slashed = replace(request, url=request.url.replace(base, base + "/", 1))
        return self.send(slashed, self.described(operation))

    def upload(self, link: Mapping[str, Any], data: bytes) -> Exchange:
        """Put the bytes of a file to a storage link (`{"href", "storageType"}`)."""
        headers = {"content-type": "application/octet-stream"}
        if link.get("storageType") == "azure":
            headers["x-ms-blob-type"] = "BlockBlob"
        return self.send(Request("PUT", str(link["href"]), headers, data))

    def download(self, link: Mapping[str, Any], bytes_range: str = "") -> Exchange:
        """Get a file from a storage link; `bytes_range` like `0-0` asks for a part."""
        headers = {"range": f"bytes={bytes_range}"} if bytes_range else {}
        return self.send(Request("GET", str(link["href"]), headers))

    def follow(self, href: str, *, headers: Mapping[str, str] | None = None) -> Exchange:
        """Get a link of an answer as it stands."""
        routed = self.contract.route("GET", self._relative(href))
        operation, path = routed or (None, {})
        return self.send(Request("GET", href, {**self._headers(), **(headers or {})}), operation, path)

    def url(self, operation: Operation, path: Mapping[str, str], query: Mapping[str, Any]) -> str:
        """The address of a request; path values are encoded whole, `$` stays raw in the query."""
        relative = operation.path
        for name, value in path.items():
            relative = relative.replace("{" + name + "}", quote(value, safe=""))
        text = urlencode(query, safe="$,:", quote_via=quote)
        base = self.road.wire.target.base_url
        return base + ("" if relative == "/" else relative) + (f"?{text}" if text else "")

    def request(
        self,
        operation: str,
        path: Mapping[str, str],
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: Any = ABSENT,
    ) -> Request:
        """Build the request of an operation without sending it."""
        described = self.described(operation)
        sent: dict[str, str | None] = {**self._headers()}
        if body is not ABSENT:
            sent["content-type"] = "application/json"
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        present = {name: value for name, value in sent.items() if value is not None}
        content = b"" if body is ABSENT else encode(body)
        return Request(described.method, self.url(described, path, query or {}), present, content)

    def _headers(self) -> dict[str, str]:
        headers = {"accept": ACCEPT}
        if self.identity:
            headers["authorization"] = f"Bearer {self.road.wire.target.tokens[self.identity]}"
        return headers

    def _renewed(self, request: Request) -> Request | None:
        """The request with another token, where it carried one that this identity has but once had."""
        tokens = self.road.wire.target.tokens
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or token not in tokens.used(self.identity):
            return None
        if not tokens.renew(self.identity, token):
            return None
        renewed = {**request.headers, "authorization": f"Bearer {tokens[self.identity]}"}
        return replace(request, headers=renewed)

    def _relative(self, href: str) -> str:
        path, base = urlsplit(href).path, urlsplit(self.road.wire.target.base_url).path
        return path[len(base) :] or "/" if path.startswith(base) else path

    def _answer(self, request: Request) -> Answer:
        """An answer; tried again where that can change nothing: what was never sent, and reads."""
        for pause in PAUSES:
            try:
                return self.road.wire.send(request, self.scope)
            except OverBudget:
                raise
            except Unreachable as error:
                if request.method != "GET" and not isinstance(error, Unsent):
                    raise
                time.sleep(pause)
        return self.road.wire.send(request, self.scope)

    def _keep(
        self,
        request: Request,
        answer: Answer,
        operation: Operation | None,
        path: Mapping[str, str],
        expected: Expected | None,
    ) -> Exchange:
        story = CURRENT.get()
        beyond = operation is not None and operation.id not in self.contract.operations
        exchange = Exchange(
            number=next(self.road.numbers),
            request=request,
            answer=answer,
            contract=load() if beyond else self.contract,
            operation=operation,
            path=dict(path),
            identity=self.identity,
            expected=expected,
            test=story.test,
            raced=story.raced,
        )
        story.exchanges.append(exchange)
        for listener in self.road.listeners:
            listener(exchange)
        return exchange


def judge(exchange: Exchange, alone: Iterable[Judgement], told: Iterable[Comparison] = ()) -> None:
    """Write down what the checks say of an exchange; raise Broken for a MUST row.

    `alone`: what each check says; `told`: how the exchange stands to what was told before.
    """
    story = CURRENT.get()
    ledger = story.ledger
    ledger.saw(exchange.name, exchange.status, str((exchange.error or {}).get("code", "")), exchange.test)
    failed: list[Finding] = []
    own = ((judgement, exchange.name, (exchange,), False) for judgement in alone)
    related = ((one.judgement, one.operation, (one.before, exchange), story.patient) for one in told)
    for judgement, operation, shown, waits in chain(own, related):
        if judgement.deviation is None:
            ledger.held(judgement.requirement, [operation])
            continue
        finding = Finding(judgement.requirement, operation, judgement.deviation, shown, exchange.test)
        if waits:
            story.noticed.append(finding)
        elif ledger.broken(finding):
            failed.append(finding)
    if failed:
        raise Broken(failed)


def succeed(exchange: Exchange) -> Any:
    """Return the entity of a 2xx answer; raise SetupFailed for any other. For set-up, never for a verdict."""
    if not exchange.ok:
        code = (exchange.error or {}).get("code", "no error code")
        raise SetupFailed(f"{exchange.name} answered {exchange.status} {code}")
    return exchange.entity
