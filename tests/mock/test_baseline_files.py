"""Baseline files, from the first byte to an initialized iModel."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

DATA = b"baseline" * 8
PUT = {"x-ms-blob-type": "BlockBlob"}


@pytest.fixture
def awaited(admin: Any) -> Any:
    return admin.make(baselineFile={"size": len(DATA)}, creationMode="fromBaseline")


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_from_file(admin: Any, awaited: Any) -> None:
    path, links = f"/{awaited['id']}", awaited["_links"]
    operation = admin.get(f"{path}/operations/create").json()["createOperation"]
    assert (awaited["state"], operation["state"]) == ("notInitialized", "waitingForFile")
    assert admin.get(f"{path}/baselinefile").json()["baselineFile"]["state"] == "waitingForFile"
    assert httpx.put(links["upload"]["href"], content=DATA, headers=PUT).status_code == 201
    completed = admin.http.post(links["complete"]["href"]).json()["baselineFile"]
    assert completed["displayName"] == f"{awaited['id']}.bim"
    assert (completed["state"], completed["fileSize"]) == ("initializationScheduled", len(DATA))
    assert completed["_links"]["download"] is None
    assert admin.get(f"{path}/operations/create").json()["createOperation"]["state"] == "scheduled"
    admin.wait()
    read = admin.get(f"{path}/baselinefile").json()["baselineFile"]
    assert read["state"] == "initialized"
    assert httpx.get(read["_links"]["download"]["href"]).content == DATA
    assert admin.get(path).json()["iModel"]["state"] == "initialized"


def test_completing_takes_the_file_in_its_size(admin: Any, awaited: Any) -> None:
    path, upload = f"/{awaited['id']}/baselinefile", awaited["_links"]["upload"]["href"]
    assert code(admin.post(path, json={})) == (404, "FileNotFound")
    httpx.put(upload, content=DATA[:-1], headers=PUT)
    assert code(admin.post(path)) == (409, "DataConflict")
    httpx.put(upload, content=DATA, headers=PUT)
    assert admin.post(path).status_code == 200


def test_nothing_is_completed_twice_or_unasked(admin: Any, awaited: Any) -> None:
    httpx.put(awaited["_links"]["upload"]["href"], content=DATA, headers=PUT)
    for _ in range(2):
        answer = admin.post(f"/{awaited['id']}/baselinefile")
    unasked = admin.post(f"/{admin.make('B')['id']}/baselinefile")
    for refused in (answer, unasked):
        assert refused.json()["error"]["message"] == "Cannot complete Baseline File upload."
        assert [entry["code"] for entry in refused.json()["error"]["details"]] == ["InvalidChange"]


def test_an_empty_imodel_has_a_file_too(admin: Any) -> None:
    read = admin.get(f"/{admin.make()['id']}/baselinefile").json()["baselineFile"]
    assert (read["state"], read["fileSize"]) == ("initialized", 4096)
    assert len(httpx.get(read["_links"]["download"]["href"]).content) == 4096
