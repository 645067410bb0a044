"""The file of waivers: what it may say, and the one line for everything else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from conformance.contract import load
from conformance.waivers import Waiver, WaiverError, read_waivers

DAY = date(2026, 6, 1)
GOOD = "{name: changesets/parent-exists, reason: old gateway, expiry: 2026-06-01}"


def read(tmp_path: Path, text: str) -> tuple[Waiver, ...]:
    """Read a file with this text."""
    file = tmp_path / "waivers.yaml"
    file.write_text(text)
    return read_waivers(str(file), load().operations, DAY)


def test_a_waiver_says_what_why_and_how_long(tmp_path: Path) -> None:
    text = """
- name: Changesets/parent-exists
  operation: create-imodel-changeset
  code: ParentChangesetNotFound
  reason: the gateway maps it to 400
  ticket: GW-17
  expiry: "2026-06-02"
"""
    (waiver,) = read(tmp_path, text)
    assert (waiver.name, waiver.operation) == ("changesets/parent-exists", "create-imodel-changeset")
    assert waiver.words == "the gateway maps it to 400 (GW-17, until 2026-06-02)"
    assert waiver.told()["expiry"] == "2026-06-02"


def test_the_least_is_a_name_a_reason_and_a_day(tmp_path: Path) -> None:
    (waiver,) = read(tmp_path, f"- {GOOD}")
    assert (waiver.operation, waiver.code, waiver.ticket, waiver.expiry) == ("", "", "", DAY)


def test_without_a_file_nothing_is_waived() -> None:
    assert read_waivers("", load().operations) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- [", "waivers.yaml: not YAML"),
        ("{}", "waivers.yaml: not a list of waivers"),
        ("", "waivers.yaml: not a list of waivers"),
        ("- a", "waiver 1 is no mapping of name, operation"),
        (f"- {GOOD}\n- {{name: a}}", "waiver 2 lacks expiry, reason"),
        ("- {why: a}", "unknown member 'why'"),
        (f"- {GOOD.replace('old gateway', '')}", "waiver 1 lacks reason"),
        (f"- {GOOD.replace('old gateway', '7')}", "waiver 1: reason is no text: 7"),
        (f"- {GOOD.replace('2026-06-01', 'soon')}", "expiry is no day like 2027-01-31: 'soon'"),
        (f"- {GOOD.replace('2026-06-01', '2026-06-01T00:00:00')}", "expiry is no day"),
        (f"- {GOOD.replace('2026-06-01', '2026-05-31')}", "expired on 2026-05-31: old gateway"),
        (f"- {GOOD.replace('exists', 'exist')}", "did you mean changesets/parent-exists"),
        (f"- {GOOD[:-1]}, operation: create-imodl}}", "unknown operation 'create-imodl'; did you mean"),
    ],
)
def test_anything_else_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(WaiverError) as error:
        read(tmp_path, text)
    assert said in str(error.value)
    assert len(str(error.value).splitlines()) == 1
