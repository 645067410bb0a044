"""The records everyone shares: one request with its answer, and what was found wrong with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.contract import Contract, Operation, Response

NOT_JSON: Any = type("NotJson", (), {"__repr__": lambda self: "<no JSON>", "__bool__": lambda self: False})()
"""Stands for the body of an answer that is no JSON (`None` would be the JSON null)."""


class Unlisted(Exception):
    """The iModels of an iTwin could not be listed, so nobody knows what is there; one clear line."""


class Unreachable(Exception):
    """The target gave no answer; never a finding."""


class Unsent(Unreachable):
    """No connection came about, so that nothing was sent: even a write may be tried again."""


@dataclass(frozen=True)
class Expected:
    """What a request made wrong on purpose must be answered with.

    `requirement` is the row that judges it; an empty `code` or `detail` means that nobody documents one.
    `statuses` are all statuses the reference accepts. `detail_target` None = the member is absent; `inner` is
    the code inside the detail, empty when none is asked for.
    """

    requirement: str
    statuses: tuple[int, ...]
    code: str = ""
    detail: str = ""
    detail_target: str | None = None
    any_target: bool = False
    inner: str = ""
    what: str = ""


PLAINEST = Expected("requests/plainest-accepted", (200, 201, 202, 204), what="the plainest request")


@dataclass(frozen=True)
class Request:
    """One request as it left the machine; header names in lower case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def query(self) -> dict[str, str]:
        """The query parameters; the last of a repeated one."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @cached_property
    def text(self) -> str:
        """The body as text; what is none is replaced."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def is_text(self) -> bool:
        """Whether the body is text, and no picture or file."""
        try:
            self.body.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True

    @cached_property
    def json(self) -> Any:
        """The parsed body, or NOT_JSON."""
        return _parse(self.body)


@dataclass(frozen=True)
class Answer:
    """One answer; header names in lower case, `elapsed` in seconds."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    elapsed: float = 0.0

    @cached_property
    def json(self) -> Any:
        """The parsed body, or NOT_JSON."""
        return _parse(self.body)


@dataclass(frozen=True, eq=False)
class Exchange:
    """One request and its answer, with what the suite knew when it sent it.

    `operation` is None for storage transfers and for anything the contract does not describe; `raced` is what
    others may have come before, from one run to the next.
    """

    number: int
    request: Request
    answer: Answer
    contract: Contract
    operation: Operation | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    identity: str = "main"
    expected: Expected | None = None
    test: str = ""
    raced: bool = False

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.answer.status

    @property
    def json(self) -> Any:
        """The parsed body of the answer, or NOT_JSON."""
        return self.answer.json

    @property
    def ok(self) -> bool:
        """Whether the answer is a 2xx."""
        return 200 <= self.answer.status < 300

    @property
    def name(self) -> str:
        """The operation id, or `storage` for what is none."""
        return self.operation.id if self.operation else "storage"

    @property
    def response(self) -> Response | None:
        """What the contract documents for this status of this operation, if anything."""
        return self.operation.responses.get(str(self.status)) if self.operation else None

    @property
    def error(self) -> dict[str, Any] | None:
        """The `error` object of a failed request; None when the body carries none."""
        body = self.json
        error = body.get("error") if isinstance(body, dict) else None
        return error if isinstance(error, dict) else None

    @property
    def entity(self) -> Any:
        """What the answer is about: the member that the API wraps it in, else the whole body."""
        wrapper = self.response.wrapper if self.response else ""
        return self.json.get(wrapper, self.json) if wrapper and isinstance(self.json, dict) else self.json


HISTORY = "history"
"""The kind of a deviation that all exchanges of its finding led to, and not one alone."""


@dataclass(frozen=True)
class Deviation:
    """What one check saw: `kind` names the sort of deviation without any value of the run."""

    kind: str
    expected: str
    seen: str


@dataclass(frozen=True)
class Finding:
    """A requirement, the exchanges that show it broken, what was expected and what was seen.

    `by` says who saw it: a `check` on one exchange, a `story` over several, or the `engine`.
    """

    requirement: str
    operation: str
    deviation: Deviation
    exchanges: tuple[Exchange, ...]
    test: str = ""
    by: str = "check"

    @property
    def code(self) -> str:
        """The error code of the answer that shows it best, `""` for none."""
        return str((self.shown.error or {}).get("code", "")) if self.shown else ""

    @property
    def shown(self) -> Exchange | None:
        """The exchange that shows it best, if there was any: the last one with its operation."""
        own = [exchange for exchange in self.exchanges if exchange.name == self.operation]
        return next(iter((own or list(self.exchanges))[-1:]), None)

    @property
    def cause(self) -> str:
        """The fingerprint without the operation: what has it in common has one cause."""
        return _hash(self.requirement, self.deviation.kind)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that stay the same from run to run: requirement, operation, kind; no values."""
        return _hash(self.requirement, self.operation, self.deviation.kind)


class Broken(AssertionError):
    """A promise is broken; carries the findings."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        lines = [
            f"{f.requirement}: expected {f.deviation.expected}, saw {f.deviation.seen}" for f in findings
        ]
        super().__init__("\n".join(lines))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return NOT_JSON
