"""Documented errors that no run against the mock meets, each provoked here."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from conformance.contract import Operation, load
from conformance.mock.settings import Limit, Settings
from tests.mock.conftest import Caller, Start

NOT_YET = "iModelNotInitialized"
ELSEWHERE = {"create-imodel", "upload-imodel-thumbnail"}
"""Operations whose example does not show it: their body names another iModel, or is a picture."""

CONTRACT = load()
OPERATIONS = list(CONTRACT.operations.values())
WAITING = [
    operation
    for operation in OPERATIONS
    if operation.id not in ELSEWHERE and any(e.code == NOT_YET for e in operation.errors(409))
]
IDS = {"briefcaseId": "2", "changeset": "1", "id": "3f2a1b0c-5d6e-4f70-8192-000000000000"}
"""Path parameters that are no GUID, or that the iModel is."""


def answered(caller: Caller, operation: Operation, id: str = IDS["id"], **headers: str) -> tuple[int, str]:
    """Status and code of the answer to the example request of an operation."""
    values = IDS | {"id": id}
    path = re.sub(r"{(\w+)}", lambda found: values.get(found[1], IDS["id"]), operation.path)
    content = _example(operation)
    sent: dict[str, Any] = {"json": content} if content is not None else {}
    answer = caller.send(operation.method, path.rstrip("/"), headers=headers, **sent)
    return answer.status_code, answer.json()["error"]["code"]


def _example(operation: Operation) -> Any:
    raw = CONTRACT.document["paths"][operation.path][operation.method.lower()]
    return raw.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")


def signed(caller: Caller, client: str, scope: str) -> str:
    """What a client sends that signed in for itself."""
    form = {
        "grant_type": "client_credentials",
        "client_id": f"mock-{client}",
        "client_secret": f"mock-secret-{client}",
        "scope": scope,
    }
    told = httpx.post(f"{caller.server.origin}/connect/token", data=form).json()
    return f"Bearer {told['access_token']}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_nobody_gets_in(operation: Operation, start: Start) -> None:
    admin = start()
    other = "imodels:modify" if operation.method == "GET" else "imodels:read"
    tried = {
        "InvalidHeaderValue": "Bearer",
        "InvalidAuthorizationScheme": "Digest username=nobody",
        "Unauthorized": "Bearer nobody",
        "RequiredScopeMissing": signed(admin, "admin", other),
        "InvalidApplicationTier": signed(admin, "small-tier", "itwin-platform"),
    }
    for code, header in tried.items():
        assert answered(admin, operation, authorization=header) == (401, code)
    del admin.http.headers["authorization"]
    assert answered(admin, operation) == (401, "HeaderNotFound")


@pytest.mark.parametrize("code", ["TooManyRequests", "RateLimitExceeded"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_nobody_asks_too_often(operation: Operation, code: str, start: Start) -> None:
    admin = start(Settings(rate_limits=(Limit(1, 60),), rate_limit_code=code))
    admin.get()
    assert answered(admin, operation) == (429, code)


@pytest.mark.parametrize("operation", WAITING, ids=lambda operation: operation.id)
def test_nothing_is_written_before_the_baseline_is_there(operation: Operation, start: Start) -> None:
    admin = start()
    waiting = admin.make(baselineFile={"size": 3})["id"]
    assert answered(admin, operation, waiting) == (409, NOT_YET)


def test_another_user_does_not_complete_a_push(start: Start) -> None:
    admin = start()
    path = f"/{admin.make()['id']}"
    number = admin.briefcase(path)
    admin.upload(admin.announce(path, number, 1))
    refused = admin.complete(path, admin.briefcase(path, by="second"), 1, by="second")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "ConflictWithAnotherUser")


def test_a_copy_may_have_no_baseline_file(start: Start) -> None:
    admin = start(liberties=["copies-without-baseline-file"])
    copy = copied(admin)
    refused = admin.get(f"{copy}/baselinefile")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "BaselineFileNotFound")


def test_no_file_may_be_awaited(start: Start) -> None:
    admin = start(liberties=["no-upload-under-way-404"])
    refused = admin.post(f"/{admin.make()['id']}/baselinefile")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "BaselineFileNotFound")


def copied(admin: Caller) -> str:
    """The path of a finished clone."""
    source = admin.make()
    body = {"iTwinId": source["iTwinId"], "name": "copy"}
    copy = admin.post(f"/{source['id']}/clone", json=body).headers["location"].rpartition("/")[2]
    admin.wait()
    return f"/{copy}"


def test_a_point_may_have_no_checkpoint(start: Start) -> None:
    admin = start()
    path = f"/{admin.make()['id']}"
    admin.push(path, admin.briefcase(path), 1)
    version = admin.mark(path, place=1).json()["namedVersion"]["id"]
    admin.server.service.store.imodels[path[1:]].checkpoints.clear()
    refused = admin.get(f"{path}/namedversions/{version}/checkpoint")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "CheckpointNotFound")
