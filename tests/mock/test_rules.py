"""Each rule refuses what it is about, and once dropped it refuses no more."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from conformance.mock.tokens import ITWIN, UNKNOWN_ITWIN, USERS

Attempt = Callable[[Any], Any]


def made(admin: Any, **members: Any) -> str:
    return f"/{admin.make(**members)['id']}"


def create(**members: Any) -> Attempt:
    return lambda admin: admin.post(json={"iTwinId": ITWIN, "name": "New", **members})


def without_name(admin: Any) -> Any:
    return admin.post(json={"iTwinId": ITWIN})


def without_token(admin: Any) -> Any:
    del admin.http.headers["Authorization"]
    return admin.get(params={"iTwinId": ITWIN})


def with_header(value: str) -> Attempt:
    return lambda admin: admin.get(params={"iTwinId": ITWIN}, headers={"Authorization": value})


def acting(name: str, method: str, tail: str = "", **options: Any) -> Attempt:
    return lambda admin: admin.acting(name, method, made(admin) + tail, **options)


def broken_json(admin: Any) -> Any:
    return admin.post(f"{made(admin)}/briefcases", content=b"{", headers={"Content-Type": "application/json"})


def media_type(admin: Any) -> Any:
    raw = json.dumps({"iTwinId": ITWIN, "name": "New"})
    return admin.post(content=raw, headers={"Content-Type": "text/plain"})


def twice(admin: Any) -> Any:
    admin.make("new")
    return create()(admin)


def renamed(admin: Any) -> Any:
    admin.make("Taken")
    return admin.patch(made(admin), json={"name": "Taken"})


def copied(**members: Any) -> Attempt:
    def attempt(admin: Any) -> Any:
        return admin.post(f"{made(admin)}/clone", json={"iTwinId": ITWIN, "name": "Copy", **members})

    return attempt


def completed(data: bytes | None, times: int = 1) -> Attempt:
    def attempt(admin: Any) -> Any:
        whole = admin.make(baselineFile={"size": 2})
        if data is not None:
            kind = {"x-ms-blob-type": "BlockBlob"}
            httpx.put(whole["_links"]["upload"]["href"], content=data, headers=kind)
        answers = [admin.post(f"/{whole['id']}/baselinefile") for _ in range(times)]
        return answers[-1]

    return attempt


CASES: list[tuple[str, Attempt]] = [
    ("access/no-token", without_token),
    ("access/empty-token", with_header("")),
    ("access/wrong-scheme", with_header("Digest abc")),
    ("access/bad-token", with_header("Bearer abc")),
    ("access/expired-token", with_header("Bearer mock-token-expired")),
    ("access/write-needs-permission", acting("reader", "PATCH", json={"name": "New"})),
    ("access/write-needs-permission", acting("reader", "DELETE")),
    ("access/delete-needs-delete", acting("manager", "DELETE")),
    ("access/outsider-sees-nothing", acting("outsider", "GET")),
    ("access/outsider-sees-nothing", acting("outsider", "DELETE")),
    ("access/outsider-sees-nothing", lambda a: a.acting("outsider", "GET", params={"iTwinId": ITWIN})),
    ("requests/invalid-value", create(extent=5)),
    ("requests/missing-property", without_name),
    ("requests/at-least-one", lambda admin: admin.patch(made(admin), json={})),
    ("requests/media-type", media_type),
    ("requests/invalid-parameter", acting("admin", "GET", "/users?$skip=x")),
    ("requests/invalid-parameter", acting("admin", "GET", "/thumbnail?size=x")),
    ("requests/too-long-description", create(description="x" * 256)),
    ("requests/undocumented-fault", acting("admin", "GET", "/users?$top=x")),
    ("requests/undocumented-fault", create(creationMode="fromBaseline")),
    ("imodels/unknown-id", lambda admin: admin.get(f"/{UNKNOWN_ITWIN}")),
    ("imodels/unknown-id", lambda admin: admin.patch(f"/{UNKNOWN_ITWIN}", json={"name": "New"})),
    ("imodels/unknown-id", lambda admin: admin.delete(f"/{UNKNOWN_ITWIN}")),
    ("imodels/malformed-id", lambda admin: admin.get("/none")),
    ("imodels/unknown-itwin", lambda admin: admin.get(params={"iTwinId": UNKNOWN_ITWIN})),
    ("imodels/unknown-itwin", create(iTwinId=UNKNOWN_ITWIN)),
    ("imodels/name-unique", twice),
    ("imodels/update-name-unique", renamed),
    (
        "imodels/refuses-writes-until-initialized",
        lambda admin: admin.patch(made(admin, creationMode="empty"), json={"name": "New"}),
    ),
    ("copies/name-taken", copied(name="Bridge")),
    ("copies/unknown-changeset", copied(changesetIndex=1)),
    ("copies/unknown-changeset", copied(changesetId="a" * 40)),
    ("users/unknown", acting("admin", "GET", f"/users/{USERS['second'].id}")),
    ("baseline-files/file-must-be-uploaded", completed(None)),
    ("baseline-files/size-must-match", completed(b"1")),
    ("baseline-files/completed-once", completed(b"12", 2)),
]


@pytest.mark.parametrize(("name", "attempt"), CASES)
def test_a_rule_refuses_until_it_is_dropped(start: Any, admin: Any, name: str, attempt: Attempt) -> None:
    assert 400 <= attempt(admin).status_code < 500
    assert attempt(start(drop=[name])).status_code < 300


@pytest.mark.parametrize("body", [b"{", b""])
def test_without_rules_for_bodies_other_rules_still_look(start: Any, body: bytes) -> None:
    caller = start(drop=["requests/broken-json", "requests/missing-body"])
    answer = caller.post(content=body, headers={"Content-Type": "application/json"})
    codes = {entry["code"] for entry in answer.json()["error"]["details"]}
    assert codes == {"MissingRequiredProperty"}


def test_a_viewer_gets_downloads_without_the_rule(start: Any) -> None:
    caller = start(drop=["access/viewer-gets-no-download"])
    seen = caller.acting("viewer", "GET", f"{made(caller)}/baselinefile").json()["baselineFile"]
    assert seen["_links"]["download"]


def test_an_unknown_imodel_stays_unknown_after_a_visit(start: Any) -> None:
    caller = start(drop=["imodels/unknown-id"])
    caller.patch(f"/{UNKNOWN_ITWIN}", json={"name": "New"})
    assert caller.make("New")["name"] == "New"
