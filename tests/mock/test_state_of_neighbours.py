"""What a file keeps of storage and sign-in: blocks that wait, what is told of a file, tokens, new iTwins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from conformance.mock.server import MockServer

APPLICATION = {"client_id": "mock-admin", "client_secret": "mock-secret-admin"}
NEW = {"class": "Endeavor", "subClass": "Project", "displayName": "Bridges"}
FIRST, SECOND = "YQ==", "Yg=="


def signed_in(server: MockServer) -> dict[str, str]:
    form = {"grant_type": "client_credentials", **APPLICATION}
    answer = httpx.post(f"{server.origin}/connect/token", data=form)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def put(link: str, content: bytes, **query: str) -> int:
    url = httpx.URL(link).copy_merge_params(query)
    return httpx.put(url, content=content, headers={"x-ms-meta-kind": "test"}).status_code


def begun(server: MockServer, headers: dict[str, str]) -> dict[str, Any]:
    """An iModel in an iTwin of its own that waits for its baseline."""
    itwin = httpx.post(f"{server.origin}/itwins", json=NEW, headers=headers).json()["iTwin"]["id"]
    body = {"iTwinId": itwin, "name": "Bridge", "baselineFile": {"size": 6}}
    made: dict[str, Any] = httpx.post(server.url, json=body, headers=headers).json()["iModel"]
    return made


def test_an_upload_in_blocks_goes_on_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state"
    with MockServer() as server:
        server.service.keep(file)
        headers = signed_in(server)
        made = begun(server, headers)
        link, origin = made["_links"]["upload"]["href"], server.origin
        assert put(link, b"abc", comp="block", blockid=FIRST) == 201
        assert put(link, b"def", comp="block", blockid=SECOND) == 201
        server.service.close()
    with MockServer() as server:
        assert server.service.keep(file)
        link = link.replace(origin, server.origin)
        assert server.service.store.blobs.size == 6
        listed = f"<BlockList><Latest>{SECOND}</Latest><Latest>{FIRST}</Latest></BlockList>"
        assert put(link, listed.encode(), comp="blocklist") == 201
        server.service.close()
    with MockServer() as server:
        server.service.keep(file)
        read = httpx.get(link.replace(link.split("/imodelstorage")[0], server.origin))
        assert (read.content, read.headers["x-ms-meta-kind"]) == (b"defabc", "test")
        found = httpx.get(f"{server.origin}/itwins", params={"displayName": "Bridges"}, headers=headers)
        assert [itwin["id"] for itwin in found.json()["iTwins"]] == [made["iTwinId"]]
        done = httpx.post(f"{server.url}/{made['id']}/baselinefile", headers=headers)
        assert done.status_code == 200
        server.service.close()
