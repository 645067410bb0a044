"""Tokens: signed in again before they end and after a 401, and never shown."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.credentials import ClientCredentials, Command, Fixed, NoToken, Tokens
from conformance.live import live_target
from conformance.mock.server import MockServer
from conformance.mock.settings import Settings
from conformance.mock.tokens import ITWIN
from conformance.runner.options import Options
from conformance.runner.preflight import preflight
from conformance.runner.run import Run
from conformance.target import IDENTITIES
from conformance.targetfile import read


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and no tokens but the secret of an application."""
    monkeypatch.chdir(tmp_path)
    for variable in IDENTITIES.values():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SECRET", "mock-secret-admin")


@pytest.fixture
def service() -> Iterator[MockServer]:
    """A mock whose tokens are good for an hour."""
    with MockServer(Settings()) as server:
        yield server


def _run(service: MockServer, secret: str = 'client-secret-env = "SECRET"') -> Run:
    Path("imodels.toml").write_text(
        f'[identities.main]\ntoken-url = "{service.origin}/connect/token"\nclient-id = "mock-admin"\n'
        f'scope = "itwin-platform"\n{secret}\n'
    )
    return Run(Options(target=service.url, itwins=(ITWIN,), file="imodels.toml", reports="reports"))


def test_a_service_application_signs_in_by_itself(service: MockServer) -> None:
    run = _run(service)
    assert preflight(run) == ""
    token = run.target.tokens["main"]
    assert run.target.tokens["main"] == token
    assert run.redaction.text(token) == "[redacted]"
    run.finish()


def test_a_token_that_has_ended_is_replaced_and_the_request_sent_again(service: MockServer) -> None:
    run = _run(service)
    with run.story("it"):
        made = run.maker().imodel()
        first = run.target.tokens["main"]
        service.advance(2 * 3600)
        again = run.api()("get-imodel-details", id=made["id"])
        assert again.status == 200
        service.advance(2 * 3600)
        changed = run.api()("update-imodel", id=made["id"], body={"description": "once"})
    assert changed.status == 200
    assert len(run.target.tokens.used("main")) == 3
    assert run.target.tokens["main"] != first
    assert run.ledger.findings() == []
    run.finish()
    assert run.left_behind == []


def test_a_wrong_token_sent_on_purpose_is_refused_as_it_is(service: MockServer) -> None:
    run = _run(service)
    with run.story("it"):
        sent = {"authorization": "Bearer wrong"}
        answer = run.api()("get-itwin-imodels", query={"iTwinId": ITWIN}, headers=sent)
    assert answer.status == 401
    assert run.wire.sent == 1
    run.finish()


def test_a_token_about_to_end_is_replaced_before(
    service: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ClientCredentials(f"{service.origin}/connect/token", "mock-admin", lambda: "mock-secret-admin")
    first = source.token()
    now = source._token["expires_at"]
    monkeypatch.setattr("time.time", lambda: now - 100)
    assert source.token() == first
    monkeypatch.setattr("time.time", lambda: now - 30)
    assert source.token() != first


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ('client-secret-command = ["false"]', "the command false gave no secret: exit code 1"),
        ('client-secret-command = ["no-such-command"]', "gave no secret: FileNotFoundError"),
        ('client-secret-command = ["echo", "canary"]', "refused client mock-admin: invalid_client"),
    ],
)
def test_who_gets_no_token_is_told_in_one_line(service: MockServer, secret: str, said: str) -> None:
    run = _run(service, secret)
    reason = preflight(run)
    assert reason.startswith("token refused: ")
    assert said in reason
    assert "canary" not in reason
    run.finish()


def test_an_endpoint_that_is_no_such_thing_is_one_line(service: MockServer) -> None:
    for url in (service.origin, f"{service.origin}/nowhere", "http://127.0.0.1:1/"):
        with pytest.raises(NoToken, match=r"gave no token|refused"):
            ClientCredentials(url, "x", lambda: "canary").token()


def test_a_command_is_asked_again_after_a_refusal(tmp_path: Path) -> None:
    counter = "import pathlib; p = pathlib.Path('n'); n = len(p.read_text()) if p.exists() else 0;"
    counter += "p.write_text('x' * (n + 1)); print(f'token-{n}')"
    tokens = Tokens({"main": Command((sys.executable, "-c", counter)), "reader": Fixed("stays")})
    told: list[str] = []
    tokens.listen(told.append)
    assert (tokens["main"], tokens["main"]) == ("token-0", "token-0")
    assert tokens.renew("main", "token-0")
    assert tokens["main"] == "token-1"
    assert not tokens.renew("reader", "stays")
    assert told == ["stays", "token-0", "token-1"]


def test_a_token_command_is_a_way_to_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("imodels.toml").write_text('[identities.main]\ntoken-command = ["echo", "from-a-command"]\n')
    target = live_target("https://imodels.example", (ITWIN,), read("imodels.toml"))
    assert target.tokens["main"] == "from-a-command"


def test_a_token_that_no_header_can_hold_is_not_repeated() -> None:
    tokens = Tokens({"reader": Command(("echo", "canary-ä"))})
    with pytest.raises(
        NoToken, match="that of reader holds a blank or a character that no header carries"
    ) as told:
        tokens["reader"]
    assert "canary" not in str(told.value)
