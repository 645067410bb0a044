"""Clones and forks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from conformance.mock.entities import Changeset, IModel
from conformance.mock.store import container
from conformance.mock.tokens import ITWIN, SECOND_ITWIN, UNKNOWN_ITWIN


@pytest.fixture
def source(admin: Any) -> IModel:
    made = admin.make("A", description="Old", containersEnabled=2)
    store = admin.server.service.store
    imodel: IModel = store.imodels[made["id"]]
    parent = ""
    for number in (1, 2, 3):
        id, now = str(number) * 40, store.clock.now()
        creator = next(user.id for user in store.users.values() if user.given_name == "Cleo")
        imodel.append(Changeset(id, parent, 2, 3, creator, now, pushed=now))
        store.blobs.put(container(imodel), f"{id}.cs", b"cs%d" % number, now)
        parent = id
    return imodel


def copy(admin: Any, source: IModel, kind: str = "clone", **members: Any) -> IModel:
    answer = admin.post(f"/{source.id}/{kind}", json={"iTwinId": ITWIN, "name": "B", **members})
    assert (answer.status_code, answer.content) == (202, b""), answer.text
    where = answer.headers["location"]
    assert answer.headers["create-imodel-operation"] == f"{where}/operations/create"
    assert admin.http.get(where).json()["iModel"]["state"] == "notInitialized"
    imodel: IModel = admin.server.service.store.imodels[where.rpartition("/")[2]]
    assert imodel.timeline == []
    admin.wait()
    assert admin.http.get(where).json()["iModel"]["state"] == "initialized"
    return imodel


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize(
    ("point", "count"),
    [
        ({}, 3),
        ({"changesetIndex": 2}, 2),
        ({"changesetIndex": 0}, 0),
        ({"changesetId": ""}, 0),
        ({"changesetId": "2" * 40}, 2),
        ({"changesetIndex": None}, 3),
    ],
)
def test_clones_take_the_timeline_up_to_a_point(admin: Any, source: IModel, point: Any, count: int) -> None:
    copied = copy(admin, source, **point)
    assert copied.timeline == source.timeline[:count]
    assert all(a is not b for a, b in zip(copied.timeline, source.timeline, strict=False))
    assert copied.last_push == (source.timeline[count - 1].pushed if count else None)
    operation = admin.get(f"/{copied.id}/operations/create").json()["createOperation"]
    last = source.timeline[count - 1].id if count else ""
    assert operation["clonedFrom"] == {"iModelId": source.id, "changesetId": last}
    assert operation["forkedFrom"] is None


def test_defaults_come_from_the_source(admin: Any, source: IModel) -> None:
    answer = admin.post(f"/{source.id}/clone", json={"iTwinId": SECOND_ITWIN})
    read = admin.http.get(answer.headers["location"]).json()["iModel"]
    assert (read["name"], read["description"], read["containersEnabled"]) == ("A", "Old", 2)
    other = copy(admin, source, description="", containersEnabled=0)
    assert (other.description, other.containers_enabled) == ("", 0)


@pytest.mark.parametrize(("preserve", "count"), [(None, 0), (False, 0), (True, 3)])
def test_forks_squash_history_unless_told_to_keep_it(
    admin: Any, source: IModel, preserve: bool | None, count: int
) -> None:
    copied = copy(admin, source, "fork", preserveHistory=preserve)
    assert len(copied.timeline) == count
    baseline = admin.server.service.store.baseline(copied)
    assert baseline.endswith(b"cs1cs2cs3") == (count == 0)
    operation = admin.get(f"/{copied.id}/operations/create").json()["createOperation"]
    assert operation["forkedFrom"]["changesetId"] == "3" * 40
    assert operation["forkedFrom"]["relationshipId"]


def test_copies_outlive_their_source(admin: Any, source: IModel) -> None:
    copied = copy(admin, source)
    assert admin.delete(f"/{source.id}").status_code == 204
    assert admin.get(f"/{copied.id}").status_code == 200
    blobs = admin.server.service.store.blobs
    assert blobs.get(container(copied), f"{'3' * 40}.cs").data == b"cs3"


@pytest.mark.parametrize("kind", ["clone", "fork"])
@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"name": "a"}, (409, "iModelExists")),
        ({"name": None}, (409, "iModelExists")),
        ({"iTwinId": UNKNOWN_ITWIN}, (404, "iTwinNotFound")),
        ({"changesetId": "9" * 40}, (404, "ChangesetNotFound")),
        ({"changesetIndex": 4}, (404, "ChangesetNotFound")),
        ({"changesetIndex": -1}, (422, "InvalidiModelsRequest")),
        ({"changesetIndex": 1, "changesetId": "1" * 40}, (422, "InvalidiModelsRequest")),
        ({"name": " "}, (422, "InvalidiModelsRequest")),
    ],
)
def test_what_cannot_be_copied(admin: Any, source: IModel, kind: str, members: Any, expected: Any) -> None:
    body = {"iTwinId": ITWIN, "name": "B", **members}
    assert code(admin.post(f"/{source.id}/{kind}", json=body)) == expected
    assert source.description == "Old"


def test_merging_a_template(admin: Any, source: IModel) -> None:
    made = admin.make("B", template={"iModelId": source.id, "changesetId": "2" * 40})
    admin.wait()
    store = admin.server.service.store
    assert store.baseline(store.imodels[made["id"]]).endswith(b"cs1cs2")
    assert store.imodels[made["id"]].timeline == []
