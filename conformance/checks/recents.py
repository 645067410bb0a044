"""Checks of the list of recents, of which only clients tell what lists otherwise promise."""

from __future__ import annotations

from conformance.checks import check
from conformance.checks.flaws import full_only, required_in_full
from conformance.checks.lists import page_of_items, too_many
from conformance.checks.reading import deviation, entities, prefers
from conformance.exchange import Deviation, Exchange


@check("recents/page-size", when=page_of_items)
def page_size(exchange: Exchange) -> Deviation | None:
    """A page holds at most $top items."""
    return too_many(exchange)


@check("recents/representations", when=lambda exchange: bool(prefers(exchange) and entities(exchange)))
def representations(exchange: Exchange) -> Deviation | None:
    """Items are short, or in full where that is asked for."""
    full = prefers(exchange) == "representation"
    for item in entities(exchange):
        odd = required_in_full(exchange) - item.keys() if full else full_only(exchange) & item.keys()
        if odd:
            kind = "members missing" if full else "full members"
            return deviation(kind, "full items" if full else "minimal items", ", ".join(sorted(odd)))
    return None
