"""The published view: 21 operations, flat answers without nulls, and nothing beyond the document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from conformance.contract import Contract, load
from conformance.mock.published import PUBLISHED
from conformance.mock.server import MockServer
from conformance.mock.settings import Settings
from conformance.mock.tokens import ITWIN
from tests.mock.conftest import Caller

ID = "0" * 39 + "1"
EXTENT = {"southWest": {"latitude": 1}, "northEast": {}}


@pytest.fixture(scope="module")
def admin() -> Iterator[Caller]:
    """The admin at a mock of the published view."""
    with MockServer(Settings(default_page=3), view=PUBLISHED) as server:
        caller = Caller(server, "admin")
        with caller.http:
            yield caller


@pytest.fixture(scope="module")
def document(root: Any) -> Contract:
    """The given document with its overlay."""
    return load(root / "spec/published.openapi.yaml", [root / "spec/published.overlay.yaml"])


@pytest.fixture(scope="module")
def imodel(admin: Caller) -> str:
    """An iModel with a changeset and a named version on it."""
    made = admin.post(json={"iTwinId": ITWIN, "name": "Bridge"})
    assert made.headers["location"] == f"{admin.server.url}/{made.json()['id']}"
    path = f"/{made.json()['id']}"
    number = int(admin.post(f"{path}/briefcases").headers["location"].rpartition("/")[2])
    announced = admin.post(f"{path}/changesets", json={"id": ID, "briefcaseId": number, "fileSize": 3})
    assert (announced.status_code, announced.content) == (201, b"")
    named = admin.post(f"{path}/namedversions", json={"name": "Issue", "changesetId": ID})
    assert (named.status_code, named.content) == (201, b"")
    return path


def _fits(document: Contract, operation: str, answer: httpx.Response) -> None:
    described = document.operations[operation].responses[str(answer.status_code)]
    if described.schema is None:
        assert answer.content == b""
        return
    known = document.resolve(described.schema)
    assert document.validator(described.schema).is_valid(answer.json()), answer.text
    assert isinstance(known, dict)
    assert set(answer.json()) <= set(known["properties"])
    assert "null" not in answer.text
    assert "_links" not in answer.text


READS = {
    "get-imodel-details": "",
    "get-imodel-changesets": "/changesets",
    "get-imodel-changeset-details": f"/changesets/{ID}",
    "get-imodel-named-versions": "/namedversions",
    "get-imodel-briefcases": "/briefcases",
    "get-imodel-locks": "/locks",
    "get-imodel-users": "/users",
    "get-imodel-baseline-file-details": "/baselinefile",
}


@pytest.mark.parametrize("operation", list(READS))
def test_a_read_is_as_described(admin: Caller, document: Contract, imodel: str, operation: str) -> None:
    answer = admin.get(imodel + READS[operation])
    assert answer.status_code == 200
    _fits(document, operation, answer)


def test_the_list_of_imodels_holds_whole_ones(admin: Caller, document: Contract, imodel: str) -> None:
    listed = admin.get(params={"iTwinId": ITWIN})
    _fits(document, "get-itwin-imodels", listed)
    assert admin.get(imodel).json() in listed.json()["iModels"]


def test_an_entity_has_what_the_document_adds(admin: Caller, imodel: str) -> None:
    read = admin.get(imodel).json()
    assert {"id", "name", "creatorId", "createdDateTime", "dataCenterLocation"} <= read.keys()
    assert "description" not in read
    assert admin.get(f"{imodel}/changesets/{ID}").json()["state"] == "fileUploaded"


def test_a_named_version_is_read_by_the_place_that_the_201_names(
    admin: Caller, document: Contract, imodel: str
) -> None:
    admin.post(f"{imodel}/changesets")
    last = admin.get(f"{imodel}/changesets").json()["changesets"][-1]
    named = admin.post(f"{imodel}/namedversions", json={"name": "Next", "changesetId": last["id"]})
    read = admin.http.get(named.headers["location"])
    _fits(document, "get-imodel-named-version-details", read)
    assert (read.json()["name"], read.json()["changesetId"]) == ("Next", last["id"])


def test_without_a_word_about_it_a_changeset_goes_on_top(admin: Caller, imodel: str) -> None:
    before = admin.get(f"{imodel}/changesets").json()["changesets"]
    assert admin.post(f"{imodel}/changesets").status_code == 201
    after = admin.get(f"{imodel}/changesets").json()["changesets"]
    assert after[:-1] == before
    assert after[-1]["parentId"] == before[-1]["id"]


def test_a_list_without_pages_is_whole(admin: Caller, imodel: str) -> None:
    for _ in range(4):
        admin.post(f"{imodel}/changesets")
    assert len(admin.get(f"{imodel}/changesets").json()["changesets"]) > 3
    assert len(admin.get(f"{imodel}/changesets", params={"$top": 1}).json()["changesets"]) > 3


@pytest.mark.parametrize("paging", [{"$top": -1}, {"$skip": -5}, {"$top": 5000}, {"$top": 1, "$skip": 0}])
def test_every_integer_is_a_page_size(admin: Caller, imodel: str, paging: dict[str, int]) -> None:
    assert admin.get(params={"iTwinId": ITWIN, **paging}).status_code == 200


def test_locks_take_words_or_none(admin: Caller, imodel: str) -> None:
    assert admin.patch(f"{imodel}/locks").status_code == 200
    number = int(admin.post(f"{imodel}/briefcases").headers["location"].rpartition("/")[2])
    body = {"briefcaseId": number, "lockedObjects": [{"lockLevel": "shared", "objectIds": ["0x1"]}]}
    assert admin.patch(f"{imodel}/locks", json=body).status_code == 200
    unknown = admin.patch(f"{imodel}/locks", json=body | {"briefcaseId": 16777214})
    assert unknown.json()["error"]["code"] == "BriefcaseNotFound"


def test_updates_and_copies_answer_without_a_body(admin: Caller, imodel: str) -> None:
    changed = admin.patch(imodel, json={"description": "words"})
    assert (changed.status_code, changed.content) == (200, b"")
    assert admin.get(imodel).json()["description"] == "words"
    copied = admin.post(f"{imodel}/clone", json={"iTwinId": ITWIN, "name": "Copy"})
    assert (copied.status_code, copied.content) == (202, b"")
    assert "location" not in copied.headers


@pytest.mark.parametrize(
    ("path", "body", "target"),
    [
        ("/clone", {"iTwinId": ITWIN}, "name"),
        ("/fork", {"iTwinId": ITWIN}, "name"),
        ("/namedversions", {"name": "Baseline"}, "changesetId"),
    ],
)
def test_what_the_document_requires_is_required(
    admin: Caller, imodel: str, path: str, body: dict[str, str], target: str
) -> None:
    refused = admin.post(imodel + path, json=body)
    assert refused.status_code == 422
    assert [detail["target"] for detail in refused.json()["error"]["details"]] == [target]


def test_half_an_extent_is_as_good_as_none(admin: Caller) -> None:
    body = {"iTwinId": ITWIN, "name": "Half", "extent": EXTENT}
    assert admin.post(json=body).status_code == 201


def test_no_other_operation_is_there(admin: Caller, document: Contract, imodel: str) -> None:
    beyond = set(load().shapes) - set(document.shapes)
    assert len(document.operations) == 21
    for method, shape in beyond:
        answer = admin.send(method, imodel.join(shape.split("/{}", 1)).replace("{}", "1"), json={})
        assert answer.status_code in {404, 405}, (method, shape)
