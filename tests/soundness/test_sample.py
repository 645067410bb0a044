"""A seeded choice of mutants and liberties: each mutant is found, no liberty is (all of them: `sweep`)."""

from __future__ import annotations

import pytest

from tests.soundness.cases import IMPLIED, LIBERTIES, MUTANTS, Case, Mutant, companies, sample
from tests.soundness.conftest import Outcomes

# All runs of these tests begin together, so they belong to one worker.
pytestmark = pytest.mark.xdist_group("soundness")

CASES: list[Case] = [
    *(Mutant(name) for name in sample(MUTANTS, 10)),
    # One company of liberties costs as much as one liberty alone.
    companies(LIBERTIES, 16, 1)[0],
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:60])
def test_it_is_told_right(case: Case, outcomes: Outcomes) -> None:
    outcome = outcomes[case].result()
    assert not case.problem(outcome), outcome.line + "\n" + outcome.printed[-3000:]


def test_more_than_three_implied_rows_have_a_reason() -> None:
    assert {mutant for mutant, names in IMPLIED.items() if len(names) > 3} == set()
