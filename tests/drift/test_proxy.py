"""The recording proxy: a client works through it, and what it saw is told when it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from conformance.drift.proxy import PATIENCE_SECONDS
from conformance.mock.server import MockServer
from conformance.mock.tokens import ITWIN, token
from conformance.transport.recording import read_recording

Start = Callable[..., "Proxied"]


class Proxied:
    """The command under way: a client that goes through it, and how it ended."""

    def __init__(self, process: subprocess.Popen[str], said: str) -> None:
        self.process, self.url = process, said.partition(" ")[0]
        self.http = httpx.Client(headers={"Authorization": f"Bearer {token('admin')}"}, timeout=10)

    def end(self) -> tuple[int, str]:
        """Ctrl-C."""
        self.http.close()
        self.process.send_signal(signal.SIGINT)
        out, error = self.process.communicate(timeout=60)
        return self.process.returncode, out + error


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the proxy in front of a service."""
    running: list[subprocess.Popen[str]] = []

    def begin(target: str, *more: str) -> Proxied:
        command = [sys.executable, "-m", "conformance.cli", "drift", "proxy", "--target", target]
        running.append(
            subprocess.Popen(
                [*command, "--record", str(tmp_path / "seen"), "--no-unseen", *more],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        assert running[-1].stdout is not None
        return Proxied(running[-1], running[-1].stdout.readline())

    yield begin
    for process in running:
        process.kill()
        process.communicate(timeout=10)


def _work(proxied: Proxied) -> list[str]:
    """Two iModels are made and listed one by one; returns their names."""
    for name in ("one", "two"):
        made = proxied.http.post(proxied.url, json={"name": name, "iTwinId": ITWIN})
        assert made.status_code == 201
    page = proxied.http.get(proxied.url, params={"iTwinId": ITWIN, "$top": 1}).json()
    following = page["_links"]["next"]["href"]
    assert following.startswith(proxied.url)
    return [
        *(
            item["displayName"]
            for got in (page, proxied.http.get(following).json())
            for item in got["iModels"]
        )
    ]


def test_a_client_works_as_without_it_and_all_of_it_is_kept(start: Start, tmp_path: Path) -> None:
    with MockServer() as server:
        proxied = start(server.url)
        assert sorted(_work(proxied)) == ["one", "two"]
        assert proxied.http.get(f"{proxied.url}/none?$top=1").status_code in {404, 422}
        code, said = proxied.end()
    assert (code, "5 exchanges in" in said, "no drift" in said) == (0, True, True), said
    kept = list(read_recording(tmp_path / "seen/exchanges.jsonl.gz"))
    assert [one["operation"] for one in kept[:3]] == ["create-imodel", "create-imodel", "get-itwin-imodels"]
    assert all(one["request"]["url"].startswith(server.url) for one in kept)
    assert server.url in kept[2]["answer"]["body"]
    assert token("admin") not in json.dumps(kept)


def test_what_the_service_says_beyond_its_document_is_told(start: Start) -> None:
    with MockServer(faults=["answers/body-matches-schema"]) as server:
        proxied = start(server.url)
        proxied.http.get(proxied.url, params={"iTwinId": ITWIN})
        proxied.http.post(proxied.url, json={"name": "one", "iTwinId": ITWIN})
        code, said = proxied.end()
    assert (code, "breaking" in said) == (1, True), said


def test_a_service_that_is_down_is_said_at_once(start: Start) -> None:
    proxied = start("http://127.0.0.1:9/elsewhere/imodels")
    answer = proxied.http.get(proxied.url)
    assert (answer.status_code, "gave no answer" in answer.text) == (502, True)
    code, said = proxied.end()
    assert (code, "GET /elsewhere/imodels: " in said) == (3, True), said
    assert "nothing could be compared: no exchange below /elsewhere/imodels" in said


def test_a_request_under_way_does_not_hold_up_the_end(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        proxied = start(f"http://127.0.0.1:{deaf.getsockname()[1]}/imodels")
        asked = threading.Thread(target=proxied.http.get, args=(proxied.url,))
        asked.start()
        came, _ = deaf.accept()
        proxied.process.send_signal(signal.SIGINT)
        proxied.process.wait(timeout=PATIENCE_SECONDS / 2)
        asked.join()
        came.close()
    assert proxied.process.returncode == 3


def test_a_target_that_is_none(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "conformance.cli", "drift", "proxy", "--target", "api"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n"), "https://host" in done.stderr) == (2, 1, True)
