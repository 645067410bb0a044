"""Three corners: each way to move is told as what it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.drift.moved import _near, moved
from conformance.drift.repair import repaired
from conformance.drift.rows import Row
from conformance.drift.traffic import Seen
from tests.drift.test_observe import DOCUMENT, RIGHT, _archive, _seen, _with

USUAL = [_seen()] * 3
NULLED = [_with(state=None)] * 3


def _document(**members: Any) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(DOCUMENT))
    changed["components"]["schemas"]["Item"]["properties"] |= members
    return changed


def _sides(new: Any, now: list[Seen], before: list[Seen] | None = None) -> set[tuple[str, str]]:
    return {(row.rule, row.side) for row in moved(DOCUMENT, new, now, before or [])}


def test_nobody_moved() -> None:
    assert _sides(DOCUMENT, USUAL, USUAL) == set()


def test_the_document_moved() -> None:
    assert _sides(_document(size={"type": "string"}), USUAL, USUAL) == {
        ("response-type-changed", "document"),
        ("response-type-wrong", "document"),
    }


def test_the_document_moved_where_nobody_looked() -> None:
    assert _sides(_document(extra={"type": "string"}), USUAL) == {("response-property-added", "document")}


def test_the_service_moved() -> None:
    assert _sides(DOCUMENT, NULLED, USUAL) == {("response-null-undocumented", "service")}


def test_both_moved_to_the_same() -> None:
    new = repaired(DOCUMENT, NULLED, None, "x").document

    assert _sides(new, NULLED, USUAL) == {
        ("response-null-undocumented", "both"),
        ("response-became-nullable", "both"),
    }


def test_neither_moved_where_it_was_never_as_told() -> None:
    assert _sides(DOCUMENT, NULLED, NULLED) == {("response-null-undocumented", "neither")}


def test_a_document_that_caught_up() -> None:
    new = repaired(DOCUMENT, NULLED, None, "x").document

    assert {side for _, side in _sides(new, NULLED, NULLED)} == {"document"}


def test_a_level_for_each_side() -> None:
    row = next(r for r in moved(DOCUMENT, _document(extra={"type": "string"}), USUAL))

    assert (row.level, row.provider_level) == ("info", "warning")


def test_what_it_touches_is_a_requirement() -> None:
    row = moved(DOCUMENT, DOCUMENT, NULLED)[0]
    assert row.requirement == "answers/body-matches-schema"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    _archive(tmp_path / "now.har", NULLED)
    _archive(tmp_path / "before.har", [_seen(RIGHT)])
    old, now, before = (str(tmp_path / name) for name in ("old.json", "now.har", "before.har"))
    assert cli.main(["drift", "moved", old, old, now]) == 1
    assert "moved: service" in capsys.readouterr().out
    assert cli.main(["drift", "moved", old, old, now, "--before", now]) == 1
    assert "moved: neither" in capsys.readouterr().out
    assert cli.main(["drift", "moved", old, old, before, "--before", before]) == 0


def test_both_moved_apart() -> None:
    new = _document(state={"type": "string", "enum": ["on"]})

    assert ("response-null-undocumented", "both") in _sides(new, NULLED, USUAL)


def test_what_happens_elsewhere_does_not_draw_the_document_in() -> None:
    new = _document(extra={"type": "string"})

    assert _sides(new, NULLED, USUAL) == {
        ("response-null-undocumented", "service"),
        ("response-property-added", "document"),
    }


def test_what_a_document_now_says_beside_what_was_always_wrong() -> None:
    new = _document(extra={"type": "string"})

    assert _sides(new, NULLED, NULLED) == {
        ("response-null-undocumented", "neither"),
        ("response-property-added", "document"),
    }


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (("GET /", "200 /a"), ("GET /", "200 /a"), True),
        (("GET /", "200 /a/b"), ("GET /", "200 /a"), True),
        (("GET /", "200 /a"), ("GET /", "200 /a/b"), True),
        (("GET /", "200 /ab"), ("GET /", "200 /a"), False),
        (("GET /", "200 /a"), ("GET /", ""), True),
        (("GET /", "200 /a"), ("POST /", "200 /a"), False),
        (("GET /", "200 application/json /a"), ("GET /", "200"), True),
    ],
)
def test_places_that_are_near(one: tuple[str, str], other: tuple[str, str], near: bool) -> None:
    rows = [Row("response-type-changed", *where) for where in (one, other)]

    assert _near(*rows) == _near(*rows[::-1]) == near
