"""Each dropped rule and each fault is reported broken under its own name, and under what it implies."""

from __future__ import annotations

import random
from concurrent.futures import Future
from pathlib import Path

import pytest
import yaml

from conformance.mock.catalogue import list_faults, list_rules
from conformance.requirements import promise_of, register
from tests.soundness.conftest import Outcome, Start

IMPLIED: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("implied.yaml").read_text()) or {}
"""Mutant → other rows that it truly breaks too."""

GAPS: dict[str, str] = yaml.safe_load(Path(__file__).with_name("gaps.yaml").read_text())
"""Mutant → why it is known not to be found; strict, so that a closed gap must leave the list."""

MUTANTS = sorted({*list_rules(), *list_faults()})
SAMPLE = 30
"""How many mutants an ordinary test run tries; a seeded choice."""

SAMPLED = sorted(random.Random(2026).sample(MUTANTS, min(SAMPLE, len(MUTANTS))))


def _known(mutants: list[str]) -> list[object]:
    """The mutants as parameters, those of the gaps expected to fail."""
    return [
        pytest.param(mutant, marks=pytest.mark.xfail(strict=True, reason=GAPS[mutant]))
        if mutant in GAPS
        else pytest.param(mutant)
        for mutant in mutants
    ]


def row_of(mutant: str) -> str:
    """The row a mutant breaks: its name, without the variant."""
    return mutant.split(":", 1)[0]


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_named_after_a_row(mutant: str) -> None:
    assert promise_of(row_of(mutant)).name == row_of(mutant)


def test_every_row_that_can_fail_a_server_has_a_mutant() -> None:
    mutated = {row_of(mutant) for mutant in MUTANTS}
    assert {name for name, row in register().items() if row.level == "MUST"} - mutated == set()


def test_every_implication_speaks_of_a_mutant_and_rows() -> None:
    assert IMPLIED.keys() <= set(MUTANTS)
    assert all(promise_of(name) for names in IMPLIED.values() for name in names)


@pytest.fixture(scope="module")
def outcomes(start: Start, request: pytest.FixtureRequest) -> dict[str, Future[Outcome]]:
    """The runs of all mutants that this session asks for, begun together."""
    asked = {
        str(item.callspec.params["mutant"])
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.originalname in {"test_it_is_found", "test_each_is_found"}
    }
    return {mutant: start(*options(mutant)) for mutant in sorted(asked)}


def options(mutant: str) -> list[str]:
    """How a run is started for a mutant: the tests that own its row, and the cross-section."""
    row = promise_of(row_of(mutant))
    wide = ["--profile", row.profile] if row.profile not in {"smoke", "gate"} else []
    return ["--fault", mutant, "--requirement", row.name, "--cross-section", *wide]


def _found(mutant: str, outcome: Outcome) -> None:
    own = row_of(mutant)
    assert own in outcome.broken, f"not found: {outcome.line}\n{outcome.printed[-3000:]}"
    # Rows of level INFO tell what was met for the first time and fail nobody: they may come with anything.
    beside = {name for name in outcome.broken - {own} if promise_of(name).level != "INFO"}
    assert beside <= {*IMPLIED.get(mutant, [])}, f"also reported: {sorted(beside)}"
    must = any(promise_of(name).level == "MUST" for name in outcome.broken)
    assert (outcome.exit == 1) == must, outcome.line


@pytest.mark.parametrize("mutant", _known(SAMPLED))
def test_it_is_found(mutant: str, outcomes: dict[str, Future[Outcome]]) -> None:
    _found(mutant, outcomes[mutant].result())


@pytest.mark.soundness_full
@pytest.mark.parametrize("mutant", _known(MUTANTS))
def test_each_is_found(mutant: str, outcomes: dict[str, Future[Outcome]]) -> None:
    _found(mutant, outcomes[mutant].result())
