"""Set-up waits for what takes time, and tells what failed, what is stuck and what is not offered apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.make import MADE, Maker
from conformance.runner.options import Options
from conformance.runner.run import Run
from conformance.story import CURRENT, NotOffered, SetupFailed

Open = Callable[..., Maker]


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Open]:
    """Open a run against a mock; `patience` is how long it waits for work."""
    with ExitStack() as opened:

        def begin(
            patience: float = 10.0, faults: tuple[str, ...] = (), liberties: tuple[str, ...] = ()
        ) -> Maker:
            run = Run(Options(reports=str(tmp_path), faults=faults, liberties=liberties))
            opened.callback(run.finish)
            opened.enter_context(run.story("a test"))
            run.wire.target = replace(run.target, deadline=patience)
            return run.maker()

        yield begin


def copied(make: Maker) -> str:
    source = make.imodel()["id"]
    body = {"iTwinId": make.itwin, "name": make.name("copy")}
    return make.copied(make.api("clone-imodel", id=source, body=body))


def test_work_that_goes_well_is_waited_for(target: Open) -> None:
    make = target()
    assert make.outcome(copied(make)) == MADE


def test_work_that_fails_is_told_and_no_set_up(target: Open) -> None:
    make = target(faults=("copies/becomes-initialized",))
    copy = copied(make)
    assert make.outcome(copy) == ("failed", "notInitialized")
    with pytest.raises(SetupFailed, match="ended as failed"):
        make.wait(copy)


def test_work_that_does_not_end_tells_nothing(target: Open) -> None:
    make = target(patience=0.0)
    with pytest.raises(SetupFailed, match="still 'scheduled'"):
        make.outcome(copied(make))


def test_work_that_only_calls_itself_done_is_told(target: Open) -> None:
    make = target(patience=0.3, faults=("copies/becomes-initialized:only-said",))
    assert make.outcome(copied(make)) == ("successful", "notInitialized")


def test_forks_need_not_be_offered(target: Open) -> None:
    make = target(liberties=("fork-not-offered",))
    with pytest.raises(NotOffered, match="fork-imodel is refused with 403"):
        make.copy(make.imodel()["id"], "fork-imodel")


def test_a_history_is_in_order_whatever_the_list_does(target: Open) -> None:
    make = target(faults=("lists/order:reversed",), liberties=("other-default-order",))
    imodel = make.imodel()["id"]
    pushed = make.pushes(imodel, make.briefcase(imodel)["briefcaseId"], 3)
    assert [seen["id"] for seen in make.history(imodel, 3)] == [one["id"] for one in pushed]


def test_how_late_a_list_is_goes_into_the_book(target: Open) -> None:
    make = target(liberties=("late-lists",))
    name = make.imodel()["name"]
    assert make.soon(lambda: make.listed(make.itwin, name=name), bool)
    assert make.soon(lambda: True, bool)
    assert not make.soon(lambda: False, bool)
    first, *others = CURRENT.get().ledger.waits["lists"]
    assert 0.05 < first < 2
    assert others == [0.0]
