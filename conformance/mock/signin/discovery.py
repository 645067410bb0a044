"""What a client can find out about the sign-in by itself: endpoints, keys, and who signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.mock.call import Answer, Request
from conformance.mock.signin import AUTHORIZE, KEYS, TOKEN, USERINFO
from conformance.mock.signin.bearer import bearer
from conformance.mock.signin.exchange import GRANTS
from conformance.mock.signin.grant import SCOPES, keys, person
from conformance.mock.signin.keys import ALGORITHM

if TYPE_CHECKING:
    from conformance.mock.service import Service


def configuration(service: Service, request: Request) -> Answer:
    """The discovery document of OpenID Connect."""
    here = request.origin
    document: dict[str, Any] = {
        "issuer": here,
        "authorization_endpoint": here + AUTHORIZE,
        "token_endpoint": here + TOKEN,
        "userinfo_endpoint": here + USERINFO,
        "jwks_uri": here + KEYS,
        "scopes_supported": [*SCOPES],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [*GRANTS],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }
    return Answer(200, document)


def public_keys(service: Service, request: Request) -> Answer:
    """The keys that tokens are signed with."""
    return Answer(200, keys(service).public())


def userinfo(service: Service, request: Request) -> Answer:
    """Who signed in."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    user = bearer(service, token.strip()) if scheme.lower() == "bearer" else None
    if user is None:
        return Answer(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return Answer(200, {"sub": user.id, **person(user)})
