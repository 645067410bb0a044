"""What an exception of a test stands for."""

from __future__ import annotations

import pytest
from hypothesis.errors import Flaky, FlakyFailure

from conformance.exchange import Broken, Deviation, Finding
from conformance.runner.outcome import Kind, outcome_of
from conformance.story import SetupFailed, Undecided
from conformance.transport.guard import Refused
from conformance.transport.wire import Unreachable

FINDING = Finding("imodels/name-unique", "create-imodel", Deviation("kind", "409", "201"), ())
BROKEN = Broken([FINDING])


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (BROKEN, Kind.BROKEN, "imodels/name-unique broke first"),
        (ExceptionGroup("two", [BROKEN, BROKEN]), Kind.BROKEN, "imodels/name-unique broke first"),
        (ExceptionGroup("two", [BROKEN, KeyError("a")]), Kind.TROUBLE, "imodels/name-unique broke first"),
        (FlakyFailure("it differs", [BROKEN]), Kind.FLAKY, "imodels/name-unique broke first"),
        (Flaky("it differs"), Kind.FLAKY, "Flaky: it differs"),
        (Undecided("no error body"), Kind.UNDECIDED, "no error body"),
        (SetupFailed("create-imodel answered 500\nmore"), Kind.TROUBLE, "create-imodel answered 500"),
        (Refused("not ours"), Kind.TROUBLE, "Refused: not ours"),
        (AssertionError(), Kind.TROUBLE, "AssertionError"),
        (KeyError("a"), Kind.TROUBLE, "KeyError: 'a'"),
    ],
)
def test_kind_and_reason(error: BaseException, kind: Kind, reason: str) -> None:
    outcome = outcome_of(error)
    assert (outcome.kind, outcome.reason) == (kind, reason)


def test_findings_of_a_group_are_all_kept() -> None:
    other = Broken([Finding("imodels/search", "get-itwin-imodels", Deviation("kind", "a", "b"), ())])
    assert len(outcome_of(ExceptionGroup("two", [BROKEN, other])).findings) == 2


def test_no_answer_is_told_apart() -> None:
    assert outcome_of(Unreachable("GET /: timed out")).unreachable
    assert not outcome_of(SetupFailed("x")).unreachable
