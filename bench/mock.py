"""How fast the mock is beside Prism, and what it costs in memory; `python bench/mock.py` prints the table.

Needs `wrk` (Debian) and, for the peer, `npm --prefix bench ci`. Both servers run on this machine and are
asked the same, one after the other, so only the ratios mean something on another machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from conformance.contract import own_document
from conformance.mock.tokens import ITWIN, token

HERE = Path(__file__).parent
PRISM = HERE / "node_modules" / ".bin" / "prism"
HEADERS = {
    "Authorization": f"Bearer {token('admin')}",
    "Accept": "application/json",
    "Content-Type": "application/json",
}
CONNECTIONS = 16
STARTS = 5
PATIENCE = 30.0
"""Seconds a server may take to answer for the first time."""


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests a second, 99th percentile in milliseconds, answers not 2xx or 3xx."""

    rate: float
    p99: float
    refused: int


@dataclass(frozen=True)
class Server:
    """A running server: where its API begins, its process, and seconds from its start to its first answer."""

    base: str
    pid: int
    cold: float


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _call(url: str, body: object = None) -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, HEADERS, method="POST" if data else "GET"), timeout=10) as answer:
        told: dict[str, object] = json.loads(answer.read())
        return told


@contextmanager
def _served(command: Sequence[str], port: int, path: str) -> Iterator[Server]:
    base = f"http://127.0.0.1:{port}{path}"
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(f"{base}/?iTwinId={ITWIN}", began)
            yield Server(base, process.pid, time.perf_counter() - began)
        finally:
            process.terminate()
            process.wait(10)


def _wait(url: str, began: float) -> None:
    while time.perf_counter() - began < PATIENCE:
        with suppress(URLError, ConnectionError):
            _call(url)
            return
        time.sleep(0.005)
    raise SystemExit(f"no answer from {url} within {PATIENCE:.0f} s")


def _mock() -> tuple[list[str], int, str]:
    port = _port()
    return [sys.executable, "-m", "conformance.cli", "mock", "--port", str(port)], port, "/imodels"


def _prism() -> tuple[list[str], int, str]:
    port = _port()
    document = str(own_document())
    return [str(PRISM), "mock", "-v", "fatal", "-h", "127.0.0.1", "-p", str(port), document], port, ""


def _wrk(url: str, seconds: int, script: str | None = None) -> Load:
    headers = [part for name, value in HEADERS.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", *headers]
    command += ["-s", str(HERE / script)] if script else []
    done = subprocess.run(
        [*command, url], capture_output=True, text=True, check=True, env={**os.environ, "ITWIN": ITWIN}
    )
    return _read(done.stdout)


def _read(printed: str) -> Load:
    rate = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    tail = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", printed)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    if not rate or not tail:
        raise SystemExit(f"wrk printed something else than expected:\n{printed}")
    scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}[tail[2]]
    return Load(float(rate[1]), float(tail[1]) * scale, int(refused[1]) if refused else 0)


def _memory(pid: int) -> float:
    """Resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def _create(server: Server, name: str) -> str:
    made = _call(f"{server.base}/", {"iTwinId": ITWIN, "name": name})
    return str(made["iModel"]["id"])  # type: ignore[index]


def _side_by_side(seconds: int) -> None:
    print(f"{'':22}{'requests/s':>12}{'p99 ms':>9}{'not 2xx':>9}")
    with _served(*_mock()) as mock, _served(*_prism()) as prism:
        one = f"/{_create(mock, 'bench')}"
        for what, path, script in (("GET one iModel", one, None), ("POST create iModel", "/", "create.lua")):
            loads = {}
            for who, server in (("mock", mock), ("Prism", prism)):
                load = loads[who] = _wrk(server.base + path, seconds, script)
                print(f"{what:15.15} {who:6}{load.rate:12.0f}{load.p99:9.2f}{load.refused:9}")
            print(f"{what:15.15} ratio {loads['mock'].rate / loads['Prism'].rate:12.1f}")


def _cold() -> None:
    for who, command in (("mock", _mock), ("Prism", _prism)):
        starts = []
        for _ in range(STARTS):
            with _served(*command()) as server:
                starts.append(server.cold)
        print(f"cold start {who:6}{sorted(starts)[STARTS // 2]:10.2f} s (median of {STARTS})")


def _weight(requests: int, iModels: int, seconds: int) -> None:
    with _served(*_mock()) as mock:
        one = f"{mock.base}/{_create(mock, 'bench')}"
        before = _memory(mock.pid)
        few = _wrk(one, seconds)
        sent = few.rate * seconds
        while sent < requests:
            sent += _wrk(one, seconds).rate * seconds
        print(f"memory at start {before:8.0f} MiB, after {sent:,.0f} requests {_memory(mock.pid):8.0f} MiB")
        for number in range(iModels):
            _create(mock, f"bench {number}")
        print(f"memory with {iModels:,} iModels {_memory(mock.pid):8.0f} MiB")
        many = _wrk(one, seconds)
        print(f"GET one iModel with 1 and with {iModels:,}: {few.rate:.0f} and {many.rate:.0f} requests/s")
        listed = f"{mock.base}/?iTwinId={ITWIN}&$top=10"
        print(f"GET a page of 10 of {iModels:,}: {_wrk(listed, seconds).rate:.0f} requests/s")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=10, help="length of each load")
    parser.add_argument("--requests", type=int, default=100_000, help="requests before memory is read")
    parser.add_argument("--imodels", type=int, default=10_000, help="unrelated iModels")
    given = parser.parse_args()
    _side_by_side(given.seconds)
    _cold()
    _weight(given.requests, given.imodels, given.seconds)


if __name__ == "__main__":
    main()
