"""The wire of a mock: one ASGI application, the only place that renders answers and problems."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from conformance.mock import access, validate
from conformance.mock.blobs import ACCOUNT
from conformance.mock.call import Answer, Call, Request
from conformance.mock.entities import WEBVIEW, IModel
from conformance.mock.handlers import HANDLERS
from conformance.mock.lookup import READING_IS_NO_VISIT, STRICT_ROOT, find_imodel
from conformance.mock.problems import Problem
from conformance.mock.service import Service
from conformance.mock.storage import stored
from conformance.mock.throttle import throttle

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


log = logging.getLogger("conformance.mock")


class App:
    """The ASGI application around one service."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        limit = self.service.settings.max_body
        storage = scope["path"].startswith(f"/{ACCOUNT}/")
        request = await _read(scope, receive, self.service.settings.max_blob if storage else limit)
        answer = stored(self.service, request) if storage else await self.answer(request)
        await _send(send, answer)

    async def answer(self, request: Request) -> Answer:
        """The answer to a request below the base path."""
        self.service.requests += 1
        base = self.service.contract.base_path
        inside = request.path == base or request.path.startswith(f"{base}/")
        below = request.path[len(base) :]
        refused_slash = below == "/" and STRICT_ROOT in self.service.twists
        methods = self.service.contract.methods(below) if inside and not refused_slash else ()
        if not methods:
            return _refusal(Problem("ResourceNotFound"))
        route = self.service.contract.route(request.method, below)
        if route is None:
            return _refusal(Problem("MethodNotAllowed", headers={"Allow": ", ".join(methods)}))
        operation, params = route
        request = Request(**{**request.__dict__, "path": below})
        call = Call(self.service, operation, request, params, self.service.store.clock.now())
        answer = await _answer(call)
        for twist in self.service.twists.values():
            if twist.after and twist.alters(call, answer):
                twist.after(call, answer)
        return answer


async def _answer(call: Call) -> Answer:
    try:
        return await _handled(call)
    except Problem as problem:
        return _refusal(problem, _cannot(call))
    except Exception:
        log.exception("%s %s", call.request.method, call.request.path)
        return Answer(500, {"error": {"code": "InternalServerError", "message": "The service failed."}})


async def _handled(call: Call) -> Answer:
    handler = HANDLERS.get(call.operation.id)
    if handler is None:
        raise Problem("ResourceNotFound")
    access.authenticate(call)
    throttle(call)
    if call.request.oversized:
        raise Problem("RequestTooLarge")
    validate.check(call)
    find_imodel(call, before_ready=handler.before_ready)
    found = () if handler.finds is None else (handler.finds(call),)
    access.permit(call)
    _visit(call)
    for twist in call.service.twists.values():
        if twist.before and twist.concerns(call.operation.id):
            twist.before(call)
    return await handler.act(call, *found)


def _visit(call: Call) -> None:
    if call.share is not None or (call.reads and call.bent(READING_IS_NO_VISIT)):
        return
    for place in call.places:
        if isinstance(place, IModel) and WEBVIEW in access.held(call, place):
            place.visited(call.caller, call.now)


def _cannot(call: Call) -> str | None:
    return next((error.message for error in call.operation.errors(422) if error.message), None)


def _refusal(problem: Problem, cannot: str | None = None) -> Answer:
    return Answer(problem.status, problem.render(cannot), dict(problem.headers))


async def _read(scope: Message, receive: Receive, limit: int) -> Request:
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        more = message.get("more_body", False) and message["type"] == "http.request"
    return Request(
        method=scope["method"],
        path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0],
        query=scope.get("query_string", b"").decode("latin-1"),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=b"".join(chunks),
        oversized=size > limit,
        scheme=scope.get("scheme", "http"),
    )


async def _send(send: Send, answer: Answer) -> None:
    payload = answer.payload()
    headers = {**answer.headers}
    if payload:
        headers.setdefault("Content-Type", answer.media_type)
    if answer.status != 204 or payload:
        headers.setdefault("Content-Length", str(len(payload)))
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": payload})
