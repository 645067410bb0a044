"""What becomes of a row: held, undecided, or left open by trouble of the suite."""

from __future__ import annotations

import pytest

from conformance.report.verdict import Exit, State
from tests.plugin.conftest import Tell


def test_a_kept_promise_is_held(tell: Tell) -> None:
    told = tell(
        """
        def test_it(make):
            made = make.imodel()
            with promise("imodels/create-is-readable"):
                assert made["id"]
            with promise("imodels/create-is-listed"):
                assert made["id"]
        """
    )
    assert told.verdict.exit is Exit.CONFORMANT
    assert told.verdict.tests == {"planned": 1, "passed": 1}
    assert told.verdict.left_behind == []


def test_an_open_question_is_no_trouble(tell: Tell) -> None:
    told = tell(
        """
        def test_it(make):
            with promise("imodels/create-is-listed"):
                make.imodel()
            raise Undecided("the answer tells nothing")
            with promise("imodels/create-is-readable"):
                pass
        """
    )
    assert (told.state(), told.reason()) == (State.UNDECIDED, "the answer tells nothing")
    assert told.verdict.trouble == []
    assert told.junit().find(".//skipped") is not None
    assert told.allure()[0]["statusDetails"] == {"message": "Undecided: the answer tells nothing"}


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ('SetupFailed("create-imodel answered 500")', "create-imodel answered 500"),
        ('KeyError("id")', "KeyError: 'id'"),
        ('AssertionError("outside a promise")', "AssertionError: outside a promise"),
    ],
)
@pytest.mark.parametrize("place", ["fixture", "test"])
def test_everything_else_is_trouble(tell: Tell, place: str, error: str, text: str) -> None:
    told = tell(
        f"""
        @pytest.fixture
        def given():
            if {place == "fixture"}:
                raise {error}

        def test_it(given):
            raise {error}
            with promise("imodels/create-is-readable"), promise("imodels/create-is-listed"):
                pass
        """
    )
    assert told.verdict.exit is Exit.INCONCLUSIVE
    assert [trouble.partition(": ")[2] for trouble in told.verdict.trouble] == [text]
    assert told.reason() == text


def test_a_module_that_cannot_be_read_is_trouble(tell: Tell) -> None:
    told = tell("import nowhere_to_be_found\n")
    assert told.verdict.exit is Exit.INCONCLUSIVE
    assert "nowhere_to_be_found" in told.verdict.trouble[0]
