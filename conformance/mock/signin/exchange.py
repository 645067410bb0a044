"""The token endpoint: a secret, a code or a refresh token for an access token."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from conformance.mock.call import Answer, Request
from conformance.mock.signin.clients import Client
from conformance.mock.signin.form import authenticated, form, scopes
from conformance.mock.signin.grant import PLATFORM, Grant, keys, seconds_now
from conformance.mock.signin.keys import CODE, REFRESH, BadToken
from conformance.mock.signin.people import called, with_id
from conformance.mock.signin.problems import UNSTORED, NotSignedIn, bad_grant

if TYPE_CHECKING:
    from conformance.mock.service import Service

Sent = Mapping[str, str]
OF_APPLICATIONS = (PLATFORM, "imodels:read", "imodels:modify")


def exchange(service: Service, request: Request) -> Answer:
    """Hand out tokens for a grant."""
    sent = form(request)
    grant = GRANTS.get(sent.get("grant_type", ""))
    if grant is None:
        raise NotSignedIn("unsupported_grant_type", f"grant_type must be one of {', '.join(GRANTS)}")
    client = authenticated(service, request, sent)
    return Answer(200, grant(service, request, client, sent), dict(UNSTORED))


def _as_itself(service: Service, request: Request, client: Client, sent: Sent) -> dict[str, Any]:
    user = called(service, client.acts_as)
    if not client.secret or user is None:
        raise NotSignedIn("unauthorized_client", "the application may not act on its own")
    granted = scopes(sent.get("scope", PLATFORM), OF_APPLICATIONS)
    return Grant(service, request.origin, client, user, granted).answer(for_person=False)


def _for_code(service: Service, request: Request, client: Client, sent: Sent) -> dict[str, Any]:
    claims = _claims(service, client, sent.get("code", ""), CODE)
    if claims["redirect_uri"] != sent.get("redirect_uri"):
        raise bad_grant("redirect_uri is not the one of the sign-in")
    _proven(str(claims["code_challenge"]), sent.get("code_verifier", ""))
    if not service.store.spend(str(claims["jti"]), int(claims["exp"]), seconds_now(service)):
        raise bad_grant("the code was used before")
    return _grant(service, request, client, claims, str(claims["scope"])).answer(for_person=True)


def _for_refresh(service: Service, request: Request, client: Client, sent: Sent) -> dict[str, Any]:
    claims = _claims(service, client, sent.get("refresh_token", ""), REFRESH)
    before = str(claims["scope"])
    granted = scopes(sent.get("scope", before), tuple(before.split(" ")))
    return _grant(service, request, client, claims, " ".join(granted)).answer(for_person=True)


def _claims(service: Service, client: Client, token: str, use: str) -> dict[str, Any]:
    try:
        claims = keys(service).read(token, use, seconds_now(service))
    except BadToken as error:
        raise bad_grant("it was not issued here, or has expired") from error
    if claims["client_id"] != client.id:
        raise bad_grant("it was issued to another application")
    return claims


def _grant(
    service: Service, request: Request, client: Client, claims: Mapping[str, Any], granted: str
) -> Grant:
    user = with_id(service, str(claims["sub"]))
    if user is None:
        raise bad_grant("who signed in is gone")
    nonce = str(claims.get("nonce", ""))
    return Grant(service, request.origin, client, user, tuple(granted.split(" ")), nonce)


def _proven(challenge: str, verifier: str) -> None:
    """Refuse a code in the hands of somebody who did not ask for it."""
    digest = hashlib.sha256(verifier.encode()).digest()
    told = base64.urlsafe_b64encode(digest).decode().rstrip("=") if verifier else ""
    if not hmac.compare_digest(told, challenge):
        raise bad_grant("code_verifier does not fit the code_challenge of the sign-in")


GRANTS: dict[str, Callable[[Service, Request, Client, Sent], dict[str, Any]]] = {
    "client_credentials": _as_itself,
    "authorization_code": _for_code,
    "refresh_token": _for_refresh,
}
