"""A whole run over a network that cuts connections, to a service at its nastiest: no red, nothing left."""

from __future__ import annotations

import json
import random
import select
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.commands.conftest import Place

AMOUNT = 10_000
"""Bytes that a connection lives for, on average."""
RESET = struct.pack("ii", 1, 0)


class Cutter:
    """A proxy that resets each connection after some bytes, in the middle of whatever is on the way."""

    def __init__(self, service: str, seed: int) -> None:
        self.cuts, self.rough = 0, True
        self._to = urlsplit(service)
        self._chance = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}{self._to.path}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection((str(self._to.hostname), self._to.port or 80))
            except OSError:
                return
            threading.Thread(target=self._pass, args=(near, far), daemon=True).start()

    def _pass(self, near: socket.socket, far: socket.socket) -> None:
        """Pass on what comes while the connection lives; in one thread, so that a reset leaves at once."""
        left = int(self._chance.expovariate(1 / AMOUNT)) if self.rough else sys.maxsize
        with near, far, suppress(OSError):
            while left > 0:
                for source in select.select((near, far), (), ())[0]:
                    data = source.recv(4096)
                    if not data:
                        return
                    (far if source is near else near).sendall(data[: max(0, left)])
                    left -= len(data)
            self.cuts += 1
            for one in (near, far):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()


@pytest.fixture(scope="module")
def nasty(serve: Any) -> Place:
    """A mock that takes its time, refuses now and then, lags behind, and has another writer."""
    modes = ("throttle", "late-lists", "slow-work", "other-writer")
    place: Place = serve("--log", "off", *(part for mode in modes for part in ("--liberty", mode)))
    return place


@pytest.fixture
def cutter(nasty: Place) -> Iterator[Cutter]:
    """A proxy in front of it."""
    opened = Cutter(nasty.url, 3)
    yield opened
    opened.close()


def test_a_network_that_cuts_connections_is_never_a_finding(
    nasty: Place, cutter: Cutter, tmp_path: Path
) -> None:
    through = Place(cutter.url)
    code, said = through.call("run", "--profile", "smoke", "--reports", "here", cwd=tmp_path)
    assert cutter.cuts > 5
    assert code in {0, 3}, said
    findings = json.loads((tmp_path / "here/findings.json").read_text())["findings"]
    assert [(finding["requirement"], finding["seen"]) for finding in findings] == []
    cutter.rough = False
    assert through.call("sweep", "--yes", "here", cwd=tmp_path)[0] == 0
    assert [item for item in nasty.left() if item["displayName"].startswith("ic-")] == []
