"""Checkpoints of the mock: scheduled, successful, restarted, and how all of it can be bent."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from conformance.mock.tokens import ITWIN
from tests.mock.attempts import bent

GUID = "8f14e45f-ceea-467f-a8d2-7c1f0b9e3d55"


def site(admin: Any, pushed: int = 2, mark: int | None = None) -> str:
    """An iModel with some changesets, one of them named."""
    path = f"/{admin.make()['id']}"
    admin.push(path, admin.briefcase(path), *range(1, pushed + 1))
    if mark is not None:
        admin.mark(path, place=mark)
    return path


def code(answer: httpx.Response) -> int | tuple[int, str]:
    return answer.status_code if answer.is_success else (answer.status_code, answer.json()["error"]["code"])


def of(admin: Any, path: str, place: object) -> Any:
    return admin.get(f"{path}/changesets/{place}/checkpoint").json()["checkpoint"]


def latest(admin: Any, path: str) -> Any:
    return admin.get(f"{path}/briefcases/checkpoint").json()["checkpoint"]


def version(admin: Any, path: str) -> str:
    return f"{path}/namedversions/{admin.get(f'{path}/namedversions').json()['namedVersions'][0]['id']}"


def test_the_baseline_has_a_checkpoint_from_the_start(admin: Any) -> None:
    path = site(admin, 0)
    found = latest(admin, path)
    assert (found["changesetId"], found["changesetIndex"], found["state"]) == (None, 0, "successful")
    assert found["dbName"] == "BASELINE.bim"
    assert of(admin, path, 0)["changesetIndex"] == 0
    data = httpx.get(found["_links"]["download"]["href"]).content
    assert len(data) == found["size"] > 0
    assert found["containerAccessInfo"]["sas"] == f"?{found['directoryAccessInfo']['azure']['sasToken']}"


def test_nothing_is_there_before_the_imodel_is(admin: Any) -> None:
    path = f"/{admin.make(baselineFile={'size': 3})['id']}"
    for tail in ("/briefcases/checkpoint", "/changesets/0/checkpoint"):
        assert code(admin.get(path + tail)) == (404, "CheckpointNotFound")


def test_a_named_version_schedules_one(admin: Any) -> None:
    path = site(admin, 3, mark=2)
    soon = of(admin, path, 2)
    assert (soon["changesetId"], soon["state"], soon["size"]) == (f"{2:040x}", "scheduled", 0)
    assert [soon["directoryAccessInfo"], soon["containerAccessInfo"], soon["_links"]["download"]] == [
        None
    ] * 3
    assert latest(admin, path)["changesetIndex"] == 0
    admin.wait()
    there = of(admin, path, f"{2:040x}")
    assert (there["state"], there["changesetIndex"], there["dbName"]) == ("successful", 2, f"{2:040x}.bim")
    data = httpx.get(there["_links"]["download"]["href"]).content
    assert data.endswith(b"abcabc")
    assert len(data) == there["size"]
    assert latest(admin, path)["changesetIndex"] == 2
    by_version = admin.get(f"{version(admin, path)}/checkpoint").json()["checkpoint"]
    assert by_version["changesetIndex"] == 2


def test_only_the_exact_point_counts(admin: Any) -> None:
    path = site(admin, 2, mark=1)
    assert code(admin.get(f"{path}/changesets/2/checkpoint")) == (404, "CheckpointNotFound")
    assert code(admin.get(f"{path}/changesets/9/checkpoint")) == (404, "ChangesetNotFound")


def test_a_restart_leaves_what_is_there_or_coming(admin: Any) -> None:
    path = site(admin, mark=1)
    where = f"{version(admin, path)}/checkpoint"
    assert admin.send("PUT", where).json()["checkpoint"]["state"] == "scheduled"
    admin.wait()
    assert admin.send("PUT", where).json()["checkpoint"]["state"] == "successful"
    assert admin.get(where).json()["checkpoint"]["state"] == "successful"


def test_a_restart_makes_what_is_missing(admin: Any) -> None:
    path = site(bent(admin, "checkpoints/scheduled-with-named-version"), mark=1)
    where = f"{version(admin, path)}/checkpoint"
    assert code(admin.get(where)) == (404, "CheckpointNotFound")
    assert admin.send("PUT", where).json()["checkpoint"]["state"] == "scheduled"


def test_a_restart_tries_again_what_failed(admin: Any) -> None:
    path = site(bent(admin, "checkpoints/becomes-successful"), mark=1)
    admin.wait()
    assert latest(admin, path)["changesetIndex"] == 0
    where = f"{version(admin, path)}/checkpoint"
    assert admin.get(where).json()["checkpoint"]["state"] == "failed"
    assert admin.send("PUT", where).json()["checkpoint"]["state"] == "scheduled"


@pytest.mark.parametrize("tail", ["briefcases/checkpoint", "changesets/0/checkpoint"])
def test_viewing_alone_opens_none(admin: Any, tail: str) -> None:
    answer = admin.acting("viewer", "GET", f"{site(admin, 0)}/{tail}")
    assert code(answer) == (403, "InsufficientPermissions")


def test_a_copy_starts_with_its_baseline_only(admin: Any) -> None:
    path = site(admin, mark=1)
    answer = admin.post(f"{path}/clone", json={"iTwinId": ITWIN, "name": "Copy"})
    copied = "/" + answer.headers["location"].rpartition("/")[2]
    admin.wait()
    assert latest(admin, copied)["changesetIndex"] == 0
    assert code(admin.get(f"{copied}/changesets/1/checkpoint")) == (404, "CheckpointNotFound")


def waiting(admin: Any) -> str:
    return f"/{admin.make(baselineFile={'size': 3})['id']}"


LIBERTIES = [
    (
        "not-generated-checkpoint-200",
        lambda a: a.get(f"{site(a)}/changesets/2/checkpoint"),
        (404, "CheckpointNotFound"),
        "notGenerated",
    ),
    (
        "no-latest-checkpoint-200",
        lambda a: a.get(f"{waiting(a)}/briefcases/checkpoint"),
        (404, "CheckpointNotFound"),
        "notGenerated",
    ),
    (
        "no-checkpoint-of-fresh-imodel",
        lambda a: a.get(f"{site(a, 0)}/briefcases/checkpoint"),
        "successful",
        (404, "CheckpointNotFound"),
    ),
    (
        "no-checkpoint-of-fresh-imodel",
        lambda a: a.get(f"{site(a, 1)}/briefcases/checkpoint"),
        "successful",
        "successful",
    ),
]


@pytest.mark.parametrize(("name", "attempt", "default", "free"), LIBERTIES)
def test_each_freedom_is_another_answer(
    admin: Any, name: str, attempt: Any, default: object, free: object
) -> None:
    def look(admin: Any) -> object:
        answer = attempt(admin)
        return answer.json()["checkpoint"]["state"] if answer.is_success else code(answer)

    assert look(admin) == default
    assert look(bent(admin, free=(name,))) == free


def test_freedoms_in_what_is_told(admin: Any) -> None:
    path = site(bent(admin, free=("checkpoint-size-early",)), mark=1)
    assert of(admin, path, 1)["size"] > 0
    found = latest(admin, site(bent(admin, free=("older-service",))))
    assert not {"size", "dbName"} & found.keys()
    found = latest(admin, site(bent(admin, free=("checkpoint-as-directory-only",))))
    assert (found["_links"]["download"], found["containerAccessInfo"]) == (None, None)
    assert found["directoryAccessInfo"]


def state(admin: Any) -> str:
    path = site(admin, mark=1)
    admin.wait()
    return str(of(admin, path, 1)["state"])


def latest_index(admin: Any) -> int:
    path = site(admin, mark=1)
    admin.wait()
    return int(latest(admin, path)["changesetIndex"])


def restarted(admin: Any) -> str:
    path = site(admin, mark=1)
    admin.wait()
    return str(admin.send("PUT", f"{version(admin, path)}/checkpoint").json()["checkpoint"]["state"])


def index(tail: str) -> Any:
    def look(admin: Any) -> int:
        path = site(admin, mark=1)
        place = f"{path}/changesets/1" if tail == "changeset" else version(admin, path)
        return int(admin.get(f"{place}/checkpoint").json()["checkpoint"]["changesetIndex"])

    return look


def of_nothing(method: str, tail: str) -> Any:
    return lambda admin: code(admin.send(method, f"/{GUID}{tail}"))


RESTART = ("PUT", f"/namedversions/{GUID}/checkpoint")
LATEST = ("GET", "/briefcases/checkpoint")
FAULTS = [
    (
        "checkpoints/scheduled-with-named-version",
        lambda a: code(a.get(f"{site(a, mark=1)}/changesets/1/checkpoint")),
        200,
        (404, "CheckpointNotFound"),
    ),
    ("checkpoints/becomes-successful", state, "successful", "failed"),
    (
        "checkpoints/successful-has-file",
        lambda a: latest(a, site(a))["directoryAccessInfo"] is None,
        False,
        True,
    ),
    (
        "checkpoints/unfinished-has-no-file",
        lambda a: of(a, site(a, mark=1), 1)["directoryAccessInfo"] is None,
        True,
        False,
    ),
    ("checkpoints/same-point", index("changeset"), 1, 2),
    ("checkpoints/same-point", index("version"), 1, 2),
    ("checkpoints/latest-is-highest", latest_index, 1, 0),
    ("checkpoints/restart-keeps-successful", restarted, "successful", "scheduled"),
    ("checkpoints/unknown-imodel", of_nothing(*LATEST), (404, "iModelNotFound"), 200),
    ("checkpoints/unknown-imodel", of_nothing(*RESTART), (404, "iModelNotFound"), 200),
]


@pytest.mark.parametrize(("name", "look", "right", "wrong"), FAULTS)
def test_each_fault_shows(admin: Any, name: str, look: Any, right: object, wrong: object) -> None:
    assert look(admin) == right
    assert look(bent(admin, name)) == wrong
