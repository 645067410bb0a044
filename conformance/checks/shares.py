"""Checks of shares."""

from __future__ import annotations

from conformance.checks import check, echoes
from conformance.checks.reading import deviation, entities, sent
from conformance.exchange import Deviation, Exchange

EXPIRY = {"expiresAt": echoes.date}


@check("shares/create-echoes", when=lambda exchange: bool(entities(exchange)))
def create_echoes(exchange: Exchange) -> Deviation | None:
    """The new share is as it was asked for."""
    given = {"name": echoes.text, "permission": echoes.text, **EXPIRY}
    return echoes.differs(sent(exchange), entities(exchange)[0], given)


@check("shares/update-applies", when=lambda exchange: bool(entities(exchange)))
def update_applies(exchange: Exchange) -> Deviation | None:
    """The share expires when it was asked to."""
    return echoes.differs(sent(exchange), entities(exchange)[0], EXPIRY)


@check("shares/key-is-shown-once", when=lambda exchange: bool(entities(exchange)))
def key_is_shown_once(exchange: Exchange) -> Deviation | None:
    """A share does not show its key; what stands there is not repeated."""
    shown = any(share.get("shareKey") for share in entities(exchange))
    return deviation("the key", "no shareKey", "a shareKey") if shown else None
