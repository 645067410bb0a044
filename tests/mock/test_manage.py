"""The management behind a port of its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from conformance.mock.call import Answer
from conformance.mock.manage import MOST_SNAPSHOTS, Management

HOST = {"host": "127.0.0.1:1"}


class Manager:
    """Asks a management as a program would over its port."""

    def __init__(self, app: Management) -> None:
        self._app = app

    def __call__(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] = HOST
    ) -> tuple[int, Any]:
        """Status and body of an answer."""
        answer = asyncio.run(self._sent(method, path, body, headers))
        return answer.status, json.loads(answer.content) if answer.content else None

    async def _sent(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        path, _, query = path.partition("?")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        messages: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            messages.append(message)

        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": raw,
        }
        await self._app(scope, receive, send)
        return Answer(messages[0]["status"], content=messages[1]["body"])


@pytest.fixture
def manage(admin: Any) -> Manager:
    return Manager(Management(admin.server.service, admin.server.url))


def test_it_says_what_it_can_do(manage: Manager, admin: Any) -> None:
    status, told = manage("GET", "/")
    assert (status, told["mock"]) == (200, admin.server.url)
    assert "POST /reset" in told["operations"]


def test_a_reset_empties_the_mock(manage: Manager, admin: Any) -> None:
    path = f"/{admin.make()['id']}"
    assert manage("POST", "/reset") == (204, None)
    assert admin.get(path).status_code == 404


def test_time_is_told_and_advanced(manage: Manager, admin: Any) -> None:
    made = admin.make(creationMode="empty")
    assert admin.get(f"/{made['id']}").json()["iModel"]["state"] == "notInitialized"
    before = manage("GET", "/clock")[1]["now"]
    status, told = manage("POST", "/clock", {"advance": 60})
    assert status == 200
    assert told["now"] > before
    assert admin.get(f"/{made['id']}").json()["iModel"]["state"] == "initialized"


def test_faults_and_liberties_are_switched_while_it_runs(manage: Manager, admin: Any) -> None:
    made = admin.make()
    wanted = {
        "faults": ["imodels/display-name-is-name"],
        "liberties": ["charset"],
        "drop": ["imodels/name-unique"],
    }
    assert manage("PUT", "/twists", wanted) == (200, wanted)
    assert manage("GET", "/twists") == (200, wanted)
    read = admin.get(f"/{made['id']}")
    assert read.json()["iModel"]["displayName"] == "iModel Bridge"
    assert read.headers["content-type"] == "application/json; charset=utf-8"
    assert admin.make()["id"] != made["id"]
    assert manage("PUT", "/twists", {})[1] == {"faults": [], "liberties": [], "drop": []}
    assert admin.get(f"/{made['id']}").json()["iModel"]["displayName"] == "Bridge"


def test_calls_are_listed_without_secrets(manage: Manager, admin: Any) -> None:
    made = admin.make(baselineFile={"size": 3})
    admin.http.put(made["_links"]["upload"]["href"], content=b"abc", headers={"x-ms-blob-type": "BlockBlob"})
    admin.send("GET", "/%1b[31m", headers={"Authorization": "Bearer secret"})
    status, told = manage("GET", "/calls?last=2")
    assert (status, told["count"], len(told["calls"])) == (200, 3, 2)
    upload, refused = told["calls"]
    assert (upload["operation"], upload["query"], upload["caller"]) == (None, "", None)
    assert (refused["status"], refused["code"], refused["caller"]) == (401, "Unauthorized", None)
    assert "sig" not in json.dumps(told)
    assert "secret" not in json.dumps(told)
    assert manage("DELETE", "/calls") == (204, None)
    assert manage("GET", "/calls") == (200, {"count": 0, "calls": []})


def test_calls_are_bounded(manage: Manager, admin: Any) -> None:
    for _ in range(1005):
        admin.get("/x")
    told = manage("GET", "/calls")[1]
    assert (told["count"], len(told["calls"])) == (1005, 1000)


def test_moments_are_remembered_by_name(manage: Manager, admin: Any) -> None:
    made = admin.make(baselineFile={"size": 3})
    href = made["_links"]["upload"]["href"]
    httpx.put(href, content=b"abc", headers={"x-ms-blob-type": "BlockBlob"})
    assert manage("PUT", "/snapshots/a%2Fb") == (204, None)
    assert manage("GET", "/snapshots") == (200, {"snapshots": ["a/b"]})
    httpx.put(href, content=b"xyz", headers={"x-ms-blob-type": "BlockBlob"})
    admin.delete(f"/{made['id']}")
    assert manage("POST", "/snapshots/a%2Fb/restore") == (204, None)
    assert admin.get(f"/{made['id']}").json()["iModel"]["name"] == "Bridge"
    assert httpx.get(href).content == b"abc"
    assert manage("DELETE", "/snapshots/a%2Fb") == (204, None)
    assert manage("POST", "/snapshots/a%2Fb/restore")[0] == 404
    assert manage("DELETE", "/snapshots/a%2Fb")[0] == 404


def test_moments_are_bounded(manage: Manager) -> None:
    for number in range(MOST_SNAPSHOTS):
        assert manage("PUT", f"/snapshots/{number}")[0] == 204
    assert manage("PUT", "/snapshots/0")[0] == 204
    assert manage("PUT", "/snapshots/more")[0] == 422


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nowhere", None, 404),
        ("GET", "/snapshots/x/y/z", None, 404),
        ("GET", "/reset", None, 405),
        ("POST", "/clock", None, 422),
        ("POST", "/clock", {}, 422),
        ("POST", "/clock", {"advance": -1}, 422),
        ("POST", "/clock", {"advance": True}, 422),
        ("POST", "/clock", {"advance": 1e300}, 422),
        ("POST", "/clock", b'{"advance": NaN}', 422),
        ("POST", "/clock", {"advance": 1, "by": 2}, 422),
        ("POST", "/clock", b"[" * 60_000, 422),
        ("POST", "/clock", b" " * 70_000, 413),
        ("PUT", "/twists", {"faults": ["no/such"]}, 422),
        ("PUT", "/twists", {"faults": "x"}, 422),
        ("PUT", "/twists", {"fault": []}, 422),
        ("GET", "/calls?last=-1", None, 422),
    ],
)
def test_what_it_cannot_do_is_told(manage: Manager, method: str, path: str, body: Any, status: int) -> None:
    answered, told = manage(method, path, body)
    assert answered == status
    assert told["error"]["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "rebound.example:8081"},
        {"host": "127.0.0.1:1", "origin": "http://page.example"},
        {"host": "127.0.0.1:1", "sec-fetch-site": "cross-site"},
    ],
)
def test_no_web_page_manages_it(manage: Manager, admin: Any, headers: dict[str, str]) -> None:
    path = f"/{admin.make()['id']}"
    status, told = manage("POST", "/reset", headers=headers)
    assert (status, told["error"]["code"]) == (403, "NotLocal")
    assert admin.get(path).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "[::1]:8081", "127.0.0.2"])
def test_programs_of_this_machine_do(manage: Manager, host: str) -> None:
    assert manage("GET", "/", headers={"host": host})[0] == 200
