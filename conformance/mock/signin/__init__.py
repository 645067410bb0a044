"""Sign-in in the manner of the platform's identity provider: OpenID Connect with what its clients use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.mock.call import Answer, Request

if TYPE_CHECKING:
    from conformance.mock.service import Service

AUTHORIZE, TOKEN, USERINFO = "/connect/authorize", "/connect/token", "/connect/userinfo"
DISCOVERY = "/.well-known/openid-configuration"
KEYS = f"{DISCOVERY}/jwks"
METHODS = {AUTHORIZE: "GET", TOKEN: "POST", USERINFO: "GET", DISCOVERY: "GET", KEYS: "GET"}
PATHS = METHODS.keys()


def answer(service: Service, request: Request) -> Answer:
    """The answer to a request to sign in."""
    if request.method != METHODS[request.path]:
        return Answer(405, headers={"Allow": METHODS[request.path]})
    # The library for signatures takes a tenth of a second to load: only who signs in waits for it.
    from conformance.mock.signin.endpoints import answered

    return answered(service, request)
