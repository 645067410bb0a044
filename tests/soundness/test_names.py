"""The names of mutants: each is a row's, each row that can fail a server has one."""

from __future__ import annotations

import pytest

from conformance.requirements import promise_of, register
from tests.soundness.cases import IMPLIED, LIBERTIES, MUTANTS, VARIANT, Mutant, all_at_once, companies


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_named_after_a_row(name: str) -> None:
    row = Mutant(name).row
    assert promise_of(row).name == row


def test_every_row_that_can_fail_a_server_has_a_mutant() -> None:
    mutated = {Mutant(name).row for name in MUTANTS}
    assert {name for name, row in register().items() if row.level != "INFO"} - mutated == set()


def test_every_implication_speaks_of_a_mutant_and_rows() -> None:
    assert IMPLIED.keys() <= set(MUTANTS)
    assert all(promise_of(name) for names in IMPLIED.values() for name in names)


@pytest.mark.parametrize("seed", [2, 3])
def test_every_liberty_is_in_one_company_of_each_seed(seed: int) -> None:
    groups = [freedom.liberties for freedom in companies(LIBERTIES, 8, seed)]
    assert sorted(name for group in groups for name in group) == sorted(LIBERTIES)
    assert max(map(len, groups)) <= 9
    for group in groups:
        assert len({VARIANT.sub("", name) for name in group}) == len(group)


def test_all_at_once_has_one_answer_to_each_question() -> None:
    questions = {VARIANT.sub("", name) for name in LIBERTIES}
    drawn = [all_at_once(LIBERTIES, seed).liberties for seed in range(30)]
    assert all({VARIANT.sub("", name) for name in one} == questions for one in drawn)
    assert all(len(one) == len(questions) for one in drawn)
    assert {name for one in drawn for name in one} == set(LIBERTIES)
