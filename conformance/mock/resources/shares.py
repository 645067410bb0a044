"""Shares: keys that open an iModel to anonymous readers for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.entities import WEBVIEW, Share
from conformance.mock.faults import fault
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.lists import page
from conformance.mock.problems import Problem, invalid
from conformance.mock.rules import declare, rule
from conformance.mock.sharekeys import new_key
from conformance.mock.views import date, ok

OTHER_DISPLAY_NAME = fault.switch("shares/display-name-is-name")
KEY_AGAIN = fault.switch("shares/key-is-shown-once")
OTHER_NAME = fault.switch("shares/create-echoes")
READ_OTHERWISE = fault.switch("shares/readable")
NEWEST_UNLISTED = fault.switch("shares/listed")
NOT_APPLIED = fault.switch("shares/update-applies")
NOT_STORED = fault.switch("shares/update-is-readable")
NOT_REMOVED = fault.switch("shares/revoke-removes")
RETURNS = fault.switch("shares/revoke-removes:returns")
OWN_ONLY = declare("shares/own-only")
OWN_LISTED = declare("shares/lists-own-only")

MALFORMED_422 = liberty.switch("malformed-share-422")
UNTIMELY_409 = liberty.switch("share-expiry-409", on=["create-imodel-share"])

LONGEST = timedelta(days=184)
USUAL = timedelta(days=30)
MOMENT = timedelta(seconds=1)


def entity(call: Call, share: Share) -> dict[str, Any]:
    """A share, without its key."""
    name = f"{share.name} (1)" if call.bent(OTHER_NAME) else share.name
    whole: dict[str, Any] = {
        "id": share.id,
        "displayName": f"Share {name}" if call.bent(OTHER_DISPLAY_NAME) else name,
        "name": name,
        "expiresAt": date(call, share.expires),
        "permission": share.permission,
    }
    if call.bent(KEY_AGAIN):
        whole["shareKey"] = share.key
    return whole


def _expiry(call: Call) -> datetime:
    """When the share is to expire."""
    given = call.text("expiresAt")
    try:
        when = datetime.fromisoformat(given) if given else call.now + USUAL
        ahead = when - call.now
    except (ValueError, TypeError, OverflowError) as error:
        raise invalid("InvalidValue", "expiresAt") from error
    in_the_future(call, ahead)
    not_too_far(call, ahead)
    return when


@rule("shares/expires-in-the-future")
def in_the_future(call: Call, ahead: timedelta) -> None:
    """A share cannot have expired already."""
    if ahead <= timedelta():
        raise _untimely(call)


@rule("shares/at-most-six-months")
def not_too_far(call: Call, ahead: timedelta) -> None:
    """A share expires within six months."""
    if ahead > LONGEST:
        raise _untimely(call)


def _untimely(call: Call) -> Problem:
    """What is said of a share that would expire too early or too late."""
    return Problem("DataConflict") if call.bent(UNTIMELY_409) else invalid("InvalidValue", "expiresAt")


@handler("create-imodel-share")
async def create_share(call: Call) -> Answer:
    """Open an iModel to whoever has the key."""
    imodel, id = call.imodel, call.store.new_id()
    expires, key = _expiry(call), new_key(call, imodel)
    name, permission = call.text("name") or id, call.text("permission") or WEBVIEW
    made = Share(id, name, imodel.id, call.caller.id, call.now, expires, permission, key)
    imodel.shares[id] = made
    return ok("share", {**entity(call, made), "shareKey": key}, 201)


@handler("get-imodel-shares")
async def list_shares(call: Call) -> Answer:
    """List the caller's shares of an iModel."""
    found = [share for share in call.imodel.shares.values() if _listed(call, share)]
    if call.bent(NEWEST_UNLISTED):
        del found[-1:]
    return page(call, found, entity, entity)


def _listed(call: Call, share: Share) -> bool:
    own = share.creator_id == call.caller.id
    back = call.bent(RETURNS) and share.created < call.now - MOMENT
    return (back or not share.revoked) and (own or call.drops(OWN_LISTED))


def find_share(call: Call) -> Share:
    """The share a path names, one of the caller's own."""
    share = call.imodel.shares.get(call.params["shareId"].lower())
    if share is not None and share.revoked:
        share = None
    foreign = share is not None and share.creator_id != call.caller.id
    known(call, None if foreign and not call.drops(OWN_ONLY) else share)
    if share is not None:
        return share
    return Share(call.store.new_id(), "Phantom", call.imodel.id, "", call.now, call.now + USUAL, WEBVIEW, "")


@rule("shares/unknown")
def known(call: Call, share: Share | None) -> None:
    """The iModel must have the share."""
    if share is None:
        malformed = call.bent(MALFORMED_422) and len(call.params["shareId"]) != 36
        raise invalid("InvalidValue", "shareId") if malformed else Problem("ShareNotFound")


@finding("get-imodel-share", find_share)
async def get_share(call: Call, share: Share) -> Answer:
    """Read a share."""
    whole = entity(call, share)
    if call.bent(READ_OTHERWISE):
        whole["permission"] = "imodels_read" if share.permission == WEBVIEW else WEBVIEW
    return ok("share", whole)


@finding("update-imodel-share", find_share)
async def update_share(call: Call, share: Share) -> Answer:
    """Let a share expire at another time."""
    before, share.expires = share.expires, _expiry(call)
    whole = entity(call, share)
    if call.bent(NOT_APPLIED):
        whole["expiresAt"] = date(call, before)
    if call.bent(NOT_STORED):
        share.expires = before
    return ok("share", whole)


@finding("revoke-imodel-share", find_share)
async def revoke_share(call: Call, share: Share) -> Answer:
    """Revoke a share, and with it the key."""
    share.revoked = not call.bent(NOT_REMOVED)
    return Answer(204)
