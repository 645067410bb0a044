"""A mock that runs as a process of its own, and the command line as somebody runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import pytest

from conformance.mock import tokens

COMMAND = [sys.executable, "-m", "conformance.cli"]
BOTH = (tokens.ITWIN, tokens.SECOND_ITWIN)


@dataclass(frozen=True)
class Place:
    """A service as a process, and the command line pointed at it."""

    url: str

    def environment(self, **more: str) -> dict[str, str]:
        """What a process needs to know to go there."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("IMODELS_")}
        aimed = {"IMODELS_TARGET": self.url, "IMODELS_ITWIN": " ".join(BOTH)}
        return kept | aimed | {"IMODELS_TOKEN": tokens.token("admin")} | more

    def start(self, *arguments: str, cwd: Path, **more: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=cwd,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def call(self, *arguments: str, cwd: Path, **more: str) -> tuple[int, str]:
        """Run a command: its exit code, and what it said."""
        process = self.start(*arguments, cwd=cwd, **more)
        said, _ = process.communicate(timeout=300)
        return process.returncode, said

    def left(self) -> list[Any]:
        """Every iModel in both iTwins."""
        return [item for itwin in BOTH for item in self._listed(itwin)]

    def _listed(self, itwin: str) -> list[Any]:
        headers = {"authorization": f"Bearer {tokens.token('admin')}"}
        # A run may have used up what the service allows in a while.
        for _ in range(5):
            answer = httpx.get(self.url, params={"iTwinId": itwin, "$top": "1000"}, headers=headers)
            if answer.status_code != 429:
                break
            sleep(float(answer.headers["retry-after"]))
        items: list[Any] = answer.json()["iModels"]
        return items

    def make(self, name: str) -> str:
        """An iModel that no run made; its id."""
        headers = {"authorization": f"Bearer {tokens.token('admin')}"}
        body = {"iTwinId": BOTH[0], "name": name}
        return str(httpx.post(self.url, json=body, headers=headers).json()["iModel"]["id"])

    def delete(self, imodel: str) -> None:
        """Delete an iModel, outside of any run."""
        headers = {"authorization": f"Bearer {tokens.token('admin')}"}
        httpx.delete(f"{self.url}/{imodel}", headers=headers)


def verdict_in(folder: str | Path) -> dict[str, Any]:
    """The verdict that a run wrote there."""
    told: dict[str, Any] = json.loads(Path(folder, "verdict.json").read_text(encoding="utf-8"))
    return told


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder, aimed at nothing."""
    monkeypatch.chdir(tmp_path)
    for name in ("IMODELS_TARGET", "IMODELS_ITWIN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start a mock with options, as a process."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> Place:
        log = tmp_path_factory.mktemp("mock") / "log"
        with log.open("w") as out:
            command = [*COMMAND, "mock", "--port", "0", *options]
            processes.append(process := subprocess.Popen(command, stdout=out))
        while not (told := log.read_text(encoding="utf-8").splitlines()[:1]):
            assert process.poll() is None
            sleep(0.05)
        return Place(told[0].split()[-1])

    yield start
    for process in processes:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def place(serve: Any) -> Place:
    """A mock as it is."""
    started: Place = serve("--log", "off")
    return started
