"""The wire: what an answer means for the journal."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from conformance.credentials import Tokens
from conformance.exchange import Request
from conformance.target import Target
from conformance.transport.journal import Journal
from conformance.transport.wire import Wire

BASE = "https://api.example.com/imodels"
ITWIN = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
OURS = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def wire(journal: Journal) -> Iterator[Wire]:
    """A wire to a target that makes one iModel and grants every deletion."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(201, json={"iModel": {"id": OURS}}) if request.content else httpx.Response(204)

    opened = Wire.to(Target(BASE, (ITWIN,), Tokens.fixed({"main": "t"}), dedicated=True), journal)
    opened.client = httpx.Client(transport=httpx.MockTransport(answer))
    opened.send(Request("POST", BASE, {}, json.dumps({"iTwinId": ITWIN, "name": "ours"}).encode()))
    yield opened
    opened.close()


@pytest.mark.parametrize(("path", "left"), [("", 0), ("favorites/", 1), ("recents/", 1)])
def test_only_the_deletion_of_the_imodel_itself_ends_it(
    wire: Wire, journal: Journal, path: str, left: int
) -> None:
    wire.send(Request("DELETE", f"{BASE}/{path}{OURS}"))
    assert len(journal.alive()) == left
