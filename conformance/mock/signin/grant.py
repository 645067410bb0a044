"""What a successful sign-in hands out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from conformance.mock.entities import User
from conformance.mock.signin.clients import Client
from conformance.mock.signin.keys import ACCESS, CODE, REFRESH, Keys, keys_of

if TYPE_CHECKING:
    from conformance.mock.service import Service

PLATFORM, READS, WRITES = "itwin-platform", "imodels:read", "imodels:modify"
OPENID, OFFLINE = "openid", "offline_access"
SCOPES = (PLATFORM, READS, WRITES, OPENID, "profile", "email", OFFLINE)


@dataclass(frozen=True)
class Grant:
    """Who let which application do what."""

    service: Service
    issuer: str
    client: Client
    user: User
    scopes: tuple[str, ...]
    nonce: str = ""

    def answer(self, *, for_person: bool) -> dict[str, Any]:
        """The answer of the token endpoint; an application on its own gets neither refresh nor id token."""
        seconds = self.service.settings.token_seconds
        body: dict[str, Any] = {
            "access_token": self._token(ACCESS, seconds),
            "expires_in": int(seconds),
            "token_type": "Bearer",
            "scope": " ".join(self.scopes),
        }
        if for_person and OFFLINE in self.scopes:
            body["refresh_token"] = self._token(REFRESH, self.service.settings.refresh_seconds)
        if for_person and OPENID in self.scopes:
            body["id_token"] = self._token(self.client.id, seconds, **self._person())
        return body

    def code(self, redirect: str, challenge: str) -> str:
        """The code that a sign-in in a browser ends with."""
        more = {"redirect_uri": redirect, "code_challenge": challenge, "nonce": self.nonce}
        return self._token(CODE, self.service.settings.code_seconds, **more)

    def _person(self) -> dict[str, str]:
        return person(self.user) | ({"nonce": self.nonce} if self.nonce else {})

    def _token(self, audience: str, seconds: float, **more: str) -> str:
        now = seconds_now(self.service)
        claims = {
            "iss": self.issuer,
            "sub": self.user.id,
            "aud": audience,
            "client_id": self.client.id,
            "scope": " ".join(self.scopes),
            "iat": now,
            "nbf": now,
            "exp": now + int(seconds),
            "jti": str(uuid4()),
        }
        return keys(self.service).sign({**claims, **more})


def person(user: User) -> dict[str, str]:
    """What is told of a person."""
    names = {"given_name": user.given_name, "family_name": user.surname}
    return {**names, "name": f"{user.given_name} {user.surname}", "email": user.email}


def keys(service: Service) -> Keys:
    """The keys of a service."""
    return keys_of(service.settings.seed)


def seconds_now(service: Service) -> int:
    """The whole seconds on the clock of a service."""
    return int(service.store.clock.now().timestamp())
