"""Building a world: what it describes is asked of the mock itself, so its own rules decide what can be."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from conformance.mock.app import App
from conformance.mock.call import JSON, Answer, Request
from conformance.mock.entities import EVERYTHING, Application, ITwin, User
from conformance.mock.service import Service
from conformance.mock.tokens import token
from conformance.mock.world.imodels import build_imodel
from conformance.mock.world.read import World

KINDS = ("faults", "liberties", "drop")


def populate(service: Service, world: World) -> None:
    """Make a world the start of a service; raises WorldError for what its rules refuse."""
    settings, bent = service.settings, service.bent()
    service.settings = replace(settings, rate_limits=())
    service.twist()
    try:
        Builder(service, world).build()
    finally:
        service.settings = settings
        service.twist(**bent)
    service.begin_here()
    service.reset()


class Builder:
    """What it takes to build one world."""

    def __init__(self, service: Service, world: World) -> None:
        self.service = service
        self.world = world
        self.store = service.store
        self._app = App(service)
        self._ids: set[str] = set()
        self.tokens = {name: given.get("token", token(name)) for name, given in world.identities.items()}
        if not world.identities:
            known = {text: text.removeprefix(token("")) for text in self.store.tokens}
            self.tokens = {name: text for text, name in known.items()}

    def build(self) -> None:
        """Identities, iTwins, and what is in them."""
        if self.world.identities:
            users = {name: self._user(name, given) for name, given in self.world.identities.items()}
            self.store.users.update({user.id: user for user in users.values()})
            self.store.tokens = {self.tokens[name]: user.id for name, user in users.items()}
            if len(self.store.tokens) < len(users):
                raise self.world.wrong("identities", "two of them have the same token")
        if self.world.itwins or self.world.identities:
            given = self.world.itwins or [{"id": id} for id in self.store.itwins]
            itwins = [self._itwin(f"itwins[{place}]", each) for place, each in enumerate(given)]
            self.store.itwins = {itwin.id: itwin for itwin in itwins}
        for place, each in enumerate(self.world.itwins):
            for number, imodel in enumerate(each.get("imodels", [])):
                build_imodel(self, f"itwins[{place}].imodels[{number}]", each["id"], imodel)

    def _user(self, name: str, given: dict[str, Any]) -> User:
        default = str(uuid5(NAMESPACE_URL, f"imodels-mock/{name}"))
        id = self.unique(f"identities.{name}", given.get("id", default))
        application = given.get("application", {"id": f"mock-{name}", "name": f"Mock {name}"})
        email = given.get("email", f"{name}@example.com")
        names = given.get("givenName", name.title()), given.get("surname", "Example")
        return User(id, email, *names, Application(**application))

    def _itwin(self, place: str, given: dict[str, Any]) -> ITwin:
        id = self.unique(place, given["id"])
        wanted = given.get("permissions", {name: list(EVERYTHING) for name in self.tokens})
        grants = {self.user(f"{place}.permissions", name): frozenset(held) for name, held in wanted.items()}
        return ITwin(id, given.get("dataCenterLocation", "East US"), grants=grants)

    def unique(self, place: str, id: str) -> str:
        """An id that nothing else in the world has."""
        if id.lower() in self._ids:
            raise self.world.wrong(place, f"the id {id} is there already")
        self._ids.add(id.lower())
        return id.lower()

    def user(self, place: str, name: str) -> str:
        """The id of an identity."""
        if name not in self.tokens:
            raise self.world.wrong(place, f"no identity is called {name}")
        return self.store.tokens[self.tokens[name]]

    def send(self, place: str, name: str, method: str, path: str, body: Any, media: str = JSON) -> Any:
        """Ask the mock as an identity; a refusal is a fault of the world."""
        self.user(place, name)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.tokens[name]}", "content-type": media}
        path, _, query = path.partition("?")
        base = self.service.contract.base_path
        answer = self._answer(Request(method, base + path, query, headers, data))
        if answer.status >= 400:
            raise self.world.wrong(place, _reason(answer))
        return answer.body

    def _answer(self, request: Request) -> Answer:
        # No handler ever waits, so there is nothing to run a loop for.
        asked = self._app.answer(request)
        try:
            asked.send(None)
        except StopIteration as done:
            answer: Answer = done.value
            return answer
        raise RuntimeError("a handler waited")


def _reason(answer: Answer) -> str:
    error = (answer.body or {}).get("error", {})
    details = "; ".join(detail["message"] for detail in error.get("details", []))
    return f"{answer.status} {error.get('code')}: {error.get('message')} {details}".strip()
