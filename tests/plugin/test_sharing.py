"""What stories share is left before it stands in the way of the next one."""

from __future__ import annotations

import pytest

from conformance import fixtures
from conformance.report.verdict import State
from tests.plugin.conftest import Tell


def test_a_workshop_is_left_before_its_briefcases_run_out(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixtures, "BRIEFCASES", 2)
    told = tell(
        """
        @pytest.mark.parametrize("number", range(4))
        def test_it(make, run, workshop, number):
            with run.story("set-up: a bench"):
                make.briefcase(workshop["id"])
            TIMES.append(workshop["id"])
            with promise("imodels/create-is-readable"):
                assert len(set(TIMES)) == number // 2 + 1
        """
    )
    assert told.state() is State.HELD


def test_a_workshop_with_an_open_push_is_left(tell: Tell) -> None:
    told = tell(
        """
        @pytest.mark.parametrize("number", range(2))
        def test_it(api, make, workshop, number):
            briefcase = make.briefcase(workshop["id"])["briefcaseId"]
            body = make.push_body(briefcase, None, b"bytes")
            with promise("imodels/create-is-readable"):
                assert api("create-imodel-changeset", id=workshop["id"], body=body).status == 201
        """
    )
    assert told.state() is State.HELD


def test_one_that_waits_is_deleted_where_only_the_finished_are(tell: Tell) -> None:
    told = tell(
        """
        def test_it(waiting):
            with promise("imodels/create-is-readable"):
                assert waiting["id"]
        """,
        liberties=("not-initialized-delete-409",),
    )
    assert told.state() is State.HELD
    assert told.run.journal.alive() == []


def test_who_spares_others_an_imodel_comes_first_and_who_looks_back_last(tell: Tell) -> None:
    told = tell(
        """
        @pytest.mark.late
        def test_back():
            TIMES.append("late")
            with promise("imodels/create-is-readable"):
                assert TIMES == ["early", "any", "late"]

        def test_any():
            TIMES.append("any")
            with promise("imodels/create-is-readable"):
                pass

        @pytest.mark.early
        def test_first():
            TIMES.append("early")
            with promise("imodels/create-is-readable"):
                pass
        """
    )
    assert told.state() is State.HELD
