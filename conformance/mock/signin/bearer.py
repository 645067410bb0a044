"""Who stands behind a bearer token."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.mock.entities import Application, User
from conformance.mock.problems import Problem
from conformance.mock.signin.people import registered, with_id, with_token

if TYPE_CHECKING:
    from conformance.mock.service import Service

READS, WRITES = ("itwin-platform", "imodels:read"), ("itwin-platform", "imodels:modify")


def bearer(service: Service, token: str, scopes: tuple[str, ...] = ()) -> User | None:
    """Whose token it is, None if nobody's; one of the scopes, if any are given, must be in it."""
    known = with_token(service, token)
    # Only what looks like a signed token is worth loading the library for signatures.
    return _signed_in(service, token, scopes) if known is None and token.count(".") == 2 else known


def _signed_in(service: Service, token: str, scopes: tuple[str, ...]) -> User | None:
    from conformance.mock.signin.grant import keys, seconds_now
    from conformance.mock.signin.keys import ACCESS, BadToken

    try:
        claims = keys(service).read(token, ACCESS, seconds_now(service))
    except BadToken:
        return None
    client = registered(service, str(claims["client_id"]))
    user = with_id(service, claims["sub"])
    if client is None or user is None:
        return None
    if not client.has_tier:
        raise Problem("InvalidApplicationTier")
    if scopes and not {*scopes} & {*str(claims.get("scope", "")).split(" ")}:
        raise Problem("RequiredScopeMissing")
    return replace(user, application=Application(client.id, client.name))
