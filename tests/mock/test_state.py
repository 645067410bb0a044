"""What a file keeps: everything that was answered, nothing half-done, whenever the process dies."""

from __future__ import annotations

import hashlib
import pickle
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from conformance.mock.keeper import Keeper
from conformance.mock.server import MockServer
from conformance.mock.settings import Settings
from conformance.mock.statefile import Change, StateError, StateFile
from conformance.mock.store import Store
from conformance.mock.tokens import ITWIN, USERS, token

ADMIN = {"Authorization": f"Bearer {token('admin')}"}
WRITERS = 3


@dataclass
class Written:
    """What one writer was told, and so may count on."""

    name: str
    imodel: str = ""
    briefcase: int = 0
    announced: set[str] = field(default_factory=set)
    uploaded: dict[str, bytes] = field(default_factory=dict)
    pushed: dict[str, int] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


class Writer:
    """Pushes changeset after changeset, until nobody answers any more."""

    def __init__(self, url: str, written: Written, seed: int) -> None:
        self._http = httpx.Client(base_url=url, headers=ADMIN)
        self._written = written
        self._random = random.Random(seed)

    def write(self) -> None:
        """Write until the service is gone."""
        with self._http:
            try:
                self._begin()
                for _ in range(1000):
                    self._push()
            except httpx.TransportError:
                return

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(path, json=body)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def _begin(self) -> None:
        written = self._written
        if not written.imodel:
            # A create that was not answered may have happened all the same.
            body = {"iTwinId": ITWIN, "name": f"{written.name} {self._random.random()}"}
            written.imodel = self._post("", body)["iModel"]["id"]
        if not written.briefcase:
            made = self._post(f"/{written.imodel}/briefcases", {})
            written.briefcase = made["briefcase"]["briefcaseId"]

    def _push(self) -> None:
        written, path = self._written, f"/{self._written.imodel}/changesets"
        listed = self._http.get(path, params={"$orderBy": "index desc", "$top": 1}).json()["changesets"]
        parent = listed[0]["id"] if listed else ""
        id, data = self._random.randbytes(20).hex(), self._random.randbytes(self._random.randint(1, 200_000))
        body = {"id": id, "parentId": parent, "briefcaseId": written.briefcase, "fileSize": len(data)}
        # One's own open push gives way to the next, whether that is answered or not.
        written.announced.clear()
        announced = self._post(path, body)["changeset"]
        written.announced.add(id)
        href = announced["_links"]["upload"]["href"]
        put = httpx.put(href, content=data, headers={"x-ms-blob-type": "BlockBlob"})
        assert put.status_code == 201, put.text
        written.uploaded[id] = data
        done = {"state": "fileUploaded", "briefcaseId": written.briefcase}
        answer = self._http.patch(f"{path}/{id}", json=done)
        assert answer.status_code == 200, answer.text
        written.pushed[id] = answer.json()["changeset"]["index"]
        body = {"name": id, "changesetId": id}
        version = self._post(f"/{written.imodel}/namedversions", body)["namedVersion"]
        written.versions[version["id"]] = id


@contextmanager
def serving(state: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A mock in a process of its own, and its base URL."""
    command = [sys.executable, "-m", "conformance.cli", "mock", "--port", "0", "--log", "off"]
    process = subprocess.Popen([*command, "--state", str(state)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.communicate()


def look(url: str, written: Written) -> None:
    """Everything that was answered is there, and what was not is there wholly or not at all."""
    with httpx.Client(base_url=url, headers=ADMIN) as http:
        path = f"/{written.imodel}"
        if not written.imodel:
            return
        assert http.get(path).json()["iModel"]["name"].startswith(written.name)
        if written.briefcase:
            assert http.get(f"{path}/briefcases/{written.briefcase}").status_code == 200
        pages = http.get(
            f"{path}/changesets", params={"$top": 1000}, headers={"Prefer": "return=representation"}
        )
        timeline = pages.json()["changesets"]
        _whole(timeline, written)
        for id in written.announced - {changeset["id"] for changeset in timeline}:
            assert http.get(f"{path}/changesets/{id}").json()["changeset"]["state"] == "waitingForFile"
        versions = http.get(f"{path}/namedversions", params={"$top": 1000}).json()["namedVersions"]
        assert {v["id"]: v["changesetId"] for v in versions}.items() >= written.versions.items()
        written.versions |= {v["id"]: v["changesetId"] for v in versions}


def _whole(timeline: list[dict[str, Any]], written: Written) -> None:
    """The chain has no gap, holds all that was pushed, and each file is the one that was sent."""
    ids = [changeset["id"] for changeset in timeline]
    assert [changeset["index"] for changeset in timeline] == list(range(1, len(ids) + 1))
    assert [changeset["parentId"] for changeset in timeline] == ["", *ids][: len(ids)]
    assert {id: place + 1 for place, id in enumerate(ids)}.items() >= written.pushed.items()
    for changeset in timeline:
        data = httpx.get(changeset["_links"]["download"]["href"]).content
        sent = written.uploaded[changeset["id"]]
        assert hashlib.sha256(data).digest() == hashlib.sha256(sent).digest()
        written.pushed[changeset["id"]] = changeset["index"]


def kill_and_look(state: Path, times: int, seed: int) -> int:
    """Kill the mock so many times while writers push; how many pushes were answered."""
    chance = random.Random(seed)
    writers = [Written(f"Writer {number}") for number in range(WRITERS)]
    for _ in range(times):
        with serving(state) as (process, url):
            for written in writers:
                look(url, written)
            threads = [Thread(target=Writer(url, w, chance.getrandbits(32)).write) for w in writers]
            for thread in threads:
                thread.start()
            _wait(writers, chance.randint(0, 12))
            sleep(chance.uniform(0, 0.05))
            process.send_signal(signal.SIGKILL)
            for thread in threads:
                thread.join()
    with serving(state) as (_, url):
        for written in writers:
            look(url, written)
    return sum(len(written.pushed) for written in writers)


def _wait(writers: list[Written], pushes: int) -> None:
    """Wait until so many more pushes were answered, however slow the machine is."""
    pushes += sum(len(written.pushed) for written in writers)
    end = monotonic() + 20
    while sum(len(written.pushed) for written in writers) < pushes and monotonic() < end:
        sleep(0.001)


def test_a_mock_that_is_killed_forgets_nothing_it_answered(tmp_path: Path) -> None:
    assert kill_and_look(tmp_path / "state.db", 5, seed=7) > 0


@pytest.mark.kills
@pytest.mark.parametrize("seed", range(5))
def test_fifty_kills(tmp_path: Path, seed: int) -> None:
    assert kill_and_look(tmp_path / "state.db", 10, seed) > 0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def keep(file: Path) -> MockServer:
    server = MockServer(Settings(seed=5))
    server.service.keep(file)
    return server


def made(server: MockServer, name: str) -> str:
    answer = httpx.post(server.url, json={"iTwinId": ITWIN, "name": name}, headers=ADMIN)
    assert answer.status_code == 201
    id: str = answer.json()["iModel"]["id"]
    return id


def test_a_mock_goes_on_where_it_was_stopped(file: Path) -> None:
    with keep(file) as server:
        first = made(server, "A")
        server.service.advance(3600)
        link = httpx.get(f"{server.url}/{first}/baselinefile", headers=ADMIN).json()
        before = server.service.store.clock.now()
    with keep(file) as server:
        assert httpx.get(f"{server.url}/{first}", headers=ADMIN).status_code == 200
        assert made(server, "B") != first
        assert server.service.store.clock.now() > before
        signed = httpx.URL(link["baselineFile"]["_links"]["download"]["href"])
        assert httpx.get(f"{server.origin}{signed.raw_path.decode()}").status_code == 200


def test_permissions_and_keys_outlive_a_stop(file: Path) -> None:
    entry = {"userId": USERS["reader"].id, "permissions": ["imodels_webview", "imodels_write"]}
    with keep(file) as server:
        id = made(server, "A")
        expires = (server.service.store.clock.now() + timedelta(days=1)).isoformat()
        body = {"name": "Day", "expiresAt": expires, "permission": "imodels_webview"}
        key = httpx.post(f"{server.url}/{id}/shares", json=body, headers=ADMIN).json()["share"]["shareKey"]
        named = {"userPermissions": [entry]}
        told = httpx.patch(f"{server.url}/{id}/userpermissions", json=named, headers=ADMIN)
        assert told.json() == named
    with keep(file) as server:
        seen = httpx.get(f"{server.url}/{id}/userpermissions", headers=ADMIN)
        assert seen.json() == named
        opened = httpx.get(f"{server.url}/{id}", headers={"Authorization": f"Basic {key}"})
        assert opened.status_code == 200


def test_a_reset_is_kept_too(file: Path) -> None:
    with keep(file) as server:
        gone = made(server, "A")
        server.service.reset()
        again = made(server, "B")
    with keep(file) as server:
        listed = httpx.get(server.url, params={"iTwinId": ITWIN}, headers=ADMIN).json()["iModels"]
    assert [imodel["id"] for imodel in listed] == [again]
    assert gone == again


def test_what_is_deleted_leaves_the_file(file: Path) -> None:
    with keep(file) as server:
        id = made(server, "A")
        store = server.service.store
        store.blobs.put("box", "file.cs", b"secret" * 1000, store.clock.now())
        assert httpx.delete(f"{server.url}/{id}", headers=ADMIN).status_code == 204
        store.blobs.remove("box")
        server.service.commit()
    keep(file).service.close()
    with closing(sqlite3.connect(file)) as base:
        assert base.execute("SELECT count(*) FROM files").fetchone() == (0,)
        assert base.execute("SELECT count(*) FROM entries WHERE part = 'imodels'").fetchone() == (0,)


def test_a_write_that_fails_is_made_up_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with keep(file) as server:
        assert server.service.keeper is not None
        full = sqlite3.OperationalError("database or disk is full")
        with monkeypatch.context() as broken:
            broken.setattr(server.service.keeper, "_file", Full(full))
            body = {"iTwinId": ITWIN, "name": "A"}
            refused = httpx.post(server.url, json=body, headers=ADMIN)
            assert (refused.status_code, refused.json()["error"]["code"]) == (500, "InternalServerError")
        made(server, "B")
    with keep(file) as server:
        listed = httpx.get(server.url, params={"iTwinId": ITWIN}, headers=ADMIN).json()["iModels"]
    assert [imodel["displayName"] for imodel in listed] == ["A", "B"]


class Full:
    """A file on a disk that is full."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def write(self, change: object) -> None:
        raise self._error


def test_half_a_change_is_none(file: Path) -> None:
    state = StateFile(file)
    change = Change(files={"digest": b"data"}, entries={("part", b"key"): None})  # type: ignore[dict-item]
    with pytest.raises(StateError, match="NOT NULL"):
        state.write(change)
    with pytest.raises(StateError, match="a file is missing"):
        state.file("digest")
    state.close()


def test_a_file_in_use_is_refused(file: Path) -> None:
    with keep(file), pytest.raises(StateError, match="in use by another process"):
        Keeper(Store(Settings()), file)


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"\0" * 5000])
def test_a_file_of_another_kind_is_refused_and_left_alone(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(StateError, match="file is not a database"):
        Keeper(Store(Settings()), file)
    assert file.read_bytes() == content


def test_a_database_of_another_program_is_refused(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as base:
        base.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StateError, match="a database of another program"):
        Keeper(Store(Settings()), file)


def test_a_file_of_another_version_is_refused(file: Path) -> None:
    keep(file).service.close()
    with closing(sqlite3.connect(file, isolation_level=None)) as base:
        base.execute("UPDATE layouts SET fields = '[]' WHERE kind LIKE '%User'")
    with pytest.raises(StateError, match="written by another version of the mock"):
        Keeper(Store(Settings()), file)


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("run from a file",)


def test_a_file_runs_no_code(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(file).service.close()
    with closing(sqlite3.connect(file, isolation_level=None)) as base:
        base.execute("UPDATE entries SET data = ? WHERE part = 'users'", (pickle.dumps(Evil()),))
    with pytest.raises(StateError, match=r"builtins\.print is nothing a mock remembers"):
        Keeper(Store(Settings()), file)
    assert capsys.readouterr().out == ""


def test_a_read_costs_the_file_nothing_but_what_it_changed(file: Path) -> None:
    with keep(file) as server:
        ids = [made(server, f"{number}") for number in range(20)]
        assert server.service.keeper is not None
        written: list[set[str]] = []
        real = server.service.keeper._file.write

        def counting(change: Any) -> None:
            written.append({part for part, _ in change.entries})
            real(change)

        server.service.keeper._file.write = counting  # type: ignore[method-assign]
        httpx.get(server.url, params={"iTwinId": ITWIN}, headers=ADMIN)
        assert written == []
        httpx.get(f"{server.url}/{ids[3]}", headers=ADMIN)
        assert written == [{"imodels", "clock"}]
