"""The published clients of the API work against the mock, and reach every operation they offer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance.contract import Contract, load
from conformance.mock.server import MockServer
from conformance.mock.tokens import ITWIN, SECOND_ITWIN

Drive = Callable[[str], tuple[int, str]]
"""A test file → exit code of Node and everything it printed."""

HERE = Path(__file__).parent
FILES = sorted(file.name for file in HERE.glob("*.test.mjs"))
REQUIRED = "IMODELS_INTEROP"
"""An environment variable: where it is set, a missing Node is an error and no reason to skip."""

pytestmark = pytest.mark.xdist_group("interop")

NOT_OFFERED = {
    "get-imodel-role-permissions",
    "update-imodel-role-permissions",
    "get-imodel-user-permissions",
    "update-imodel-user-permissions",
    "create-imodel-share",
    "get-imodel-shares",
    "get-imodel-share",
    "update-imodel-share",
    "revoke-imodel-share",
}
"""Operations that no method of the clients calls."""


def _absent(reason: str) -> None:
    if os.environ.get(REQUIRED):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def clients() -> None:
    """The packages of the lock file, installed beside it."""
    npm = shutil.which("npm")
    if not (shutil.which("node") and npm):
        _absent("Node and npm were not found, so no real client is driven: install Node 20 or newer")
    if not (HERE / "node_modules" / ".package-lock.json").exists():
        done = subprocess.run(
            [str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=HERE,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode:
            _absent(f"npm ci failed, so no real client is driven: {done.stderr.strip()[-300:]}")


@pytest.fixture(scope="session")
def requests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file where the clients note each request they sent."""
    return tmp_path_factory.mktemp("interop") / "requests.jsonl"


@pytest.fixture(scope="session")
def drive(clients: None, requests: Path) -> Iterator[Drive]:
    """Run the tests of one file, at most once."""
    with MockServer() as server:
        environment = {
            **os.environ,
            "IMODELS_URL": server.url,
            "ITWIN": ITWIN,
            "SECOND_ITWIN": SECOND_ITWIN,
            "REQUESTS": str(requests),
        }

        @cache
        def run(file: str) -> tuple[int, str]:
            done = subprocess.run(
                ["node", "--test", "--test-reporter=spec", file],
                cwd=HERE,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            return done.returncode, done.stdout + done.stderr

        yield run


@pytest.mark.parametrize("file", FILES)
def test_the_clients_work(file: str, drive: Drive) -> None:
    code, printed = drive(file)
    assert code == 0, printed


def test_every_operation_the_clients_offer_is_reached(drive: Drive, requests: Path) -> None:
    for file in FILES:
        drive(file)
    contract = load()
    sent = [json.loads(line) for line in requests.read_text(encoding="utf-8").splitlines()]
    reached = {_operation(contract, request) for request in sent if request["status"] < 400}
    assert set(contract.operations) - reached == NOT_OFFERED


def _operation(contract: Contract, request: dict[str, Any]) -> str | None:
    path = urlsplit(request["url"]).path.removeprefix(contract.base_path) or "/"
    found = contract.route(request["method"].upper(), path)
    return found[0].id if found else None
