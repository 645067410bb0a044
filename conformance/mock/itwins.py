"""The two operations of the iTwins API that tools for iModels ask for: find by name, and create."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from conformance.mock.call import Answer, Request
from conformance.mock.entities import EVERYTHING, ITwin, User
from conformance.mock.problems import Detail, Problem
from conformance.mock.signin.bearer import bearer

if TYPE_CHECKING:
    from conformance.mock.service import Service

PATH = "/itwins"
INVALID = "InvalidiTwinsRequest"
LONGEST = 255
REQUIRED = ("class", "subClass", "displayName")
KIND = {"class": "Endeavor", "subClass": "Project"}


def answer(service: Service, request: Request) -> Answer:
    """The answer to a request about iTwins."""
    try:
        return _answered(service, request)
    except Problem as problem:
        return Answer(problem.status, problem.render(None))


def _answered(service: Service, request: Request) -> Answer:
    act = ACTIONS.get(request.method)
    if act is None:
        return Answer(405, Problem("MethodNotAllowed").render(None), {"Allow": ", ".join(ACTIONS)})
    return act(service, request, _caller(service, request))


def _caller(service: Service, request: Request) -> User:
    header = request.headers.get("authorization")
    if header is None:
        raise Problem("HeaderNotFound")
    scheme, _, token = header.strip().partition(" ")
    if not token:
        raise Problem("InvalidHeaderValue")
    if scheme.lower() != "bearer":
        raise Problem("InvalidAuthorizationScheme")
    user = bearer(service, token.strip())
    if user is None:
        raise Problem("Unauthorized")
    return user


def _find(service: Service, request: Request, caller: User) -> Answer:
    names = parse_qs(request.query, keep_blank_values=True).get("displayName")
    seen = [one for one in service.store.itwins.values() if one.grants.get(caller.id)]
    found = [one for one in seen if names is None or one.display_name == names[-1]]
    self_link = {"href": f"{request.origin}{PATH}" + (f"?{request.query}" if request.query else "")}
    links = {"self": self_link, "prev": None, "next": None}
    return Answer(200, {"iTwins": [_entity(one) for one in found], "_links": links})


def _create(service: Service, request: Request, caller: User) -> Answer:
    body = _body(request)
    store = service.store
    name = body["displayName"]
    number = body.get("number") or name
    if any(one.number == number for one in store.itwins.values()):
        raise Problem("iTwinExists")
    owner = frozenset({caller.id})
    grants = {caller.id: EVERYTHING}
    made = ITwin(store.new_id(), grants=grants, administrators=owner, display_name=name, number=number)
    store.itwins[made.id] = made
    return Answer(201, {"iTwin": _entity(made) | {"type": body.get("type")}})


def _body(request: Request) -> dict[str, Any]:
    if request.oversized:
        raise Problem("RequestTooLarge")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Problem(INVALID, [Detail("InvalidRequestBody")])
    wrong = [Detail("MissingRequiredProperty", name) for name in REQUIRED if body.get(name) is None]
    texts = [name for name in (*REQUIRED, "number", "type") if body.get(name) is not None]
    wrong += [Detail("InvalidValue", name) for name in texts if not _good(name, body[name])]
    if wrong:
        raise Problem(INVALID, wrong)
    return body


def _good(name: str, value: object) -> bool:
    fits = isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST
    return fits and KIND.get(name, value) == value


def _entity(itwin: ITwin) -> dict[str, Any]:
    own = {"id": itwin.id, "displayName": itwin.display_name, "number": itwin.number, "type": None}
    return {**own, **KIND, "status": "Active", "dataCenterLocation": itwin.data_center}


ACTIONS: dict[str, Callable[[Service, Request, User], Answer]] = {"GET": _find, "POST": _create}
