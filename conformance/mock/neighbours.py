"""What a mock serves beside the API, on the same port: storage, sign-in and iTwins."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from conformance.mock import itwins, signin, storage
from conformance.mock.call import Answer, Request

if TYPE_CHECKING:
    from conformance.mock.service import Service

Neighbour = Callable[["Service", Request], Answer]


def neighbour(path: str) -> Neighbour | None:
    """Who answers for a path outside the API, if anybody."""
    if path.startswith(storage.ROOT):
        return storage.stored
    if path in signin.PATHS:
        return signin.answer
    return itwins.answer if path.rstrip("/") == itwins.PATH else None


def limit(service: Service, path: str) -> int:
    """How long a body may be there."""
    return service.settings.max_blob if path.startswith(storage.ROOT) else service.settings.max_body
