"""Where a run goes: the base URL, the iTwins it may use, and who it can be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.credentials import Tokens

MAIN, EXPIRED = "main", "expired"
MADE_UP = b"the baseline file of an iModel that waits for it" * 20
"""What is uploaded as a baseline file where nobody gave a real one."""
DEDICATED = "dedicated"
"""The ability to change what the service keeps for the main identity itself, since nobody else uses it."""
IDENTITIES = {
    MAIN: "IMODELS_TOKEN",
    "second": "IMODELS_TOKEN_SECOND",
    "writer": "IMODELS_TOKEN_WRITER",
    "reader": "IMODELS_TOKEN_READER",
    "viewer": "IMODELS_TOKEN_VIEWER",
    "manager": "IMODELS_TOKEN_MANAGER",
    "outsider": "IMODELS_TOKEN_OUTSIDER",
    EXPIRED: "IMODELS_TOKEN_EXPIRED",
}
"""Identity → environment variable that holds its bearer token; `expired`: one of anybody that has ended."""

ROLES = {n: variable.replace("TOKEN", "ROLE") for n, variable in IDENTITIES.items() if n != EXPIRED}
"""Identity → environment variable that holds the id of the role it has in the iTwins."""

GUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", re.IGNORECASE)


class TargetError(Exception):
    """The target cannot be used as it was named; one clear line."""


@dataclass(frozen=True)
class Network:
    """The way to a service: proxy, own authority, own certificate, and what a gateway wants to see."""

    proxy: str | None = field(default=None, repr=False)
    ca: str = ""
    certificate: str = ""
    key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Target:
    """A service to judge; times in seconds: between polls, for slow work, one answer, lists to catch up."""

    base_url: str
    itwins: tuple[str, ...]
    tokens: Tokens = field(repr=False)
    embedded: bool = False
    dedicated: bool = False
    poll: float = 1.0
    deadline: float = 300.0
    timeout: float = 30.0
    lag: float = 10.0
    not_offered: frozenset[str] = frozenset()
    roles: Mapping[str, str] = field(default_factory=dict)
    network: Network = Network()
    imodels: tuple[str, ...] = ()
    read_only: bool = False
    baseline: bytes = field(default=MADE_UP, repr=False)

    @property
    def abilities(self) -> frozenset[str]:
        """What rows may need: other identities, one to itself, their roles, a second iTwin, real files."""
        found = {name for name in self.tokens if name != MAIN} | {f"{name}-role" for name in self.roles}
        if len(self.itwins) > 1:
            found.add("second-itwin")
        if self.embedded:
            found.add("real-bytes")
        if self.embedded or self.baseline != MADE_UP:
            found.add("real-baseline")
        if self.dedicated:
            found.add(DEDICATED)
        return frozenset(found)
