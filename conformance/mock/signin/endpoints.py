"""The endpoints of the sign-in, by path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from conformance.mock.call import Answer, Request
from conformance.mock.signin import AUTHORIZE, DISCOVERY, KEYS, TOKEN, USERINFO
from conformance.mock.signin.authorize import authorize
from conformance.mock.signin.discovery import configuration, public_keys, userinfo
from conformance.mock.signin.exchange import exchange
from conformance.mock.signin.problems import NotSignedIn

if TYPE_CHECKING:
    from conformance.mock.service import Service

ENDPOINTS: dict[str, Callable[[Service, Request], Answer]] = {
    AUTHORIZE: authorize,
    TOKEN: exchange,
    USERINFO: userinfo,
    DISCOVERY: configuration,
    KEYS: public_keys,
}


def answered(service: Service, request: Request) -> Answer:
    """The answer of the endpoint at a path."""
    try:
        return ENDPOINTS[request.path](service, request)
    except NotSignedIn as refusal:
        return refusal.render()
