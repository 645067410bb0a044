"""The lock matrix: what one briefcase gets of an object, whatever it and others hold of it."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.exchange import Exchange
from conformance.make import Maker
from conformance.race import told
from conformance.runner.run import Run
from conformance.shared import Shared
from conformance.story import CURRENT, promise

Held = dict[str, str]
BUSY, MISSING = "409 ConflictWithAnotherUser", "404 LockNotFound"
MATRIX: tuple[tuple[Held, str, tuple[str, ...], str], ...] = (
    ({}, "shared", ("ok",), "locks/acquire-answers-acquired"),
    ({}, "exclusive", ("ok",), "locks/acquire-answers-acquired"),
    ({}, "none", (MISSING,), "locks/not-held"),
    ({"own": "shared"}, "shared", ("ok",), "locks/asked-again"),
    ({"own": "shared"}, "exclusive", ("ok",), "locks/asked-again"),
    ({"own": "shared"}, "none", ("ok",), "locks/release"),
    ({"other": "shared"}, "shared", ("ok",), "locks/shared-by-many"),
    ({"other": "shared"}, "exclusive", (BUSY,), "locks/shared-blocks-exclusive"),
    ({"other": "shared"}, "none", (MISSING, BUSY), "locks/asked-again"),
    ({"own": "shared", "other": "shared"}, "shared", ("ok",), "locks/asked-again"),
    ({"own": "shared", "other": "shared"}, "exclusive", (BUSY,), "locks/asked-again"),
    ({"own": "shared", "other": "shared"}, "none", ("ok",), "locks/release"),
    ({"own": "exclusive"}, "shared", ("ok",), "locks/asked-again"),
    ({"own": "exclusive"}, "exclusive", ("ok",), "locks/asked-again"),
    ({"own": "exclusive"}, "none", ("ok",), "locks/release"),
    ({"other": "exclusive"}, "shared", (BUSY,), "locks/exclusive-conflicts"),
    ({"other": "exclusive"}, "exclusive", (BUSY,), "locks/exclusive-conflicts"),
    ({"other": "exclusive"}, "none", (MISSING, BUSY), "locks/asked-again"),
)
"""Held before, asked for, answers that are right, and the row that says so."""


@pytest.fixture(scope="module")
def pair(run: Run, workshops: Shared) -> tuple[str, dict[str, int]]:
    """An iModel and two briefcases of it, the one that asks and another."""
    imodel = workshops()["id"]
    with run.story("set-up: pair"):
        make = run.maker()
        return imodel, {who: int(make.briefcase(imodel)["briefcaseId"]) for who in ("own", "other")}


@pytest.mark.profile("full")
@pytest.mark.decides(
    "locks/acquire-answers-acquired",
    "locks/asked-again",
    "locks/exclusive-conflicts",
    "locks/not-held",
    "locks/release",
    "locks/shared-blocks-exclusive",
    "locks/shared-by-many",
)
@pytest.mark.parametrize(("held", "asked", "answers", "row"), MATRIX)
def test_each_case_of_the_matrix(
    api: Api,
    make: Maker,
    pair: tuple[str, dict[str, int]],
    held: Held,
    asked: str,
    answers: tuple[str, ...],
    row: str,
) -> None:
    """What is held before, what is asked for, what is answered, and who holds what after that."""
    imodel, briefcases = pair
    object_id = f"0x{CURRENT.get().random.getrandbits(48) | 1 << 48:x}"
    for who, level in held.items():
        succeed(_ask(api, imodel, briefcases[who], level, object_id))
    with promise(row):
        outcome = told(_ask(api, imodel, briefcases["own"], asked, object_id))
        assert any(answer == outcome or answer.startswith(f"{outcome} ") for answer in answers), outcome
        wanted = _after(held, asked, outcome == "ok")
        seen = make.soon(lambda: _held(make, imodel, briefcases, object_id), lambda seen: seen in wanted)
        assert seen in wanted, seen


def _ask(api: Api, imodel: str, briefcase: int, level: str, object_id: str) -> Exchange:
    locked = [{"lockLevel": level, "objectIds": [object_id]}]
    return api("update-imodel-locks", id=imodel, body={"briefcaseId": briefcase, "lockedObjects": locked})


def _after(held: Held, asked: str, granted: bool) -> list[Held]:
    """Who may hold the object then: an exclusive lock may stay where a shared one is asked for."""
    if not granted:
        return [held]
    others = {who: level for who, level in held.items() if who != "own"}
    if asked == "none":
        return [others]
    return [others | {"own": asked}, *([held] if held.get("own") == "exclusive" else [])]


def _held(make: Maker, imodel: str, briefcases: dict[str, int], object_id: str) -> Held:
    found: Held = {}
    for who, number in briefcases.items():
        query = {"briefcaseId": number, "$top": 1000}
        for lock in make.walk("get-imodel-locks", "locks", id=imodel, query=query):
            for part in lock["lockedObjects"]:
                if lock["briefcaseId"] == number and object_id in part["objectIds"]:
                    found[who] = part["lockLevel"]
    return found
