"""Who can sign in: the users of a mock that have a development token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.mock import tokens
from conformance.mock.entities import User
from conformance.mock.signin.clients import APPLICATION, PEOPLE, Client, application_of

if TYPE_CHECKING:
    from conformance.mock.service import Service


def registered(service: Service, id: str) -> Client | None:
    """The application of that id: in the settings, or that of an identity which a world brought in."""
    for client in service.settings.clients:
        if client.id == id:
            return client
    name = id.removeprefix(APPLICATION)
    brought = name not in {id, *PEOPLE} and tokens.token(name) in service.store.tokens
    return application_of(name) if brought else None


def with_token(service: Service, token: str) -> User | None:
    """The user of a development token."""
    store = service.store
    return store.users.get(store.tokens.get(token, ""))


def with_id(service: Service, id: str) -> User | None:
    """The user of that id."""
    return service.store.users.get(id) if id in service.store.tokens.values() else None


def called(service: Service, hint: str) -> User | None:
    """The user of that id, address or name in the mock."""
    for token, id in service.store.tokens.items():
        user = service.store.users[id]
        if hint in {user.id, user.email, token.removeprefix(tokens.PREFIX)}:
            return user
    return None
