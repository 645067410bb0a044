"""The journal is on disk before the request, and knows what is left."""

from __future__ import annotations

import json
from pathlib import Path

from conformance.transport.journal import JOURNAL, JOURNALS, Journal, set_aside

ID = "11111111-2222-4333-8444-555555555555"


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_an_intention_is_on_disk_at_once(journal: Journal, tmp_path: Path) -> None:
    key = journal.intend("bridge", "twin")
    assert _lines(tmp_path / "journal.jsonl") == [
        {"event": "intend", "key": key, "name": "bridge", "itwin": "twin", "scope": ""}
    ]


def test_what_was_made_is_alive_until_it_is_gone(journal: Journal) -> None:
    key = journal.intend("bridge", "twin")
    assert [made.name for made in journal.unsettled()] == ["bridge"]
    journal.settle(key, ID.upper())
    assert journal.holds(ID)
    assert [made.id for made in journal.alive()] == [ID]
    journal.gone(ID)
    assert (journal.alive(), journal.unsettled(), journal.count()) == ([], [], 1)


def test_what_was_refused_leaves_nothing(journal: Journal) -> None:
    journal.refuse(journal.intend("bridge", "twin"))
    assert (journal.alive(), journal.unsettled(), journal.count()) == ([], [], 0)


def test_what_is_named_twice_is_kept_once(journal: Journal) -> None:
    for _ in range(2):
        journal.settle(journal.intend("bridge", "twin"), ID)
    assert [made.id for made in journal.alive()] == [ID]
    assert (journal.unsettled(), journal.count()) == ([], 1)


def test_a_journal_with_nothing_left_makes_room(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL
    earlier = Journal(path, "ic-1", "http://there")
    earlier.settle(earlier.intend("ic-1 a", ID), ID)
    earlier.gone(ID)
    earlier.close()
    set_aside(path, "ic-2")
    assert list(tmp_path.iterdir()) == []


def test_a_journal_with_something_left_is_kept_beside(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL
    earlier = Journal(path, "ic-1", "http://there")
    earlier.settle(earlier.intend("ic-1 a", ID), ID)
    earlier.close()
    set_aside(path, "ic-2")
    now = Journal(path, "ic-2", "http://here")
    assert (now.run, now.target, now.holds(ID)) == ("ic-2", "http://here", False)
    now.close()
    (kept,) = (Journal(file) for file in tmp_path.glob(JOURNALS) if file != path)
    assert (kept.run, kept.target, [made.id for made in kept.alive()]) == ("ic-1", "http://there", [ID])
    kept.close()
