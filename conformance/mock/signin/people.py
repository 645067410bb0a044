"""Who can sign in: the users of a mock that have a development token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.mock import tokens
from conformance.mock.entities import User

if TYPE_CHECKING:
    from conformance.mock.service import Service


def with_token(service: Service, token: str) -> User | None:
    """The user of a development token."""
    return tokens.BY_TOKEN.get(token)


def with_id(service: Service, id: str) -> User | None:
    """The user of that id."""
    return next((user for user in tokens.BY_TOKEN.values() if user.id == id), None)


def called(service: Service, hint: str) -> User | None:
    """The user of that id, address or name in the mock."""
    for token, user in tokens.BY_TOKEN.items():
        if hint in {user.id, user.email, token.removeprefix(tokens.PREFIX)}:
            return user
    return None
