"""Names a user typed."""

from __future__ import annotations

import pytest

from conformance.names import UnknownName, known

NAMES = ["create-imodel", "get-imodel-details", "Named Versions"]


def test_a_known_name_is_given_back_as_it_is_defined() -> None:
    assert known("thing", ["Create-iModel", "named-versions"], NAMES) == ("create-imodel", "Named Versions")


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("create-imodl", "did you mean create-imodel, get-imodel-details?"),
        ("get-imodel", "did you mean get-imodel-details, create-imodel?"),
        ("Named Version", "did you mean Named Versions?"),
    ],
)
def test_an_unknown_name_is_told_its_nearest(typed: str, near: str) -> None:
    with pytest.raises(UnknownName, match="unknown thing") as caught:
        known("thing", [typed], NAMES)
    assert str(caught.value).endswith(near)


def test_a_name_like_no_other_gets_no_hint() -> None:
    with pytest.raises(UnknownName) as caught:
        known("thing", ["zzz"], NAMES)
    assert str(caught.value) == "unknown thing 'zzz'"
