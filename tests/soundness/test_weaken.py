"""Each operator weakens in one place, and nothing else changes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.soundness.weaken import OPERATORS, places, weakened

MOCK = Path(__file__).parents[2] / "conformance" / "mock"
MODULE = '''
"""Words."""

@rule
def judge(call, limit: int = 3):
    """Words."""
    if call.size < limit and call.known:
        raise Refused("TooLarge")
    call.seen = True
    return call.name
'''


def _body(source: str) -> str:
    return ast.unparse(ast.parse(source))


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_changes_the_module_in_one_line(operator: str) -> None:
    found = [place for place in places(MODULE) if place.operator == operator]
    assert found
    for place in found:
        before, after = _body(MODULE).splitlines(), weakened(MODULE, place).splitlines()
        if operator == "decorator-dropped":
            assert [line for line in before if line != "@rule"] == after
        else:
            assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


BENT = """
SLOW = liberty.switch("slow")

@rule("lists/first")
def first(call):
    call.first = True

@fault("lists/order")
def backwards(call, answer):
    answer.items.reverse()

def judge(call):
    if call.bent(SLOW):
        return 7
    first = call.one if call.bent(SLOW) else call.two
    if call.known or call.bent(SLOW):
        return first
    if call.known and call.bent(SLOW):
        return 8
    if not call.bent(SLOW):
        call.seen = first
    if call.bent(SLOW) or (call.bent(FAST) and call.known):
        return 9
"""


def test_what_bends_the_service_is_none_of_it() -> None:
    found = list(places(BENT))
    assert {weakened(BENT, place).count("bent") for place in found} == {0}
    assert [place.operator for place in found] == [
        "statement-dropped",
        "truth-swapped",
        "condition-negated",
        "nothing-returned",
        "statement-dropped",
    ]
    assert "first = call.two" in weakened(BENT, found[0])
    assert "if not call.known:" in weakened(BENT, found[2])


@pytest.mark.parametrize("file", sorted(MOCK.rglob("*.py")), ids=lambda file: file.stem)
def test_a_weakened_module_is_still_one(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    for place in list(places(source))[:1]:
        ast.parse(weakened(source, place))


def test_words_are_no_place() -> None:
    assert not list(places('"""Words."""\nfrom a import b\n'))


def test_looking_for_places_changes_nothing() -> None:
    assert list(places(MODULE)) == list(places(MODULE))
