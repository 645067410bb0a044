"""Keys of shares: whoever sends one reads one iModel, without being a user."""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from conformance.mock.call import Call
from conformance.mock.entities import READ, WEBVIEW, IModel, ITwin, Share
from conformance.mock.faults import fault
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem
from conformance.mock.rules import rule

OPENS_NOTHING = fault.switch("shares/key-opens-the-imodel")
READS_ALWAYS = fault.switch("shares/permission-counts")
SPENT_403 = liberty.switch("spent-share-key-403")
SPENT_404 = liberty.switch("spent-share-key-404")
SECRET_BYTES = 24


def new_key(call: Call, imodel: IModel) -> str:
    """A key that leads to its iModel and that nobody can guess."""
    secret = UUID(imodel.id).bytes + call.store.random.randbytes(SECRET_BYTES)
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def opened(call: Call, key: str) -> Share:
    """The share that a key belongs to, or a 401."""
    share = _find(call, key)
    issued(call, share)
    share = share or _stranger(call)
    in_force(call, share)
    not_expired(call, share)
    return share


def _find(call: Call, key: str) -> Share | None:
    try:
        id = UUID(bytes=base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))[:16])
    except (ValueError, binascii.Error):
        return None
    imodel = call.store.imodels.get(str(id))
    shares = imodel.shares.values() if imodel else ()
    return next((share for share in shares if share.key == key), None)


def _stranger(call: Call) -> Share:
    """What a key that nobody issued opens in a service that has forgotten to look."""
    some = call.params.get("id", "").lower()
    return Share("", "", some, "", call.now, call.now.replace(year=call.now.year + 1), READ, "")


@rule("shares/unknown-key")
def issued(call: Call, share: Share | None) -> None:
    """Somebody must have issued the key."""
    if share is None:
        raise Problem("Unauthorized")


@rule("shares/revoked-key")
def in_force(call: Call, share: Share) -> None:
    """The share must not be revoked."""
    if share.revoked:
        raise _spent(call)


@rule("shares/expired-key")
def not_expired(call: Call, share: Share) -> None:
    """The share must not have expired."""
    if share.expires <= call.now:
        raise _spent(call)


def _spent(call: Call) -> Problem:
    """What is said of a key that was good once."""
    if call.bent(SPENT_404):
        return Problem("iModelNotFound")
    return Problem("InsufficientPermissions" if call.bent(SPENT_403) else "Unauthorized")


def held(call: Call, share: Share, place: IModel | ITwin) -> frozenset[str]:
    """What a key permits at a place."""
    if not of_this_imodel(call, share, place) or call.bent(OPENS_NOTHING):
        return frozenset()
    reads = share.permission == READ or call.bent(READS_ALWAYS)
    return frozenset({WEBVIEW, READ}) if reads else frozenset({WEBVIEW})


@rule("shares/key-opens-one-imodel", otherwise=True)
def of_this_imodel(call: Call, share: Share, place: IModel | ITwin) -> bool:
    """A key opens its own iModel and nothing else."""
    return place.id == share.imodel_id


@rule("shares/key-only-reads")
def reads_only(call: Call) -> None:
    """Nothing is written with a key."""
    if call.share is not None and not call.reads:
        raise Problem("InsufficientPermissions")
