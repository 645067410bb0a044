"""Starting, stopping, seeds and clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic

import httpx
import pytest

from conformance import contract
from conformance.mock.catalogue import UnknownName
from conformance.mock.clock import Clock
from conformance.mock.handlers import HANDLERS
from conformance.mock.server import MockServer
from conformance.mock.service import Service
from conformance.mock.settings import Settings
from conformance.mock.tokens import ITWIN, token

ADMIN = {"Authorization": f"Bearer {token('admin')}"}


def test_a_server_is_up_in_a_tenth_of_a_second_and_gone_after() -> None:
    contract.load()
    times = []
    for _ in range(3):
        begun = monotonic()
        with MockServer() as server:
            times.append(monotonic() - begun)
            assert httpx.get(server.url).status_code == 401
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.url)
    assert min(times) < 0.1


def test_one_seed_gives_the_same_ids() -> None:
    ids = []
    for seed in (1, 1, 2):
        with MockServer(Settings(seed=seed)) as server:
            body = {"iTwinId": ITWIN, "name": "A"}
            ids.append(httpx.post(server.url, json=body, headers=ADMIN).json()["iModel"]["id"])
    assert ids[0] == ids[1] != ids[2]


def test_every_operation_has_a_handler() -> None:
    assert set(HANDLERS) == set(contract.load().operations)


@pytest.mark.parametrize("kind", ["faults", "liberties", "drop"])
def test_an_unknown_name_is_refused(kind: str) -> None:
    options: dict[str, list[str]] = {kind: ["imodels/name-uniqe"]}
    with pytest.raises(UnknownName, match=r"no .* is called imodels/name-uniqe"):
        Service(**options)  # type: ignore[arg-type]


def test_a_near_name_is_suggested_and_a_rule_is_a_fault() -> None:
    with pytest.raises(UnknownName, match="did you mean imodels/name-unique"):
        Service(drop=["imodels/name-uniqe"])
    assert Service(faults=["imodels/name-unique"]).dropped == {"imodels/name-unique"}


def test_a_clock_never_stands_still() -> None:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    clock = Clock.manual(start)
    first, second = clock.now(), clock.now()
    assert (first, second - first) == (start, timedelta(milliseconds=1))
    clock.advance(60)
    assert clock.now() - second > timedelta(seconds=60)
