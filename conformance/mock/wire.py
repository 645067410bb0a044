"""Requests off the wire, and answers onto it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from conformance.mock.call import Answer, Request
from conformance.mock.problems import Problem

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Gone(Exception):
    """The caller went away in the middle of a request, so there never was one."""


async def read(scope: Message, receive: Receive, limit: int, patience: float) -> Request:
    """A request, whole; raises Gone for half of one, and refuses one that does not go on."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await _next(receive, patience)
        if message["type"] != "http.request":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        else:
            chunks.clear()
        more = message.get("more_body", False)
    return head(scope, b"".join(chunks), oversized=size > limit)


async def _next(receive: Receive, patience: float) -> Message:
    try:
        return await asyncio.wait_for(receive(), patience)
    except TimeoutError as error:
        raise Problem("RequestTimeout", headers={"Connection": "close"}) from error


def head(scope: Message, body: bytes = b"", *, oversized: bool = False) -> Request:
    """A request with its headers, and with this body."""
    return Request(
        method=scope["method"],
        path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0],
        query=scope.get("query_string", b"").decode("latin-1"),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
        oversized=oversized,
        scheme=scope.get("scheme", "http"),
    )


async def write(send: Send, answer: Answer) -> None:
    """Send an answer."""
    payload = answer.payload()
    headers = {**answer.headers}
    if payload:
        headers.setdefault("Content-Type", answer.media_type)
    if answer.status != 204 or payload:
        headers.setdefault("Content-Length", str(len(payload)))
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": payload})
