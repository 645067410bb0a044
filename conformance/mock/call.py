"""One request on its way through a mock, and its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.mock.entities import IModel, ITwin, Share, User
from conformance.mock.liberties import liberty

if TYPE_CHECKING:
    from conformance.contract import Contract, Operation
    from conformance.mock.service import Service
    from conformance.mock.settings import Settings
    from conformance.mock.store import Store

JSON = "application/json"
UNKNOWN_IS_FULL = liberty.switch("unknown-prefer-is-full")
SLOW_WORK = liberty.switch("slow-work")


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    oversized: bool = False
    scheme: str = "http"

    @property
    def origin(self) -> str:
        """The address the caller used."""
        return f"{self.scheme}://{self.headers.get('host', 'localhost')}"


@dataclass
class Answer:
    """What goes back: JSON in `body`, or bytes in `content`."""

    status: int = 200
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    media_type: str = JSON
    call: Call | None = field(default=None, repr=False, compare=False)

    def payload(self) -> bytes:
        """The bytes to send."""
        if self.content is not None:
            return self.content
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass
class Call:
    """A request to one operation, with all the wire found out about it."""

    service: Service
    operation: Operation
    request: Request
    params: dict[str, str]
    now: datetime
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    nulls: frozenset[str] = frozenset()
    pictures: dict[str, bytes] = field(default_factory=dict)
    places: list[IModel | ITwin] = field(default_factory=list)
    extra_headers: dict[str, str] = field(default_factory=dict)
    share: Share | None = None
    _caller: User | None = None

    @property
    def store(self) -> Store:
        """The memory of the service."""
        return self.service.store

    @property
    def contract(self) -> Contract:
        """The document that the schemas of the request belong to."""
        return self.service.view.contract(self.operation.id)

    @property
    def settings(self) -> Settings:
        """The numbers of the service."""
        return self.service.settings

    @property
    def caller(self) -> User:
        """Who is calling."""
        if self._caller is None:
            raise LookupError("nobody is known to be calling yet")
        return self._caller

    @caller.setter
    def caller(self, user: User) -> None:
        self._caller = user

    @property
    def known(self) -> bool:
        """Whether the caller was found out."""
        return self._caller is not None

    @property
    def imodel(self) -> IModel:
        """The iModel the path names."""
        return next(place for place in self.places if isinstance(place, IModel))

    @property
    def reads(self) -> bool:
        """Whether the call changes nothing."""
        return self.request.method == "GET"

    @cached_property
    def full(self) -> bool:
        """Whether the caller prefers complete entities in a list."""
        wish = self.request.headers.get("prefer", "").replace(" ", "").lower()
        unknown = bool(wish) and wish != "return=minimal"
        return "return=representation" in wish or (unknown and self.bent(UNKNOWN_IS_FULL))

    def text(self, name: str) -> str | None:
        """A text member of the body, or None."""
        value = self.body.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        """An integer member of the body, or None."""
        value = self.body.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def object(self, name: str) -> dict[str, Any] | None:
        """An object member of the body, or None."""
        value = self.body.get(name)
        return value if isinstance(value, dict) else None

    def work(self) -> datetime:
        """When work that starts now will be done."""
        slow = self.bent(SLOW_WORK)
        seconds = self.settings.slow_work_seconds if slow else self.settings.work_seconds
        return self.now + timedelta(seconds=seconds)

    def drops(self, rule: str) -> bool:
        """Whether the service has dropped a rule."""
        return rule in self.service.dropped

    def bent(self, name: str) -> bool:
        """Whether a fault or a liberty of that name is on and concerns this operation."""
        twist = self.service.twists.get(name)
        return twist is not None and twist.concerns(self.operation.id)
