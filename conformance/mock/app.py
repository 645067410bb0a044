"""The wire of a mock: one ASGI application, the only place that renders answers and problems."""

from __future__ import annotations

import logging
from collections.abc import Callable

from conformance.mock import access, pages, validate
from conformance.mock.call import Answer, Call, Request
from conformance.mock.calls import Called
from conformance.mock.cors import open_to, preflight
from conformance.mock.entities import WEBVIEW, IModel
from conformance.mock.lookup import READING_IS_NO_VISIT, STRICT_ROOT, find_imodel
from conformance.mock.neighbours import limit, neighbour
from conformance.mock.problems import Problem
from conformance.mock.quota import measure
from conformance.mock.service import Service
from conformance.mock.throttle import throttle
from conformance.mock.wire import Gone, Message, Receive, Send, head, read, write

log = logging.getLogger("conformance.mock")


class App:
    """The ASGI application around one service."""

    def __init__(self, service: Service, log: Callable[[Called], None] | None = None) -> None:
        self.service = service
        self._log = log

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = head(scope)
        try:
            most = limit(self.service, request.path)
            request = await read(scope, receive, most, self.service.settings.patience_seconds)
            answer = await self._kept(request)
        except Gone:
            return
        except Problem as problem:
            answer = _refusal(problem)
        open_to(request, answer)
        called = self.service.note(request, answer)
        if self._log is not None:
            self._log(called)
        await write(send, answer)

    async def _kept(self, request: Request) -> Answer:
        await self.service.delay()
        try:
            answer = await self._routed(request)
            # What is answered is kept: the caller hears of nothing that could be forgotten.
            self.service.commit()
        except Exception:
            log.exception("%s %s", request.method, request.path)
            return _failed()
        return answer

    async def _routed(self, request: Request) -> Answer:
        if request.method == "OPTIONS" and "access-control-request-method" in request.headers:
            return preflight(request)
        if beside := neighbour(request.path):
            return beside(self.service, request)
        if request.path in pages.PATHS:
            return pages.answer(self.service, request)
        return await self.answer(request)

    async def answer(self, request: Request) -> Answer:
        """The answer to a request below the base path."""
        self.service.requests += 1
        base = self.service.contract.base_path
        inside = request.path == base or request.path.startswith(f"{base}/")
        below = request.path[len(base) :]
        refused_slash = below == "/" and STRICT_ROOT in self.service.twists
        methods = self.service.view.routes.methods(below) if inside and not refused_slash else ()
        if not methods:
            return _refusal(Problem("ResourceNotFound"))
        route = self.service.view.routes.route(request.method, below)
        if route is None:
            return _refusal(Problem("MethodNotAllowed", headers={"Allow": ", ".join(methods)}))
        operation, params = route
        request = Request(**{**request.__dict__, "path": below})
        operation = self.service.view.operation(operation, request)
        call = Call(self.service, operation, request, params, self.service.store.clock.now())
        answer = await _answer(call)
        for twist in self.service.twists.values():
            if twist.after and twist.alters(call, answer):
                twist.after(call, answer)
        self.service.view.show(call, answer)
        answer.call = call
        answer.headers |= call.extra_headers
        return answer


async def _answer(call: Call) -> Answer:
    try:
        return await _handled(call)
    except Problem as problem:
        return _refusal(problem, _cannot(call))
    except Exception:
        log.exception("%s %s", call.request.method, call.request.path)
        return _failed()


async def _handled(call: Call) -> Answer:
    handler = call.service.view.handler(call.operation.id)
    if handler is None:
        raise Problem("ResourceNotFound")
    access.authenticate(call)
    measure(call)
    throttle(call)
    if call.request.oversized:
        raise Problem("RequestTooLarge")
    validate.check(call)
    call.service.view.prepare(call)
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


def _failed() -> Answer:
    return Answer(500, {"error": {"code": "InternalServerError", "message": "The service failed."}})
