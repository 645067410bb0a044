"""Work that takes time: which states may follow which."""

from __future__ import annotations

import pytest

from conformance.progress import moves_on


@pytest.mark.parametrize(
    "told",
    [
        [],
        ["waitingForFile", "scheduled", "scheduled", "successful", "successful"],
        ["notInitialized", "initialized"],
        ["notGenerated", "scheduled", "failed"],
    ],
)
def test_states_that_move_on(told: list[str]) -> None:
    assert moves_on(told)


@pytest.mark.parametrize(
    "told",
    [
        ["successful", "scheduled", "successful"],
        ["successful", "failed"],
        ["scheduled", "waitingForFile"],
        ["initialized", "notInitialized"],
    ],
)
def test_states_that_do_not(told: list[str]) -> None:
    assert not moves_on(told)
