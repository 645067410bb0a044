"""What is right, or left open, breaks nothing."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from conformance.contract import load
from conformance.exchange import Exchange, Expected
from tests.checks.tables.case import details

Order = Callable[..., Exchange]
Rows = Callable[[Exchange], set[str]]

OPERATIONS = load().operations
LISTS = [id_ for id_, operation in OPERATIONS.items() if operation.representations]
REFUSALS = [
    (id_, int(s)) for id_, operation in OPERATIONS.items() for s in operation.responses if s[0] == "4"
]
JSON = [id_ for id_, operation in OPERATIONS.items() if operation.success and operation.success.schema]

API = "https://api.bentley.com/imodels"
GUID = "0d1e2f3a-4b5c-4d6e-8f70-8192a3b4c5d6"
ITWIN = "0b9f6c1e-52a4-4d0b-9a37-1c5d2e8f7a60"
MINIMAL = {"id": GUID, "displayName": "Bridge", "dataCenterLocation": "East US"}
INVALID = Expected("requests/invalid-value", (422,), "InvalidiModelsRequest", "InvalidValue", "name")
PROVISIONAL = dict.fromkeys(
    [f"changeset/{name}" for name in ("creatorId", "pushDateTime", "application", "description", "parentId")]
)

LOW, HIGH = {"latitude": 46.1, "longitude": 7.2}, {"latitude": 46.5, "longitude": 7.9}
UPRIGHT, TURNED = {"southWest": LOW, "northEast": HIGH}, {"southWest": HIGH, "northEast": LOW}

FREE: list[tuple[str, dict[str, Any]]] = [
    # Dates come with any precision, and UTC in any spelling.
    ("get-imodel-details", {"change": {"iModel/createdDateTime": "2026-01-05T10:00:00Z"}}),
    ("get-imodel-details", {"change": {"iModel/createdDateTime": "2026-01-05T10:00:00.12+00:00"}}),
    # Links may be null, or stand on any host.
    ("get-imodel-details", {"change": {"iModel/_links/creator": None, "iModel/extent": None}}),
    (
        "clone-imodel",
        {
            "headers": {
                "location": f"http://127.0.0.1:8080/gate/iModels/{GUID}",
                "create-imodel-operation": f"http://127.0.0.1:8080/gate/iModels/{GUID}/operations/create",
            }
        },
    ),
    # The first page may name itself as the previous one; the order is free.
    ("get-imodel-users", {"change": {"_links/prev": {"href": f"{API}/{GUID}/users"}}}),
    # Nothing is promised of the Location of a 201.
    ("create-imodel", {"headers": {"location": "/somewhere"}}),
    # An invalid $top may be replaced by any size up to 1000, an unknown Prefer by either representation.
    ("get-itwin-imodels", {"query": f"?iTwinId={ITWIN}&$top=0", "change": {"iModels": [MINIMAL] * 1000}}),
    ("get-itwin-imodels", {"query": f"?iTwinId={ITWIN}&$top=many", "change": {"iModels": [MINIMAL] * 1000}}),
    ("get-imodel-users", {"full": True, "asked": {"prefer": "return=everything"}}),
    ("get-imodel-users", {"asked": {"prefer": "return=everything"}}),
    # Neither the order of $orderBy's spelling nor the form of token links is settled.
    ("get-imodel-changesets", {"query": "?$orderBy=unheard-of"}),
    ("get-imodel-changesets", {"query": "?$continuationToken=abc&$top=7"}),
    # A picture may be replaced with another status; web components take a 200 for a new favorite.
    ("upload-imodel-thumbnail", {"status": 204}),
    ("add-imodel-to-my-favorites", {"status": 200}),
    ("remove-imodel-from-my-recents", {"status": 201, "content": b"{}"}),
    # A refusal may come without an error body, and a 401 with any of its codes or unwrapped.
    ("update-imodel", {"status": 422, "body": None}),
    ("update-imodel", {"status": 403, "content": b"<html>no</html>"}),
    ("update-imodel", {"status": 401, "body": {"code": "Unauthorized", "message": "No."}}),
    ("update-imodel", {"status": 401, "body": {"error": {"code": "InvalidHeaderValue", "message": "No."}}}),
    # The quota of briefcases may be named at either place.
    (
        "acquire-imodel-briefcase",
        {"status": 422, "body": {"error": {"code": "ResourceQuotaExceeded", "message": "No."}}},
    ),
    # A new changeset is provisional.
    (
        "create-imodel-changeset",
        {"change": PROVISIONAL | {"changeset/index": 4, "changeset/displayName": "4"}},
    ),
    ("create-imodel-changeset", {"change": {"changeset/synchronizationInfo": None}}),
    # How an extent is kept whose corners stand the wrong way round is seen by a story.
    ("update-imodel", {"sent": {"extent": TURNED}, "change": {"iModel/extent": UPRIGHT}}),
    # Null in an update may keep or clear; space around a name may go.
    ("update-imodel", {"sent": {"description": None, "name": " Harbour bridge "}}),
    # What a wrong request that was let through is answered with is not judged besides.
    ("update-imodel", {"sent": {"name": "x" * 256}, "change": {"iModel/name": "x" * 256}}),
    ("create-imodel-changeset", {"sent": {"id": "short"}, "change": {"changeset/id": "short"}}),
    # A briefcase without device, with any display name.
    (
        "acquire-imodel-briefcase",
        {"sent": {}, "change": {"briefcase/deviceName": None, "briefcase/displayName": "#2 (no device)"}},
    ),
    # A refusal may repeat what it was sent, however odd.
    (
        "update-imodel",
        {
            "sent": {"name": "C:\\temp\\bridge.bim"},
            "status": 404,
            "body": {"error": {"code": "iModelNotFound", "message": "No C:\\temp\\bridge.bim here."}},
        },
    ),
    # Where no success is firmly documented, any 2xx will do.
    ("update-named-version-checkpoint", {"status": 202, "body": None}),
    # An outsider may be refused with 403 where only 404 is documented.
    (
        "get-imodel-details",
        {"status": 403, "body": None, "expected": Expected("access/outsider-sees-nothing", (403, 404))},
    ),
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_examples_of_the_contract(operation: str, order: Order, broken: Rows) -> None:
    assert broken(order(operation)) == set()


@pytest.mark.parametrize("operation", LISTS)
def test_full_pages(operation: str, order: Order, broken: Rows) -> None:
    assert broken(order(operation, full=True)) == set()


@pytest.mark.parametrize(("operation", "status"), REFUSALS)
def test_the_refusals_of_the_contract(operation: str, status: int, order: Order, broken: Rows) -> None:
    assert broken(order(operation, status=status)) == set()


@pytest.mark.parametrize(("operation", "wanted"), FREE)
def test_what_is_left_open(operation: str, wanted: dict[str, Any], order: Order, broken: Rows) -> None:
    assert broken(order(operation, **wanted)) == set()


def test_an_undocumented_status_is_no_wrong_code(order: Order, broken: Rows) -> None:
    # Of a request that nobody had an expectation of: an open question may accept the status.
    body = details({"code": "MissingRequiredParameter", "message": "No."})
    answer = order("get-imodel-released-locks", status=400, body=body)
    assert broken(answer) == {"answers/documented-refusal"}


@pytest.mark.parametrize("operation", JSON)
def test_extra_members_anywhere(operation: str, order: Order, broken: Rows, judged: Rows) -> None:
    plain = order(operation)
    extended = order(operation, body=_extended(deepcopy(plain.json)))
    assert broken(extended) == {"answers/undocumented-members"}
    assert judged(extended) == judged(plain)


def _extended(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _extended(inner) for name, inner in value.items()} | {"xExtension": None}
    return [_extended(item) for item in value] if isinstance(value, list) else value


def test_a_wrong_request_that_was_let_through_is_one_finding(order: Order, broken: Rows) -> None:
    exchange = order("update-imodel", expected=INVALID, change={"iModel/name": 7})
    assert broken(exchange) == {"requests/invalid-value"}


def test_a_server_error_is_one_finding(order: Order, broken: Rows) -> None:
    assert broken(order("update-imodel", status=500, body=None, expected=INVALID)) == {
        "answers/no-server-error"
    }
