"""Shares: keys that open an iModel to anonymous readers, what they open, and when they stop to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conformance.api import Api, succeed
from conformance.exchange import Exchange
from conformance.fixtures import Timeline
from conformance.make import Entity, Maker, expiry
from conformance.refusal import refused
from conformance.story import Undecided, promise

LONG = timedelta(days=400)
SHORT = timedelta(seconds=1)
SHUT = (401, 403, 404)
REFUSED = (400, 403, 404, 409, 422)


def _told(share: Entity) -> Entity:
    """What a share says of itself in every answer."""
    return {name: share[name] for name in ("id", "displayName", "name", "expiresAt", "permission")}


def _listed(make: Maker, imodel: str) -> set[str]:
    return {share["id"] for share in make.walk("get-imodel-shares", "shares", id=imodel)}


def _with(share: Entity, api: Api, operation: str, **asked: Any) -> Exchange:
    """A request by somebody who has nothing but the key."""
    return api.as_("")(operation, headers={"authorization": f"Basic {share['shareKey']}"}, **asked)


def test_a_share_reads_as_it_was_made(api: Api, make: Maker, timeline: Timeline) -> None:
    imodel = timeline.id
    made = make.share(imodel)
    place = {"id": imodel, "shareId": made["id"]}
    with promise("shares/readable"):
        assert _told(succeed(api("get-imodel-share", **place))) == _told(made)
    with promise("shares/listed"):
        assert made["id"] in make.soon(lambda: _listed(make, imodel), lambda seen: made["id"] in seen)
    later = succeed(api("update-imodel-share", body={"expiresAt": expiry(timedelta(days=60))}, **place))
    with promise("shares/update-is-readable"):
        assert _told(succeed(api("get-imodel-share", **place))) == _told(later)


def _set_to(api: Api, make: Maker, imodel: str, when: str) -> None:
    """Assert that no share comes to expire at that time, neither a new one nor one that is there."""
    made = make.share(imodel)
    body = {"name": make.name(), "permission": "imodels_webview", "expiresAt": when}
    refused(api("create-imodel-share", id=imodel, body=body), REFUSED)
    moved = api("update-imodel-share", id=imodel, shareId=made["id"], body={"expiresAt": when})
    refused(moved, REFUSED)


def test_a_share_expires_within_six_months(api: Api, make: Maker, timeline: Timeline) -> None:
    with promise("shares/at-most-six-months"):
        _set_to(api, make, timeline.id, expiry(LONG))


def test_a_share_expires_in_the_future(api: Api, make: Maker, timeline: Timeline) -> None:
    with promise("shares/expires-in-the-future"):
        _set_to(api, make, timeline.id, expiry(-LONG))


def test_shares_of_others_are_not_seen(api: Api, make: Maker, timeline: Timeline) -> None:
    imodel, second = timeline.id, api.as_("second")
    made = make.share(imodel)
    place = {"id": imodel, "shareId": made["id"]}
    make.soon(lambda: _listed(make, imodel), lambda seen: made["id"] in seen)
    with promise("shares/lists-own-only"):
        assert made["id"] not in _listed(make.as_("second"), imodel)
    with promise("shares/own-only"):
        refused(second("get-imodel-share", **place), (403, 404))
        refused(second("update-imodel-share", body={"expiresAt": expiry()}, **place), (403, 404))
        refused(second("revoke-imodel-share", **place), (403, 404))


def test_a_key_opens_one_imodel_for_reading(
    api: Api, make: Maker, timeline: Timeline, workshop: Entity
) -> None:
    imodel = timeline.id
    view, read = make.share(imodel), make.share(imodel, "imodels_read")
    with promise("shares/key-opens-the-imodel"):
        assert _with(view, api, "get-imodel-details", id=imodel).status == 200
        assert _with(read, api, "get-imodel-named-versions", id=imodel).status == 200
    with promise("shares/key-opens-one-imodel"):
        refused(_with(read, api, "get-imodel-details", id=workshop["id"]), SHUT)
    with promise("shares/permission-counts"):
        seen, loaded = (
            succeed(_with(share, api, "get-imodel-changeset-details", id=imodel, changeset=1))["_links"]
            for share in (view, read)
        )
        assert seen["download"] is None
        assert loaded["download"] is not None
    with promise("shares/key-only-reads"):
        refused(_with(read, api, "acquire-imodel-briefcase", id=imodel, body={}), SHUT)
    with promise("shares/unknown-key"):
        refused(_with({"shareKey": "not-a-key"}, api, "get-imodel-details", id=imodel), SHUT)


def test_a_revoked_share_is_gone_with_its_key(api: Api, make: Maker, timeline: Timeline) -> None:
    imodel = timeline.id
    made = make.share(imodel)
    place = {"id": imodel, "shareId": made["id"]}
    revoked = api("revoke-imodel-share", **place)
    with promise("shares/revoke-removes"):
        assert revoked.status == 204
        refused(api("get-imodel-share", **place), 404, "ShareNotFound")
        assert made["id"] not in make.soon(lambda: _listed(make, imodel), lambda seen: made["id"] not in seen)
    with promise("shares/revoked-key"):
        refused(_with(made, api, "get-imodel-details", id=imodel), SHUT)


def test_the_key_of_an_expired_share_opens_nothing(api: Api, make: Maker, timeline: Timeline) -> None:
    imodel = timeline.id
    with promise("shares/expired-key"):
        body = {"name": make.name(), "permission": "imodels_webview", "expiresAt": expiry(SHORT)}
        asked = api("create-imodel-share", id=imodel, body=body)
        if not asked.ok:
            raise Undecided("a share of one second was refused")
        look = lambda: _with(asked.entity, api, "get-imodel-details", id=imodel)  # noqa: E731
        refused(make.soon(look, lambda seen: not seen.ok), SHUT)
