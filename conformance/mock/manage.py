"""The management of a mock, behind a port of its own: what a test wants and no client can ask for."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.mock.call import Answer, Request
from conformance.mock.catalogue import UnknownName
from conformance.mock.problems import Problem
from conformance.mock.service import Service
from conformance.mock.wire import Gone, Message, Receive, Send, head, read, write

log = logging.getLogger("conformance.mock")

MOST_SNAPSHOTS = 20
LONGEST_NAME = 100
LONGEST_BODY = 65_536
FURTHEST = 100 * 366 * 86_400
KINDS = ("faults", "liberties", "drop")


class Management:
    """The ASGI application around the management of one service."""

    def __init__(self, service: Service, url: str) -> None:
        self._service = service
        self._url = url
        self._snapshots = Snapshots(service)
        self._routes: dict[tuple[str, str], Callable[[Request, str], Answer]] = {
            ("GET", "/"): self._about,
            ("POST", "/reset"): self._reset,
            ("GET", "/clock"): self._time,
            ("POST", "/clock"): self._advance,
            ("GET", "/twists"): self._twists,
            ("PUT", "/twists"): self._twist,
            ("GET", "/calls"): self._calls,
            ("DELETE", "/calls"): self._forget_calls,
            ("GET", "/snapshots"): self._snapshots.names,
            ("PUT", "/snapshots/{name}"): self._snapshots.take,
            ("DELETE", "/snapshots/{name}"): self._snapshots.drop,
            ("POST", "/snapshots/{name}/restore"): self._snapshots.restore,
        }

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            patience = self._service.settings.patience_seconds
            request = await read(scope, receive, LONGEST_BODY, patience)
            answer = self._answer(request)
        except Gone:
            return
        except Problem as problem:
            answer = Answer(problem.status, problem.render(None), dict(problem.headers))
        except Exception:
            log.exception("management: %s", head(scope).path)
            answer = _refusal(500, "InternalServerError", "The management failed.")
        await write(send, answer)

    def _answer(self, request: Request) -> Answer:
        if not local(request):
            return _refusal(403, "NotLocal", "Only programs of this machine may do this, and no web page.")
        if request.oversized:
            return _refusal(413, "RequestTooLarge", "The request is larger than allowed.")
        template, name = _template(request.path)
        found = {method: act for (method, path), act in self._routes.items() if path == template}
        if not found:
            return _refusal(404, "NotFound", f"Nothing is here; GET {self._url}/ tells what there is.")
        if request.method not in found:
            answer = _refusal(405, "MethodNotAllowed", "The path does not know this method.")
            answer.headers["Allow"] = ", ".join(sorted(found))
            return answer
        try:
            return found[request.method](request, name)
        except (ValueError, RecursionError) as error:
            return _refusal(422, "Invalid", str(error) or "The request is not valid.")

    def _about(self, request: Request, _: str) -> Answer:
        routes = [f"{method} {path}" for method, path in self._routes]
        return Answer(body={"mock": self._url, "requests": self._service.calls.count, "operations": routes})

    def _reset(self, request: Request, _: str) -> Answer:
        self._service.restart()
        return Answer(204)

    def _time(self, request: Request, _: str) -> Answer:
        return Answer(body={"now": self._service.store.clock.now().isoformat()})

    def _advance(self, request: Request, _: str) -> Answer:
        seconds = _object(request, "advance").get("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= FURTHEST:
            raise ValueError(f"'advance' must be a number of seconds from 0 to {FURTHEST}")
        self._service.advance(seconds)
        return self._time(request, "")

    def _twists(self, request: Request, _: str) -> Answer:
        return Answer(body=self._service.bent())

    def _twist(self, request: Request, _: str) -> Answer:
        given = _object(request, *KINDS)
        for kind, names in given.items():
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                raise ValueError(f"'{kind}' must be a list of names")
        try:
            self._service.twist(**{kind: given.get(kind, []) for kind in KINDS})
        except UnknownName as error:
            raise ValueError(str(error)) from error
        return self._twists(request, "")

    def _calls(self, request: Request, _: str) -> Answer:
        last = dict(parse_qsl(request.query)).get("last", "")
        calls = [call.told() for call in self._service.calls]
        if last:
            if not last.isascii() or not last.isdigit() or len(last) > len(str(FURTHEST)):
                raise ValueError("'last' must be a number")
            calls = calls[-int(last) :] if int(last) else []
        return Answer(body={"count": self._service.calls.count, "calls": calls})

    def _forget_calls(self, request: Request, _: str) -> Answer:
        self._service.forget_calls()
        return Answer(204)


class Snapshots:
    """The moments somebody asked to remember, by name."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._held: dict[str, Any] = {}

    def names(self, request: Request, _: str) -> Answer:
        """The names."""
        return Answer(body={"snapshots": list(self._held)})

    def take(self, request: Request, name: str) -> Answer:
        """Remember this moment."""
        if name not in self._held and len(self._held) >= MOST_SNAPSHOTS:
            raise ValueError(f"no more than {MOST_SNAPSHOTS} snapshots are kept; delete one")
        self._held[name] = self._service.snapshot()
        return Answer(204)

    def restore(self, request: Request, name: str) -> Answer:
        """Go back to a moment."""
        if name not in self._held:
            return _refusal(404, "NotFound", "No snapshot has this name.")
        self._service.restore(self._held[name])
        return Answer(204)

    def drop(self, request: Request, name: str) -> Answer:
        """Forget a moment."""
        if self._held.pop(name, None) is None:
            return _refusal(404, "NotFound", "No snapshot has this name.")
        return Answer(204)


def local(request: Request) -> bool:
    """Whether a program of this machine asks: no web page, and no name that was made to point here."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    if "origin" in request.headers or request.headers.get("sec-fetch-site", "none") != "none":
        return False
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _template(path: str) -> tuple[str, str]:
    head, _, rest = path.removeprefix("/").partition("/")
    name, _, act = rest.partition("/")
    if head == "snapshots" and rest:
        return f"/snapshots/{{name}}{'/' if act else ''}{act}", unquote(name)[:LONGEST_NAME]
    return path, ""


def _object(request: Request, *members: str) -> Mapping[str, Any]:
    try:
        given = json.loads(request.body)
    except ValueError:
        given = None
    if not isinstance(given, dict) or given.keys() - set(members):
        raise ValueError(f"the body must be a JSON object of {', '.join(members)}")
    return given


def _refusal(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": message}})
