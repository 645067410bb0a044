"""The end of a run: what creates left behind that never said so is found, told once, and deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.make import Maker
from conformance.runner.awaited import LARGEST
from conformance.runner.cleaning import Cleaning
from conformance.runner.options import Options
from conformance.runner.run import Run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run against a mock that takes a name twice."""
    return Run(Options(reports=str(tmp_path), drops=("imodels/name-unique",)))


def make_unnoticed(run: Run, name: str) -> None:
    """Make an iModel as if the answer had been a 500, which names nothing."""
    body = {"iTwinId": run.target.itwins[0], "name": name}
    request = run.api().request("create-imodel", {}, body=body)
    made = run.wire.client.post(request.url, content=request.body, headers=dict(request.headers))
    assert made.status_code == 201


@pytest.mark.parametrize("there", [0, 1, 2, 3])
def test_each_is_told_once(run: Run, monkeypatch: pytest.MonkeyPatch, there: int) -> None:
    name = f"{run.id} bridge"
    for _ in range(there):
        make_unnoticed(run, name)
    for _ in range(2):
        run.journal.intend(name, run.target.itwins[0])
    with monkeypatch.context() as patched:
        patched.setattr(Cleaning, "_delete", lambda *_: None)
        left = run.clean()
    assert (len(left), len(set(left))) == (there, there)
    assert run.clean() == []
    run.finish()


def test_what_nobody_could_look_for_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.journal.intend(f"{run.id} bridge", run.target.itwins[0])
    with monkeypatch.context() as patched:
        patched.setattr("conformance.runner.cleaning.LIST", "get-imodel-operations")
        assert run.clean() == [f"{run.id} bridge (nobody could look whether it was made)"]
    assert run.clean() == []
    run.finish()


def test_where_everything_was_refused_nobody_looks(run: Run) -> None:
    run.journal.refuse(run.journal.intend(f"{run.id} nowhere", "no iTwin at all"))
    run.journal.intend(f"{run.id} bridge", run.target.itwins[0])
    assert run.clean() == []
    run.finish()


@pytest.mark.parametrize(("size", "stay"), [(960, 0), (LARGEST + 1, 1)])
def test_what_waits_gets_its_file_where_nothing_else_is_deleted(tmp_path: Path, size: int, stay: int) -> None:
    freely = Run(Options(reports=str(tmp_path), liberties=("not-initialized-delete-409", "slow-work")))
    mode = {"creationMode": "fromBaseline", "baselineFile": {"size": size}}
    with freely.story("a test"):
        freely.maker().imodel(**mode)
        freely.maker().imodel(creationMode="empty")
    assert len(freely.clean()) == stay
    freely.finish()
    assert len(freely.left_behind) == stay


@pytest.mark.parametrize(
    ("mode", "times"),
    [({"creationMode": "empty"}, 1), ({"baselineFile": {"size": LARGEST + 1}}, 0)],
    ids=["being made", "no file to bring"],
)
def test_what_does_not_get_done_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: dict[str, Any], times: int
) -> None:
    freely = Run(Options(reports=str(tmp_path), liberties=("not-initialized-delete-409", "slow-work")))
    with freely.story("a test"):
        made = freely.maker().imodel(**mode)
    waited: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr(Maker, "outcome", lambda _, imodel: waited.append(imodel))
        freely.clean()
        freely.clean()
    freely.finish()
    assert waited == [made["id"]] * times
