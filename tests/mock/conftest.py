"""A mock and a client for each identity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from random import Random
from typing import Any

import httpx
import pytest

from conformance.mock.clock import Clock
from conformance.mock.server import MockServer
from conformance.mock.service import Service
from conformance.mock.settings import Settings
from conformance.mock.snapshots import adopt
from conformance.mock.store import Store
from conformance.mock.tables import Table, parts
from conformance.mock.tokens import ITWIN, token

QUICK = Settings(work_seconds=60)


class Caller:
    """One identity at one mock."""

    def __init__(self, server: MockServer, name: str) -> None:
        self.server = server
        self.name = name
        self.http = httpx.Client(verify=False, headers={"Authorization": f"Bearer {token(name)}"})

    def send(self, method: str, path: str = "", **options: Any) -> httpx.Response:
        """Send a request below the base URL."""
        return self.http.request(method, self.server.url + path, **options)

    def get(self, path: str = "", **options: Any) -> httpx.Response:
        """Read."""
        return self.send("GET", path, **options)

    def post(self, path: str = "", **options: Any) -> httpx.Response:
        """Create."""
        return self.send("POST", path, **options)

    def patch(self, path: str, **options: Any) -> httpx.Response:
        """Change."""
        return self.send("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        """Delete."""
        return self.send("DELETE", path, **options)

    def make(self, name: str = "Bridge", **members: Any) -> dict[str, Any]:
        """Create an iModel."""
        answer = self.post(json={"iTwinId": ITWIN, "name": name, **members})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()["iModel"]
        return made

    def briefcase(self, path: str, by: str = "admin", **members: Any) -> int:
        """Acquire a briefcase of the iModel at a path."""
        answer = self.acting(by, "POST", f"{path}/briefcases", json=members)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["briefcase"]["briefcaseId"])

    def announce(
        self, path: str, number: int, place: int, by: str = "admin", **members: Any
    ) -> httpx.Response:
        """Announce the changeset of a place in the timeline, after the one before it."""
        parent = f"{place - 1:040x}" if place > 1 else ""
        body = {"id": f"{place:040x}", "parentId": parent, "briefcaseId": number, "fileSize": 3, **members}
        return self.acting(by, "POST", f"{path}/changesets", json=body)

    def upload(self, announced: httpx.Response, data: bytes = b"abc") -> None:
        """Bring the file of an announced changeset to storage."""
        href = announced.json()["changeset"]["_links"]["upload"]["href"]
        sent = httpx.put(href, content=data, headers={"x-ms-blob-type": "BlockBlob"}, verify=False)
        assert sent.status_code == 201

    def complete(self, path: str, number: int, place: int, by: str = "admin") -> httpx.Response:
        """Complete the push of the changeset of a place."""
        body = {"state": "fileUploaded", "briefcaseId": number}
        return self.acting(by, "PATCH", f"{path}/changesets/{place:040x}", json=body)

    def push(self, path: str, number: int, *places: int, by: str = "admin", **members: Any) -> None:
        """Push the changesets of these places."""
        for place in places:
            announced = self.announce(path, number, place, by, **members)
            assert announced.status_code == 201, announced.text
            self.upload(announced)
            done = self.complete(path, number, place, by)
            assert done.status_code == 200, done.text

    def mark(self, path: str, name: str = "Issue", place: int = 0, **members: Any) -> httpx.Response:
        """Name the changeset of a place, or the baseline."""
        point = {"changesetId": f"{place:040x}"} if place else {}
        return self.post(f"{path}/namedversions", json={"name": name, **point, **members})

    def lock(
        self, path: str, number: int, by: str = "admin", place: int = 0, **levels: str
    ) -> httpx.Response:
        """Ask for locks: `shared="0x1 0x2"`, claiming to know the changeset of a place."""
        objects = [{"lockLevel": level, "objectIds": ids.split()} for level, ids in levels.items()]
        known = {"changesetId": f"{place:040x}"} if place else {}
        body = {"briefcaseId": number, "lockedObjects": objects, **known}
        return self.acting(by, "PATCH", f"{path}/locks", json=body)

    def wait(self, seconds: float = 60) -> None:
        """Let time pass in the mock."""
        self.server.service.store.clock.advance(seconds)

    def acting(self, name: str, method: str, path: str = "", **options: Any) -> httpx.Response:
        """Send as another identity."""
        headers = {"Authorization": f"Bearer {token(name)}", **options.pop("headers", {})}
        return self.send(method, path, headers=headers, **options)


Start = Callable[..., Caller]


@pytest.fixture(scope="session")
def idle() -> Iterator[dict[Settings, list[MockServer]]]:
    """Servers no test uses now, by their settings: bending one is far quicker than starting one."""
    servers: dict[Settings, list[MockServer]] = {}
    yield servers
    for server in (server for kept in servers.values() for server in kept):
        server.stop()


@pytest.fixture
def start(idle: dict[Settings, list[MockServer]]) -> Iterator[Start]:
    """Start a mock with options; answers its admin."""
    with ExitStack() as stack:

        def started(settings: Settings = QUICK, **options: Any) -> Caller:
            free = idle.setdefault(settings, [])
            server = free.pop() if free else MockServer(settings).start()
            stack.callback(free.append, server)
            server.service.bend(**options)
            caller = Caller(server, "admin")
            stack.callback(caller.http.close)
            return caller

        yield started


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockServer]:
    """One honest mock for all tests that leave no traces that matter; what it knows is kept in a file."""
    with MockServer(QUICK) as server:
        server.service.keep(tmp_path_factory.mktemp("state") / "shared.db")
        yield server


def _forgotten(service: Service) -> list[str]:
    """The parts of the memory that the file holds otherwise."""
    assert service.keeper is not None
    held, _ = service.keeper.read()
    fresh = Store(service.settings)
    adopt(fresh, [*({path: Table() for path, value in parts(fresh) if type(value) is Table} | held).items()])
    there = dict(parts(fresh))
    return [str(path) for path, value in parts(service.store) if not _same(value, there.get(path))]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Random):
        return isinstance(other, Random) and one.getstate() == other.getstate()
    return isinstance(one, Clock) or one == other


@pytest.fixture(scope="session")
def calling() -> type[Caller]:
    """How to call a mock, for fixtures of a wider scope."""
    return Caller


@pytest.fixture
def admin(shared: MockServer) -> Iterator[Caller]:
    """The admin of the shared mock, emptied."""
    shared.service.bend()
    caller = Caller(shared, "admin")
    yield caller
    caller.http.close()
    # Whatever a test did: every table and record must be in the file as it is in memory.
    assert shared.service.bent()["faults"] or not _forgotten(shared.service)
