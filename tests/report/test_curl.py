"""The curl line: a shell that runs it sends the same request, and no secret stands in it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.credentials import Tokens
from conformance.report.curl import curl
from conformance.runner.run import Run
from tests.report.conftest import URL, MakeExchange

Send = Callable[..., list[str]]


@pytest.fixture
def line(run: Run) -> Callable[..., str]:
    """The curl line of an exchange."""
    return lambda exchange: curl(exchange, run.redaction, run.target.tokens)


@pytest.fixture
def send(tmp_path: Path) -> Send:
    """Run a line in a shell where `curl` prints what it is given."""
    fake = tmp_path / "bin" / "curl"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o755)

    def run_line(line: str, **variables: str) -> list[str]:
        environment = {**os.environ, **variables, "PATH": f"{fake.parent}:{os.environ['PATH']}"}
        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True, env=environment)
        return done.stdout.splitlines()

    return run_line


def test_the_token_is_a_variable(
    exchange: MakeExchange, line: Callable[..., str], send: Send, canary: str
) -> None:
    told = line(exchange())
    assert canary not in told
    assert '-H "Authorization: Bearer $IMODELS_TOKEN"' in told
    assert "Authorization: Bearer outside" in send(told, IMODELS_TOKEN="outside")


def test_other_identities_have_variables_of_their_own(run: Run, exchange: MakeExchange) -> None:
    made = exchange(identity="reader", headers={"authorization": "Bearer reader-token"})
    told = curl(made, run.redaction, Tokens.fixed({"reader": "reader-token"}))
    assert '"Authorization: Bearer $IMODELS_TOKEN_READER"' in told


def test_a_token_in_the_wrong_place_is_a_variable_too(
    exchange: MakeExchange, line: Callable[..., str], send: Send, canary: str
) -> None:
    told = line(exchange(headers={"authorization": f"Basic {canary}x$HOME"}, body=b""))
    assert canary not in told
    assert "Authorization: Basic outsidex$HOME" in send(told, IMODELS_TOKEN="outside")


def test_method_url_and_body_survive_the_shell(
    exchange: MakeExchange, line: Callable[..., str], send: Send
) -> None:
    body = b"""{"name": "it's $HOME `x` \\"y\\""}"""
    url = f"{URL}?$top=1&name=a'b"
    sent = send(line(exchange(url=url, body=body)))
    assert sent[sent.index("-X") + 1] == "POST"
    assert url in sent
    assert sent[sent.index("--data-raw") + 1] == body.decode()


def test_braces_in_the_url_are_not_globbed(exchange: MakeExchange, line: Callable[..., str]) -> None:
    assert " -g " in line(exchange(url=f"{URL}/{{id}}"))


def test_a_signature_is_masked(exchange: MakeExchange, line: Callable[..., str]) -> None:
    assert "abc123" not in line(exchange("storage", url="https://blob.example/f?sv=1&sig=abc123"))


@pytest.mark.parametrize("body", [b"\x89PNG\x00\xff", b"x" * 100_000])
def test_bytes_are_only_counted(exchange: MakeExchange, line: Callable[..., str], body: bytes) -> None:
    told = line(exchange(body=body))
    assert told.endswith(f"--data-binary @FILE  # FILE: {len(body)} bytes")


def test_curl_adds_no_content_type_of_its_own(exchange: MakeExchange, line: Callable[..., str]) -> None:
    assert "-H Content-Type: --data-raw" in line(exchange(headers={}))
