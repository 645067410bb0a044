"""Checks of changeset groups."""

from __future__ import annotations

from conformance.checks import check, echoes
from conformance.checks.reading import deviation, entities, sent
from conformance.exchange import Deviation, Exchange

STATES = {"inProgress", "completed", "timedOut", "forciblyClosed"}


@check("changeset-groups/create-echoes", when=lambda exchange: bool(entities(exchange)))
def create_echoes(exchange: Exchange) -> Deviation | None:
    """The new group is described as was asked for."""
    return echoes.differs(sent(exchange), entities(exchange)[0], {"description": echoes.text})


@check("changeset-groups/begins-in-progress", when=lambda exchange: bool(entities(exchange)))
def begins_in_progress(exchange: Exchange) -> Deviation | None:
    """The new group is open."""
    return _other_state(exchange, "inProgress")


@check("changeset-groups/update-applies", when=lambda exchange: bool(entities(exchange)))
def update_applies(exchange: Exchange) -> Deviation | None:
    """The completed group says that it is."""
    return _other_state(exchange, "completed")


def _other_state(exchange: Exchange, wanted: str) -> Deviation | None:
    """A known state that is not the one; what is no state at all is a flaw of the body."""
    state = entities(exchange)[0].get("state")
    other = state in STATES - {wanted} if isinstance(state, str) else False
    return deviation("another state", wanted, state) if other else None
