"""The applications that may sign in, as they stand in the settings of a mock."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

PEOPLE = ("admin", "second", "writer", "reader", "viewer", "manager", "outsider")
SMALL_TIER = "mock-small-tier"
APPLICATION = "mock-"
PUBLIC = "mock-app"


@dataclass(frozen=True)
class Client:
    """An application: with a secret it may act on its own as `acts_as`, without one only for somebody.

    `redirects` are the addresses it may be sent back to; those of this machine are always good.
    """

    id: str
    name: str
    secret: str = ""
    acts_as: str = ""
    redirects: tuple[str, ...] = ()
    has_tier: bool = True

    def may_return_to(self, address: str) -> bool:
        """Whether a sign-in may end at this address."""
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            return False
        if parts.fragment or "#" in address or not address.isascii() or not address.isprintable():
            return False
        return address in self.redirects or (parts.scheme in {"http", "https"} and _here(host))


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def application_of(name: str) -> Client:
    """The service application that acts as an identity."""
    return Client(f"{APPLICATION}{name}", f"Mock {name.title()}", f"mock-secret-{name}", name)


CLIENTS = (
    *map(application_of, PEOPLE),
    Client(PUBLIC, "Mock App"),
    Client(SMALL_TIER, "Mock Small Tier", "mock-secret-small-tier", "admin", has_tier=False),
)
"""One service application for each identity, one application for people, one of a tier without the API."""
