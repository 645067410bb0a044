"""Read-only: nothing but GETs leave, and they decide what they can."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import cli
from conformance.mock.server import MockServer
from conformance.mock.tokens import ITWIN, token
from conformance.runner.options import Options
from conformance.runner.run import Run


@pytest.fixture
def service() -> Iterator[MockServer]:
    """A mock."""
    with MockServer() as server:
        yield server


@pytest.fixture
def history(service: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An iModel with a short history, named in the target file of an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMODELS_TOKEN", token("admin"))
    monkeypatch.delenv("IMODELS_TARGET", raising=False)
    run = Run(Options(target=service.url, itwins=(ITWIN,), reports="made"))
    with run.story("history"):
        make = run.maker()
        id_ = str(make.imodel()["id"])
        changes = make.pushes(id_, make.briefcase(id_)["briefcaseId"], 2)
        make.named_version(id_, changes[0]["id"])
    for part in (run.recording, run.journal, run.wire):
        part.close()
    said = f'[target]\nurl = "{service.url}"\nitwins = ["{ITWIN}"]\nimodels = ["{id_}"]\n'
    Path("imodels.toml").write_text(said)
    return id_


def _run(*more: str) -> tuple[int, dict[str, object]]:
    code = cli.main(["run", "--read-only", "--tier", "none", "--reports", "here", *more])
    return code, json.loads(Path("here/verdict.json").read_text())


def test_only_gets_go_out_and_decide(service: MockServer, history: str) -> None:
    before = len(service.calls())
    code, verdict = _run()
    asked = service.calls()[before:]
    assert {call.method for call in asked} == {"GET"}
    assert code == 0, verdict["verdict"]
    assert str(verdict["verdict"]).startswith("conformant (read-only: ")
    assert verdict["imodels"] == 0
    rows = verdict["rows"]
    assert isinstance(rows, list)
    held = {row["name"] for row in rows if row["state"] == "held"}
    assert {"answers/body-matches-schema", "lists/envelope", "access/no-token", "imodels/unknown-id"} <= held
    assert not [row["name"] for row in rows if row["state"] == "undecided"]


def test_what_reading_shows_broken_is_broken(service: MockServer, history: str) -> None:
    service.twist(faults=["access/no-token"])
    code, verdict = _run()
    rows = verdict["rows"]
    assert isinstance(rows, list)
    assert (code, {row["name"] for row in rows if row["state"] == "broken"}) == (1, {"access/no-token"})


def test_an_imodel_that_is_not_there_is_inconclusive(service: MockServer, history: str) -> None:
    text = Path("imodels.toml").read_text().replace(history, "4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9999")
    Path("imodels.toml").write_text(text)
    assert _run()[0] == 3


def test_read_only_needs_something_to_read(capsys: pytest.CaptureFixture[str], history: str) -> None:
    text = Path("imodels.toml").read_text()
    Path("imodels.toml").write_text(text[: text.index("imodels = [")])
    assert cli.main(["run", "--read-only"]) == 2
    assert "[target] imodels" in capsys.readouterr().err
    assert cli.main(["run", "--read-only", "--target", "mock"]) == 2
    assert "needs a live --target" in capsys.readouterr().err
