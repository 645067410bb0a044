"""A run that never sends, and exchanges and findings to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conformance.exchange import Answer, Deviation, Exchange, Finding, Request
from conformance.runner.options import Options
from conformance.runner.run import Run

CANARY = "canary-7d1f0c92ab"
ITWIN = "4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012"
URL = "https://imodels.example"

MakeExchange = Callable[..., Exchange]
MakeFinding = Callable[..., Finding]


@pytest.fixture
def canary() -> str:
    """The token of the main identity."""
    return CANARY


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A run against a live service that nobody calls."""
    monkeypatch.setenv("IMODELS_TOKEN", CANARY)
    opened = Run(Options(target=URL, itwins=(ITWIN,), reports=str(tmp_path / "reports" / "one")))
    yield opened
    opened.finish()


@pytest.fixture
def exchange(run: Run) -> MakeExchange:
    """Make an exchange; by default a POST that makes an iModel."""

    def make(
        operation: str = "create-imodel",
        status: int = 500,
        body: bytes = b'{"name": "a"}',
        answer: bytes = b'{"error": {"code": "Unknown"}}',
        number: int = 7,
        url: str = URL,
        headers: dict[str, str] | None = None,
        identity: str = "main",
    ) -> Exchange:
        described = run.contract.operations.get(operation)
        method = described.method if described else "GET"
        sent = {"authorization": f"Bearer {CANARY}", "content-type": "application/json"}
        return Exchange(
            number,
            Request(method, url, sent if headers is None else headers, body),
            Answer(status, {"content-type": "application/json"}, answer, 0.01),
            run.contract,
            described,
            identity=identity,
            test="scenarios/test_a.py::test_b",
        )

    return make


@pytest.fixture
def finding(exchange: MakeExchange) -> MakeFinding:
    """Make a finding; by default a 5xx."""

    def make(
        requirement: str = "answers/no-server-error",
        operation: str = "create-imodel",
        seen: str = "500",
        exchanges: tuple[Exchange, ...] | None = None,
    ) -> Finding:
        shown = (exchange(operation),) if exchanges is None else exchanges
        deviation = Deviation("status 500", "no 5xx", seen)
        return Finding(requirement, operation, deviation, shown, "scenarios/test_a.py::test_b")

    return make
