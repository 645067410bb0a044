"""A look at everything a walk has made: each list shows what the steps before it left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.make import REPRESENTATION
from conformance.walk.known import CLOSED, OPEN
from conformance.walk.walk import Walk


def look(walk: Walk) -> None:
    """Compare every list with the model."""
    for what, seen, expected in (
        ("briefcases", _briefcases, sorted(walk.known.briefcases)),
        ("changesets", _changesets, [(c.id, c.briefcase, c.group) for c in walk.known.timeline]),
        ("versions", _versions, _expected_versions(walk)),
        ("groups", _groups, walk.known.groups),
        ("locks", _locks, {id_: held for id_, held in walk.known.locks.items() if held}),
    ):
        _compare(walk, what, seen, expected)


def _compare(walk: Walk, what: str, seen: Callable[[Walk], Any], expected: Any) -> None:
    walk.same(what, walk.make.soon(lambda: seen(walk), lambda found: bool(found == expected)), expected)


def _briefcases(walk: Walk) -> list[int]:
    found = walk.make.walk("get-imodel-briefcases", "briefcases", id=walk.known.id)
    return sorted(int(briefcase["id"]) for briefcase in found)


def _changesets(walk: Walk) -> list[tuple[str, int, str | None]]:
    return [(c["id"], c["briefcaseId"], c["groupId"]) for c in walk.make.history(walk.known.id)]


def _versions(walk: Walk) -> dict[str, tuple[str, str, str]]:
    found = walk.make.walk(
        "get-imodel-named-versions", "namedVersions", id=walk.known.id, headers=REPRESENTATION
    )
    return {v["id"]: (v["name"], v["state"], v["changesetId"]) for v in found}


def _expected_versions(walk: Walk) -> dict[str, tuple[str, str, str]]:
    timeline = walk.known.timeline
    return {id_: (v.name, v.state, timeline[v.place].id) for id_, v in walk.known.versions.items()}


def _groups(walk: Walk) -> dict[str, str]:
    found = walk.make.walk("get-imodel-changeset-groups", "changesetGroups", id=walk.known.id)
    return {group["id"]: OPEN if group["state"] == OPEN else CLOSED for group in found}


def _locks(walk: Walk) -> dict[str, dict[int, str]]:
    held: dict[str, dict[int, str]] = {}
    for found in walk.make.walk("get-imodel-locks", "locks", id=walk.known.id):
        for part in found["lockedObjects"]:
            for object_id in part["objectIds"]:
                held.setdefault(object_id, {})[found["briefcaseId"]] = part["lockLevel"]
    return held
