"""The authorize endpoint: signs in at once, without a page, as whom `login_hint` names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from conformance.mock.call import Answer, Request
from conformance.mock.signin.clients import PEOPLE, Client
from conformance.mock.signin.form import fields, known_client, scopes
from conformance.mock.signin.grant import PLATFORM, Grant
from conformance.mock.signin.people import called
from conformance.mock.signin.problems import UNSTORED, NotSignedIn, bad_request

if TYPE_CHECKING:
    from conformance.mock.service import Service

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


def authorize(service: Service, request: Request) -> Answer:
    """Send the browser back to the application, with a code or with the reason why there is none."""
    sent = fields(request.query)
    client = known_client(service, sent.get("client_id", ""))
    back = sent.get("redirect_uri", "")
    # Until the address is known to be good, nobody is sent there.
    if not client.may_return_to(back):
        raise bad_request("redirect_uri is neither registered nor on this machine")
    try:
        outcome = {"code": _code(service, request, client, sent)}
    except NotSignedIn as refusal:
        outcome = {"error": refusal.error, "error_description": refusal.description}
    outcome |= {"state": sent["state"]} if "state" in sent else {}
    outcome["iss"] = request.origin
    mark = "&" if "?" in back else "?"
    return Answer(302, headers={"Location": f"{back}{mark}{urlencode(outcome)}", **UNSTORED})


def _code(service: Service, request: Request, client: Client, sent: Mapping[str, str]) -> str:
    if sent.get("response_type") != "code":
        raise NotSignedIn("unsupported_response_type", "only response_type=code is offered")
    challenge = sent.get("code_challenge", "")
    if not challenge and not client.secret:
        raise bad_request("an application without a secret needs PKCE: code_challenge is missing")
    if challenge and (sent.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(challenge)):
        raise bad_request("code_challenge must be of the method S256")
    granted = scopes(sent.get("scope", PLATFORM))
    user = called(service, sent.get("login_hint", PEOPLE[0]))
    if user is None:
        raise NotSignedIn("access_denied", "login_hint names nobody who could sign in")
    grant = Grant(service, request.origin, client, user, granted, sent.get("nonce", ""))
    return grant.code(sent["redirect_uri"], challenge)
