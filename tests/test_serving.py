"""The command `mock`: its options, its faults told in a line, and an end at any moment."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from conformance import cli
from conformance.mock.tokens import ITWIN, token

ADMIN = {"Authorization": f"Bearer {token('admin')}"}


class Mock:
    """A mock in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], told: list[str]) -> None:
        self.process = process
        self.told = told
        self.url = told[0].split()[-1]

    def line(self, start: str) -> str:
        """What it said at its start after a word."""
        return next(line.split()[-1] for line in self.told if line.startswith(start))

    def get(self, path: str = "", **query: str) -> httpx.Response:
        """Read something as the admin."""
        return httpx.get(self.url + path, params={"iTwinId": ITWIN, **query}, headers=ADMIN)

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """Ask it to end: exit code, and what it still said."""
        self.process.send_signal(number)
        out, errors = self.process.communicate(timeout=30)
        return self.process.returncode, out, errors


@contextmanager
def running(*options: str) -> Iterator[Mock]:
    """Start a mock and wait until it serves."""
    command = [sys.executable, "-m", "conformance.cli", "mock", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [process.stdout.readline().strip()]
    try:
        while told[-1] and told[-1] != "stop it with Ctrl-C":
            told.append(process.stdout.readline().strip())
        yield Mock(process, told)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_once_it_says_so_and_ends_when_asked(number: signal.Signals) -> None:
    with running() as mock:
        assert re.fullmatch(r"iModels mock on http://127\.0\.0\.1:\d+/imodels", mock.told[0])
        assert mock.get().status_code == 200
        assert mock.end(number) == (0, "200 GET /imodels\n", "")


def test_it_ends_at_once_after_it_said_it_serves() -> None:
    with running() as mock:
        assert mock.end() == (0, "", "")


def test_an_answer_under_way_still_leaves() -> None:
    with running("--latency", "2.5", "--log", "off") as mock:
        port = int(mock.url.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port)) as asking:
            asking.sendall(b"GET /imodels HTTP/1.1\r\nHost: x\r\n\r\n")
            assert _arrived(port)
            assert mock.end() == (0, "", "")
            assert asking.recv(100).startswith(b"HTTP/1.1 401 ")


def _arrived(port: int) -> bool:
    """Whether what was sent before was taken up: what is no request is answered at once, and after it."""
    with socket.create_connection(("127.0.0.1", port)) as second:
        second.sendall(b"nonsense\r\n\r\n")
        return bool(second.recv(10))


def test_it_ends_while_a_request_is_under_way() -> None:
    with running() as mock:
        port = int(mock.url.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port)) as half:
            half.sendall(b"POST /imodels HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
            assert mock.get().status_code == 200
            code, _, errors = mock.end()
    assert (code, errors) == (0, "")


def test_a_log_of_json_is_json(tmp_path: Path) -> None:
    with running("--log", "json") as mock:
        mock.get("/x")
        _, out, _ = mock.end()
    told = json.loads(out)
    assert (told["method"], told["path"], told["code"]) == ("GET", "/imodels/x", "iModelNotFound")


def test_a_log_that_is_off_says_nothing() -> None:
    with running("--log", "off") as mock:
        mock.get()
        assert mock.end() == (0, "", "")


def test_a_reader_of_the_log_that_went_away_is_no_failure() -> None:
    with running() as mock:
        assert mock.process.stdout is not None
        mock.process.stdout.close()
        for _ in range(3):
            assert mock.get().status_code == 200


def test_everything_is_kept_in_a_file(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    with running("--state", state) as mock:
        assert f"state:   {state}, begun" in mock.told
        made = httpx.post(mock.url, json={"iTwinId": ITWIN, "name": "Kept"}, headers=ADMIN)
        assert made.status_code == 201
        assert mock.end()[0] == 0
    with running("--state", state) as mock:
        assert f"state:   {state}, goes on from there" in mock.told
        assert [found["displayName"] for found in mock.get().json()["iModels"]] == ["Kept"]


def test_a_manual_clock_is_advanced_by_the_management(root: Path) -> None:
    world = str(root / "docs/examples/world.yaml")
    with running("--world", world, "--clock", "manual", "--manage", "0") as mock:
        manage = mock.line("manage:")
        assert httpx.get(f"{manage}/clock").json()["now"].startswith("2026-01-05T10:00:00")
        assert (
            httpx.post(f"{manage}/clock", json={"advance": 60}).json()["now"].startswith("2026-01-05T10:01")
        )
        assert "mock-token-ada" in " ".join(mock.told)
        assert httpx.get(f"{manage}/calls").json()["count"] == 0


def test_the_management_is_on_this_machine_alone(tmp_path: Path) -> None:
    with running("--host", "0.0.0.0", "--manage", "0") as mock:
        assert mock.line("manage:").startswith("http://127.0.0.1:")
        _, _, errors = mock.end()
    assert errors == "warning: 0.0.0.0 is not this machine alone: whoever reaches it can use the mock\n"


def test_limits_and_latency_are_those_asked_for() -> None:
    limits = ("--rate-limit", "1/hour", "--rate-limit-code", "RateLimitExceeded")
    with running(*limits, "--latency", "0.01-0.02") as mock:
        assert mock.get().status_code == 200
        refused = mock.get()
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "RateLimitExceeded")
    assert 3500 < int(refused.headers["retry-after"]) <= 3600


def test_it_listens_at_other_addresses_of_this_machine() -> None:
    with running("--host", "::1") as mock:
        assert re.fullmatch(r"iModels mock on http://\[::1\]:\d+/imodels", mock.told[0])
        assert mock.get().status_code == 200
        assert mock.end()[2] == ""


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_port_that_is_taken_is_told(taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--port", "--manage"):
        others = () if option == "--port" else ("--port", "0")
        assert cli.main(["mock", option, str(taken), *others]) == 2
        line = f"imodels-conformance: cannot listen at 127.0.0.1:{taken}: Address already in use\n"
        assert capsys.readouterr().err == line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--port", "65536"), "'--port': 65536 is not in the range"),
        (("--host", "no.such.host.invalid", "--port", "1"), "cannot listen at no.such.host.invalid:1: "),
        (("--latency", "soon"), "'--latency': give seconds, 0.05, or a range of them, 0.02-0.2"),
        (("--latency", "2-1"), "'--latency': the range ends before it begins"),
        (("--rate-limit", "many"), "'many' is not like 500/minute or create-imodel=5/minute"),
        (("--rate-limit", "0/minute"), "'0/minute' is not like 500/minute"),
        (
            ("--rate-limit", "create-imodl=5/minute"),
            "unknown operation 'create-imodl'; did you mean create-imodel",
        ),
        (("--rate-limit-code", "Slow"), "'Slow' is not one of 'TooManyRequests', 'RateLimitExceeded'"),
        (("--clock", "slow"), "'slow' is not one of 'real', 'manual'"),
        (("--log", "loud"), "'loud' is not one of 'lines', 'json', 'off'"),
        (("--world", "none.yaml"), "none.yaml: No such file or directory"),
        (("--state", "none/state.db"), "none/state.db: unable to open database file"),
    ],
)
def test_what_it_cannot_do_is_one_line(
    options: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["mock", *options]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_starting_loads_no_generator_and_no_client() -> None:
    code = (
        "import sys, conformance.cli, conformance.serving, conformance.mock.world, conformance.mock.manage;"
        "heavy = {'hypothesis', 'schemathesis', 'pytest', 'httpx', 'requests', 'rich'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
