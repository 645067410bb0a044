"""What a request to sign in carries: its form, and the application behind it."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus

from conformance.mock.call import Request
from conformance.mock.signin.clients import Client
from conformance.mock.signin.grant import SCOPES
from conformance.mock.signin.people import registered
from conformance.mock.signin.problems import NotSignedIn, bad_request

if TYPE_CHECKING:
    from conformance.mock.service import Service

MOST_FIELDS = 50
FORM = "application/x-www-form-urlencoded"


def fields(text: str) -> dict[str, str]:
    """The fields of a form or query, each at most once; empty ones count as missing."""
    try:
        pairs = parse_qsl(text, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise bad_request("the parameters cannot be read") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise bad_request("a parameter is there twice")
    return found


def form(request: Request) -> dict[str, str]:
    """The fields of the body of a request."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise bad_request(f"Content-Type must be {FORM}")
    if request.oversized or not request.body.isascii():
        raise bad_request("the form cannot be read")
    return fields(request.body.decode())


def known_client(service: Service, id: str) -> Client:
    """The application of that id."""
    if (client := registered(service, id)) is not None:
        return client
    raise NotSignedIn("invalid_client", "the application is not registered", 401)


def authenticated(service: Service, request: Request, sent: Mapping[str, str]) -> Client:
    """The application that sent a form; with a secret it has to show it."""
    id, secret = _basic(request) or (sent.get("client_id", ""), sent.get("client_secret", ""))
    client = known_client(service, id)
    if not hmac.compare_digest(client.secret.encode(), secret.encode()):
        raise NotSignedIn("invalid_client", "the secret of the application is wrong", 401)
    return client


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        id, colon, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        colon = ""
    if not colon:
        raise NotSignedIn("invalid_client", "the Authorization header cannot be read", 401)
    return unquote_plus(id), unquote_plus(secret)


def scopes(text: str, allowed: tuple[str, ...] = SCOPES) -> tuple[str, ...]:
    """The scopes asked for, each once."""
    asked = tuple(dict.fromkeys(text.split(" ")))
    unknown = [scope for scope in asked if scope not in allowed]
    if unknown:
        raise NotSignedIn("invalid_scope", "a scope is unknown or was not granted")
    return asked
