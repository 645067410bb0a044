"""Where a run goes: the base URL, the iTwins it may use, and who it can be."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MAIN = "main"
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
}
"""Identity → environment variable that holds its bearer token."""

ROLES = {name: variable.replace("TOKEN", "ROLE") for name, variable in IDENTITIES.items()}
"""Identity → environment variable that holds the id of the role it has in the iTwins."""

GUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", re.IGNORECASE)


class TargetError(Exception):
    """The target cannot be used as it was named; one clear line."""


@dataclass(frozen=True)
class Target:
    """A service to judge; times in seconds: between polls, for slow work, one answer, lists to catch up."""

    base_url: str
    itwins: tuple[str, ...]
    tokens: Mapping[str, str] = field(repr=False)
    embedded: bool = False
    dedicated: bool = False
    poll: float = 1.0
    deadline: float = 300.0
    timeout: float = 30.0
    lag: float = 10.0
    not_offered: frozenset[str] = frozenset()
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def abilities(self) -> frozenset[str]:
        """What rows may need: other identities, one to itself, their roles, a second iTwin, real files."""
        found = {name for name in self.tokens if name != MAIN} | {f"{name}-role" for name in self.roles}
        if len(self.itwins) > 1:
            found.add("second-itwin")
        if self.embedded:
            found.add("real-bytes")
        if self.dedicated:
            found.add(DEDICATED)
        return frozenset(found)


def live_target(url: str, itwins: tuple[str, ...], *, dedicated: bool = False) -> Target:
    """Describe a live service from the command line and the environment; raises TargetError."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise TargetError(f"--target {url!r} is not a base URL; write e.g. https://api.bentley.com/imodels")
    if parts.username or parts.password:
        raise TargetError("--target must not carry a user or password; tokens come from IMODELS_TOKEN")
    if not itwins:
        raise TargetError("a live target needs --itwin GUID: the iTwin in which the run may make iModels")
    for itwin in itwins:
        if not GUID.match(itwin):
            raise TargetError(f"--itwin {itwin!r} is not a GUID")
    tokens = {
        name: os.environ[variable].strip()
        for name, variable in IDENTITIES.items()
        if os.environ.get(variable)
    }
    if not tokens.get(MAIN):
        raise TargetError(
            "set IMODELS_TOKEN to a bearer token that may create and delete iModels in that iTwin"
        )
    roles = {
        name: os.environ[variable].strip() for name, variable in ROLES.items() if os.environ.get(variable)
    }
    known = tuple(itwin.lower() for itwin in itwins)
    return Target(url.rstrip("/"), known, tokens, dedicated=dedicated, roles=roles)
