"""Exchanges to order: the contract's own examples, with single things changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest

from conformance.checks import judge
from conformance.contract import JSON, Contract, Operation, load
from conformance.exchange import Answer, Exchange, Expected, Request

BASE = "https://api.bentley.com/imodels"
IMODEL = "7c1e0d52-8f3b-4a96-b1d4-5e60c7a9f213"
INDEX = "4"
COPY = "91aa3b1f-0c52-4d8e-9f67-2a4b6c8d0e1f"
TOKEN = "a-token-nobody-may-see"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + (400).to_bytes(4) + (250).to_bytes(4) + b"\x08\x02\x00\x00\x00"
)
COPY_HEADERS = {"location": f"{BASE}/{COPY}", "create-imodel-operation": f"{BASE}/{COPY}/operations/create"}
LINKED = re.compile(r"/imodels/([0-9a-f-]{36})")
DROP = "<drop>"
DETAILS = {
    "get-itwin-imodels": "get-imodel-details",
    "get-my-favorite-imodels": "get-imodel-details",
    "get-my-recently-used-imodels": "get-imodel-details",
    "get-imodel-users": "get-imodel-user-details",
    "get-imodel-briefcases": "get-imodel-briefcase-details",
    "get-imodel-changesets": "get-imodel-changeset-details",
    "get-imodel-named-versions": "get-imodel-named-version-details",
}
Ordered = Callable[..., Exchange]
Broken = Callable[[Exchange], set[str]]


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract that comes with the suite."""
    return load()


@pytest.fixture(scope="session")
def order(contract: Contract) -> Ordered:
    """Make an exchange of an operation: its example, with changes at paths like `iModel/name`."""

    def ordered(operation: str, **wanted: Any) -> Exchange:
        return _exchange(contract, contract.operations[operation], Wanted(**wanted))

    return ordered


@pytest.fixture(scope="session")
def broken() -> Broken:
    """The names of the rows that an exchange breaks."""
    return lambda exchange: {found.requirement for found in judge(exchange) if found.deviation}


@pytest.fixture(scope="session")
def judged() -> Broken:
    """The names of the rows that an exchange is judged by."""
    return lambda exchange: {found.requirement for found in judge(exchange)}


@dataclass(frozen=True)
class Wanted:
    """How an exchange differs from the example of its operation; `full` asks for the representation."""

    status: int = 0
    change: Mapping[str, Any] = field(default_factory=dict)
    body: Any = DROP
    content: bytes | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    sent: Any = DROP
    asked: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    path: Mapping[str, str] = field(default_factory=dict)
    full: bool = False
    expected: Expected | None = None


def _exchange(contract: Contract, operation: Operation, wanted: Wanted) -> Exchange:
    status = wanted.status or int(operation.success.status if operation.success else 200)
    described = _answer(contract, operation, status)
    path = _path(operation, described) | dict(wanted.path)
    answer = example(described) if wanted.body is DROP else wanted.body
    if wanted.full:
        answer[operation.collection] = [_entity(contract.operations[DETAILS[operation.id]])]
    answer = _changed(answer, wanted.change)
    data = wanted.content if wanted.content is not None else _bytes(operation, status, answer)
    received = Answer(status, _kept(_headers(operation, status, data) | dict(wanted.headers)), data)
    request = _request(operation, path, wanted)
    return Exchange(1, request, received, contract, operation, path, expected=wanted.expected)


def _request(operation: Operation, path: Mapping[str, str], wanted: Wanted) -> Request:
    url = BASE + operation.path.format(**path).rstrip("/") + wanted.query
    headers = {
        "authorization": f"Bearer {TOKEN}",
        "prefer": "return=representation" if wanted.full else DROP,
        **wanted.asked,
    }
    body = b""
    if wanted.sent is DROP and "requestBody" in operation.raw:
        body = json.dumps(example(operation.raw["requestBody"])).encode()
    elif wanted.sent is not DROP and wanted.sent is not None:
        body = json.dumps(wanted.sent).encode()
    return Request(operation.method, url, _kept(headers), body)


def _answer(contract: Contract, operation: Operation, status: int) -> Any:
    return contract.resolve(operation.raw["responses"].get(str(status), {}))


def _path(operation: Operation, described: Any) -> dict[str, str]:
    """The path parameters, with the iModel that the example is about."""
    shown = LINKED.search(json.dumps(example(described)))
    names = [p.name for p in operation.parameters if p.location == "path"]
    known = {"id": shown[1] if shown else IMODEL, "changeset": INDEX}
    return {name: known.get(name, "1") for name in names}


def example(described: Mapping[str, Any]) -> Any:
    """The JSON example of a request body or an answer, None without one."""
    return deepcopy(described.get("content", {}).get(JSON, {}).get("example"))


def _entity(operation: Operation) -> Any:
    return next(iter(example(operation.raw["responses"]["200"]).values()))


def _bytes(operation: Operation, status: int, answer: Any) -> bytes:
    if operation.id == "get-imodel-thumbnail" and status == 200:
        return PNG
    return b"" if answer is None else json.dumps(answer).encode()


def _headers(operation: Operation, status: int, data: bytes) -> dict[str, Any]:
    media = "image/png" if data.startswith(PNG[:8]) else JSON
    headers: dict[str, Any] = {"content-type": media} if data else {}
    headers |= COPY_HEADERS if status == 202 else {}
    return headers | ({"retry-after": "7"} if status == 429 else {})


def _kept(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value != DROP}


def _changed(answer: Any, change: Mapping[str, Any]) -> Any:
    for place, value in change.items():
        *steps, last = _steps(place)
        holder = answer
        for step in steps:
            holder = holder[step]
        if value == DROP:
            del holder[last]
        else:
            holder[last] = value
    return answer


def _steps(place: str) -> Iterable[Any]:
    return [int(step) if step.isdigit() else step for step in place.split("/")]
