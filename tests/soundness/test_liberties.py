"""A correct server, however free in its choices, gets no red."""

from __future__ import annotations

import random
from concurrent.futures import Future

import pytest

from conformance.mock.catalogue import list_liberties
from tests.soundness.conftest import Outcome, Start

SEEDS = range(1, 21)
LIBERTY_SEEDS = range(1, 4)
SAMPLE = random.Random(2026).sample(list_liberties(), 4)


def _conformant(run: Future[Outcome]) -> None:
    outcome = run.result()
    assert (outcome.exit, outcome.broken) == (0, frozenset()), outcome.printed[-3000:]


@pytest.mark.parametrize("liberty", SAMPLE)
def test_a_liberty_is_green(liberty: str, start: Start) -> None:
    _conformant(start("--liberty", liberty))


@pytest.mark.soundness_full
@pytest.mark.parametrize("seed", SEEDS)
def test_the_honest_mock_is_green(seed: int, start: Start) -> None:
    _conformant(start("--seed", str(seed)))


@pytest.mark.soundness_full
@pytest.mark.parametrize("seed", LIBERTY_SEEDS)
@pytest.mark.parametrize("liberty", list_liberties())
def test_each_liberty_is_green(liberty: str, seed: int, start: Start) -> None:
    _conformant(start("--liberty", liberty, "--seed", str(seed)))
