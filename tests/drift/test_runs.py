"""One run and another: what came in one only is told, what both have is not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.contract import load
from conformance.drift.runs import compared, profile, verdicts
from conformance.drift.traffic import Seen
from conformance.exchange import Answer, Request
from tests.drift.test_observe import _archive

BASE = "https://api.bentley.com/imodels"
ID = "7c1e0d52-8f3b-4a96-b1d4-5e60c7a9f213"


def _seen(body: Any, status: int = 200, elapsed: float = 0.01, path: str = f"/{ID}", **headers: str) -> Seen:
    answered = {"content-type": "application/json"} | {n.replace("_", "-"): v for n, v in headers.items()}
    answer = Answer(status, answered, json.dumps(body).encode(), elapsed)
    return Seen("#1", Request("GET", BASE + path), answer)


def _model(**members: Any) -> dict[str, Any]:
    return {"iModel": {"id": ID, "name": "x", **members}}


def _told(before: list[Seen], after: list[Seen]) -> set[tuple[str, str, str]]:
    return {
        (r.rule, r.place, r.old + r.new) for r in compared(profile(before, load()), profile(after, load()))
    }


USUAL = [_seen(_model()) for _ in range(4)]


@pytest.mark.parametrize(
    ("after", "forth", "back"),
    [
        ([_seen(_model(size=1))] * 4, ("member-appeared", "200 /iModel/size", ""), "member-vanished"),
        ([_seen({"error": {"code": "A"}}, 404)] * 4, ("status-appeared", "404", ""), "status-vanished"),
        ([_seen(_model(), x_new="1")] * 4, ("header-appeared", "200", "x-new"), "header-vanished"),
        (
            [_seen(_model(), content_type="text/json")] * 4,
            ("media-type-appeared", "200", "text/json"),
            "media-type-vanished",
        ),
        ([_seen(_model(name=None))] * 4, ("type-appeared", "200 /iModel/name", "null"), "type-vanished"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_came_in_one_run_only(after: list[Seen], forth: tuple[str, str, str], back: str) -> None:
    assert forth in _told(USUAL, after)
    assert (back, *forth[1:]) in _told(after, USUAL)


def test_another_code_of_one_status() -> None:
    one, other = ([_seen({"error": {"code": code}}, 404)] * 4 for code in "AB")

    assert _told(one, other) == {("code-vanished", "404", "A"), ("code-appeared", "404", "B")}


def test_runs_that_are_alike() -> None:
    assert _told(USUAL, USUAL) == set()


def test_what_came_rarely_need_not_come_again() -> None:
    rare = [*[_seen(_model())] * 9, _seen(_model(size=1))]

    assert _told(rare, USUAL) == set()
    assert _told(rare, [_seen(_model())] * 10) == {("member-vanished", "200 /iModel/size", "")}


def test_without_chances_nothing_is_told() -> None:
    assert _told(USUAL, USUAL[:2]) == set()
    assert _told([_seen(_model(size=1))] * 4, USUAL[:2]) == set()


def _page(*names: str) -> Seen:
    items = [{"id": str(number), "name": name} for number, name in enumerate(names)]
    return _seen({"iModels": items}, path="?iTwinId=1")


def test_lists_in_another_order() -> None:
    sorted_, other = [_page("a", "b", "c")] * 3, [_page("b", "a", "c")] * 3
    shuffled = [
        _seen({"iModels": [{"name": "b"}, {"name": "a"}]}, path="?iTwinId=1"),
        *[_seen({"iModels": [{"name": "a"}, {"name": "b"}]}, path="?iTwinId=1")] * 2,
    ]

    assert _told(sorted_, sorted_) == set()
    assert not [t for t in _told(sorted_, other) if t[0] == "order-changed"]  # still sorted by id
    assert [t[1] for t in _told(sorted_, shuffled) if t[0] == "order-changed"] == ["200 /iModels"]


def test_time_as_a_distribution() -> None:
    slow = [_seen(_model(), elapsed=0.1)] * 12
    outlier = [*[_seen(_model())] * 11, _seen(_model(), elapsed=9)]

    assert [t[0] for t in _told([_seen(_model())] * 12, slow)] == ["answer-slower"]
    assert [t[0] for t in _told(slow, [_seen(_model())] * 12)] == ["answer-faster"]
    assert _told([_seen(_model())] * 12, outlier) == set()


def _verdict(folder: Path, **states: tuple[str, str]) -> Path:
    folder.mkdir()
    rows = [
        {"name": name.replace("__", "/"), "state": s, "level": level} for name, (s, level) in states.items()
    ]
    (folder / "verdict.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")
    return folder


def test_verdicts_that_flipped(tmp_path: Path) -> None:
    one = _verdict(tmp_path / "one", a__b=("held", "MUST"), c__d=("held", "SHOULD"), e__f=("broken", "MUST"))
    other = _verdict(
        tmp_path / "other", a__b=("broken", "MUST"), c__d=("flaky", "SHOULD"), e__f=("held", "MUST")
    )

    assert [(row.rule, row.place) for row in sorted(verdicts(one, other), key=lambda row: row.place)] == [
        ("must-verdict-worse", "a/b"),
        ("other-verdict-worse", "c/d"),
        ("verdict-better", "e/f"),
    ]
    assert list(verdicts(one, one)) == []
    assert list(verdicts(one, tmp_path)) == []


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _archive(tmp_path / "one.har", [_seen(_model(size=1))] * 4)
    _archive(tmp_path / "other.har", USUAL)
    _archive(tmp_path / "none.har", [])
    command = ["drift", "runs", str(tmp_path / "one.har")]
    assert cli.main([*command, str(tmp_path / "one.har"), "--fail-on", "any"]) == 0
    assert cli.main([*command, str(tmp_path / "other.har")]) == 1
    assert "breaking  GET /{}  member-vanished  200 /iModel/size" in capsys.readouterr().out
    assert cli.main([*command, str(tmp_path / "none.har")]) == 3


@pytest.mark.parametrize("verdict", ["", "[]", '{"rows": [1]}'])
def test_a_verdict_that_is_none(verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = {
        "number": 1,
        "test": "x",
        "request": {"method": "GET", "url": f"{BASE}/{ID}", "headers": {}, "body": ""},
        "answer": {"status": 200, "headers": {}, "body": "{}", "elapsed": 0.1},
    }
    with gzip.open(tmp_path / "exchanges.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    (tmp_path / "verdict.json").write_text(verdict, encoding="utf-8")

    assert cli.main(["drift", "runs", str(tmp_path), str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert "verdict.json: not the verdict of a run" in told.err
    assert len(told.err.splitlines()) == 1


def test_a_list_that_is_turned_round() -> None:
    def page(*names: str) -> Seen:
        return _seen({"iModels": [{"name": name} for name in names]}, path="?iTwinId=1")

    ups, downs, equal = ([page(*names)] * 3 for names in (("a", "b"), ("b", "a"), ("a", "a")))

    assert _told(ups, downs) == {("order-changed", "200 /iModels", "name ascname desc")}
    assert _told(downs, ups) == {("order-changed", "200 /iModels", "name descname asc")}
    assert _told(equal, ups) == set()


def test_an_order_that_was_asked_for_says_nothing() -> None:
    def page(*names: str, query: str = "") -> Seen:
        return _seen({"iModels": [{"name": name} for name in names]}, path=f"?iTwinId=1{query}")

    asked = [page("b", "a", query="&$orderBy=name%20desc")] * 3

    assert _told([page("a", "b")] * 6, [page("a", "b")] * 3 + asked) == set()


def test_what_is_no_list_of_objects_has_no_order() -> None:
    texts = [_seen({"iModels": ["b", "a"]}, path="?iTwinId=1")] * 3
    others = [_seen({"iModels": ["a", "b"]}, path="?iTwinId=1")] * 3

    assert _told(texts, others) == set()


def test_how_much_slower_is_worth_telling() -> None:
    def times(seconds: float, number: int = 10) -> list[Seen]:
        return [_seen(_model(), elapsed=seconds)] * number

    assert [t[0] for t in _told(times(0.02), times(0.04))] == ["answer-slower"]
    assert _told(times(0.02, 9), times(0.04)) == set()
    assert _told(times(0.001), times(0.01)) == set()
    ((_, _, said),) = _told(times(0.02), times(0.04))
    assert said == "median 20 ms, 95 % below 20 msmedian 40 ms, 95 % below 40 ms"


def test_the_slow_end_is_told_beside_the_usual_answer() -> None:
    tail = [_seen(_model(), elapsed=0.1)] * 17 + [_seen(_model(), elapsed=0.5)] * 3
    ((_, _, said),) = _told([_seen(_model())] * 20, tail)
    assert said.endswith("median 100 ms, 95 % below 500 ms")


def test_as_many_chances_as_it_takes() -> None:
    assert _told(USUAL, [_seen({"iModel": {"id": ID}})] * 3) == {("member-vanished", "200 /iModel/name", "")}
    once = [_seen(_model(size=1)), _seen(_model()), _seen(_model())]
    assert _told(once, [_seen(_model())] * 3) == {("member-vanished", "200 /iModel/size", "")}


def test_what_is_no_longer_looked_at_is_no_better(tmp_path: Path) -> None:
    one = _verdict(tmp_path / "one", a__b=("not planned", "MUST"), c__d=("held", "MUST"))
    other = _verdict(tmp_path / "other", a__b=("not offered", "MUST"), c__d=("not planned", "MUST"))

    assert [(row.rule, row.place) for row in verdicts(one, other)] == [("other-verdict-worse", "c/d")]
    assert [(row.rule, row.place) for row in verdicts(other, one)] == [("verdict-better", "c/d")]
