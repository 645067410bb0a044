"""Sweeping: whatever moment a run is killed at, nothing of it stays, and nothing of others goes."""

from __future__ import annotations

import json
import os
import random
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from conformance.transport.journal import JOURNAL, Busy, Journal, run_of
from tests.commands.conftest import BOTH, Place

RUN = ("run", "--profile", "smoke", "--reports", "here")
WINDOW = 4.0
"""Seconds from the journal's first line within which a run is killed."""


def _kill_somewhere(place: Place, folder: Path, chance: random.Random) -> None:
    process = place.start(*RUN, cwd=folder)
    journal = folder / "here" / "journal.jsonl"
    while not journal.exists() and process.poll() is None:
        sleep(0.005)
    end = monotonic() + chance.uniform(0, WINDOW)
    while monotonic() < end and process.poll() is None:
        sleep(0.002)
    process.kill()
    process.communicate(timeout=60)


def _killed_and_swept(place: Place, folder: Path, times: int) -> int:
    chance = random.Random(times)
    dirty = 0
    for number in range(times):
        here = folder / str(number)
        here.mkdir()
        _kill_somewhere(place, here, chance)
        dirty += bool(place.left())
        code, said = place.call("sweep", "--yes", "here", cwd=here)
        assert (code, place.left()) == (0, []), said
    return dirty


@pytest.mark.parametrize("made", [1, 2])
def test_what_a_killed_run_made_is_swept(place: Place, tmp_path: Path, made: int) -> None:
    process = place.start(*RUN, cwd=tmp_path)
    while len(place.left()) < made:
        assert process.poll() is None
    process.kill()
    process.communicate(timeout=60)
    assert place.left() != []
    code, said = place.call("sweep", "--yes", "here", cwd=tmp_path)
    assert (code, place.left()) == (0, []), said


def test_a_run_that_reports_to_the_same_folder_loses_no_journal(place: Place, tmp_path: Path) -> None:
    process = place.start(*RUN, cwd=tmp_path)
    while not place.left():
        assert process.poll() is None
    process.kill()
    process.communicate(timeout=60)
    left = len(place.left())
    assert place.call(*RUN, cwd=tmp_path)[0] == 0
    assert len(place.left()) == left
    verdict = json.loads((tmp_path / "here/verdict.json").read_text())
    assert run_of(tmp_path / "here" / JOURNAL) == verdict["run"]["id"]
    code, said = place.call("sweep", "--yes", "here", cwd=tmp_path)
    assert (code, place.left()) == (0, []), said


@pytest.mark.kills
def test_a_hundred_killed_runs_leave_nothing(place: Place, tmp_path: Path) -> None:
    assert _killed_and_swept(place, tmp_path, int(os.environ.get("KILLS", "100"))) > 0


def _crashed(place: Place, folder: Path, *, name: str, id_: str = "") -> None:
    journal = Journal(folder / "here" / "journal.jsonl", "ic-20260101-000000-abcdef", place.url)
    key = journal.intend(name, BOTH[0])
    if id_:
        journal.settle(key, id_)
    journal.close()


def test_an_imodel_that_was_never_told_of_is_found_by_its_name(place: Place, tmp_path: Path) -> None:
    foreign = place.make("ic-20260101-000000-abcdee 1 of somebody else")
    place.make("ic-20260101-000000-abcdef 1")
    _crashed(place, tmp_path, name="ic-20260101-000000-abcdef 1")
    assert place.call("sweep", "--yes", "here", cwd=tmp_path)[0] == 0
    assert [item["id"] for item in place.left()] == [foreign]
    place.delete(foreign)


def test_a_name_that_proves_nothing_is_told_and_left(place: Place, tmp_path: Path) -> None:
    foreign = place.make("Bridge")
    _crashed(place, tmp_path, name="Bridge")
    code, said = place.call("sweep", "--yes", "here", cwd=tmp_path)
    assert (code, "nobody knows whether this was made: 'Bridge'" in said) == (0, True)
    assert [item["id"] for item in place.left()] == [foreign]
    place.delete(foreign)


def test_nothing_is_deleted_unasked(place: Place, tmp_path: Path) -> None:
    made = place.make("ic-20260101-000000-abcdef 1")
    _crashed(place, tmp_path, name="x", id_=made)
    code, said = place.call("sweep", "here", cwd=tmp_path)
    assert (code, "say --yes" in said, made in said) == (2, True, True)
    assert [item["id"] for item in place.left()] == [made]
    assert place.call("sweep", "--yes", "here", cwd=tmp_path)[0] == 0
    assert place.call("sweep", "--yes", "here", cwd=tmp_path) == (0, "nothing is left behind\n")
    assert place.left() == []


@pytest.mark.parametrize("how", [("here",), ("--orphans",)])
def test_who_may_not_look_is_not_told_that_nothing_is_left(
    place: Place, tmp_path: Path, how: tuple[str, ...]
) -> None:
    made = place.make("ic-20260101-000000-abcdef 1")
    _crashed(place, tmp_path, name="ic-20260101-000000-abcdef 1")
    code, said = place.call("sweep", "--yes", *how, cwd=tmp_path, IMODELS_TOKEN="nobody")
    assert (code, "token refused: 401" in said, "nothing is left" in said) == (3, True, False)
    code, said = place.call("sweep", "--yes", *how, cwd=tmp_path, IMODELS_ITWIN=made)
    assert (code, "unknown iTwin" in said) == (3, True)
    place.delete(made)


def test_a_journal_of_another_target_is_left_alone(place: Place, tmp_path: Path) -> None:
    made = place.make("ic-20260101-000000-abcdef 1")
    journal = Journal(tmp_path / "here" / "journal.jsonl", "ic-20260101-000000-abcdef", "https://other")
    journal.settle(journal.intend("x", BOTH[0]), made)
    journal.close()
    code, said = place.call("sweep", "--yes", "here", cwd=tmp_path)
    assert (code, "is about https://other" in said) == (0, True)
    assert [item["id"] for item in place.left()] == [made]
    place.delete(made)


def test_a_run_under_way_is_left_alone(place: Place, tmp_path: Path) -> None:
    run = place.start("run", "--profile", "smoke", "--reports", "reports/x", cwd=tmp_path)
    while not place.left():
        assert run.poll() is None
        sleep(0.02)
    code, said = place.call("sweep", "--yes", "--orphans", "--older-than", "0", cwd=tmp_path)
    assert (code, "belongs to a run that is under way" in said) == (0, True)
    told, _ = run.communicate(timeout=120)
    assert run.returncode == 0, told
    assert place.left() == []


def test_orphans_are_found_by_name_and_age(place: Place, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    old, new = (f"ic-{now - timedelta(hours=hours):%Y%m%d-%H%M%S}-abcdef 1" for hours in (30, 2))
    names = (old, new, "ic-20260101-000000 short", "ic-20260101-000000-abcdefg", "x" + old)
    made = {name: place.make(name) for name in names}
    code, said = place.call("sweep", "--orphans", "--yes", cwd=tmp_path)
    assert (code, "deleted 1 of 1" in said) == (0, True)
    assert {item["id"] for item in place.left()} == {made[name] for name in names[1:]}
    for name in names[1:]:
        place.delete(made[name])


def test_two_runs_at_once_do_not_disturb_each_other(place: Place, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    runs = [place.start(*RUN, cwd=folder) for folder in folders]
    told = [run.communicate(timeout=300)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], told
    assert place.left() == []


def test_a_run_that_was_interrupted_politely_leaves_nothing(place: Place, tmp_path: Path) -> None:
    run = place.start(*RUN, cwd=tmp_path)
    while not place.left():
        assert run.poll() is None
        sleep(0.02)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=120)
    assert (run.returncode, place.left()) == (3, [])
    assert json.loads((tmp_path / "here/verdict.json").read_text())["left_behind"] == []


def test_half_a_line_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path, "run", "target")
    journal.settle(journal.intend("ä", "twin"), "an-id")
    journal.close()
    with path.open("a") as file:
        file.write('{"event": "inte')
    again = Journal(path)
    assert ([made.id for made in again.alive()], again.run, again.target) == (["an-id"], "run", "target")
    again.gone("an-id")
    with pytest.raises(Busy):
        Journal(path)
    again.close()
    last = Journal(path)
    assert last.alive() == []
    last.close()
