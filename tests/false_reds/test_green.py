"""A correct server gets no red, least of all one that got it before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.requirements import promise_of
from conformance.runner.options import Options
from conformance.runner.run import Run
from tests.false_reds.servers import SERVERS, Server


@pytest.fixture
def run(server: Server, tmp_path: Path) -> Iterator[Run]:
    """A run against the server, on a port of this machine."""
    opened = Run(Options(reports=str(tmp_path), liberties=server.liberties))
    if server.bent and opened.mock:
        opened.mock.service.twists[server.bent.name] = server.bent
    try:
        yield opened
    finally:
        opened.finish()


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.does.replace(" ", "-"))
def test_a_correct_server_gets_no_red(server: Server, run: Run) -> None:
    with run.story("what got a red"):
        server.asks(run)
    told = {finding.requirement for finding in run.ledger.findings()}
    assert {name for name in told if promise_of(name).level != "INFO"} == set()
    open_ = {
        name: run.ledger.entry(name).reasons
        for name, operation in server.holds.items()
        if not _held(run, name, operation)
    }
    assert open_ == {}


def _held(run: Run, name: str, operation: str) -> bool:
    entry = run.ledger.entry(name)
    return entry.held[operation] > 0 and not entry.reasons
