"""Checks of users."""

from __future__ import annotations

from conformance.checks import check, echoes
from conformance.checks.hrefs import Link, entity_links
from conformance.checks.reading import Entity, deviation, entities, same_id
from conformance.exchange import Deviation, Exchange

COUNT, DATE = "pushedChangesetsCount", "lastChangesetPushDate"


def _statistics(exchange: Exchange) -> list[Entity]:
    found = (user.get("statistics") for user in entities(exchange))
    whole = (one for one in found if isinstance(one, dict) and DATE in one)
    return [one for one in whole if echoes.is_number(one.get(COUNT)) and isinstance(one[DATE], str | None)]


@check("users/last-push-null-without-pushes", when=lambda exchange: bool(_statistics(exchange)))
def last_push_null_without_pushes(exchange: Exchange) -> Deviation | None:
    """The date of the last push is null exactly when nothing was pushed."""
    for one in _statistics(exchange):
        if (one[DATE] is None) != (one[COUNT] == 0):
            kind = "a date without pushes" if one[COUNT] == 0 else "pushes without a date"
            return deviation(kind, f"{DATE} null exactly with 0 pushes", f"{one[DATE]} with {one[COUNT]}")
    return None


def _with_email(exchange: Exchange) -> list[Entity]:
    members = ("email", "displayName")
    return [u for u in entities(exchange) if all(isinstance(u.get(name), str) for name in members)]


@check("users/display-name-is-email", when=lambda exchange: bool(_with_email(exchange)))
def display_name_is_email(exchange: Exchange) -> Deviation | None:
    """displayName equals email."""
    for user in _with_email(exchange):
        if user["displayName"] != user["email"]:
            return deviation("another displayName", "the email", "a displayName that differs from it")
    return None


def _selves(exchange: Exchange) -> list[Link]:
    found = (link for link in entity_links(exchange) if link.name == "self" and link.place)
    return [link for link in found if isinstance(link.entity.get("id"), str)]


@check("users/self-link", when=lambda exchange: bool(_selves(exchange)))
def self_link(exchange: Exchange) -> Deviation | None:
    """The link self leads to the user's own details."""
    for link in _selves(exchange):
        tail = (link.place or ("", []))[1]
        if len(tail) != 2 or tail[0].casefold() != "users" or not same_id(tail[1], link.entity["id"]):
            return deviation("self leads elsewhere", f"…/users/{link.entity['id']}", link.href)
    return None
