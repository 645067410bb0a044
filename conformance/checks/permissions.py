"""Checks of the permissions that an iModel has of its own."""

from __future__ import annotations

from typing import Any

from conformance.checks import check
from conformance.checks.reading import deviation, sent, succeeded
from conformance.exchange import Deviation, Exchange

Table = dict[str, set[str]]


def _table(body: Any, collection: str, key: str) -> Table:
    """Whom a body names, in any case, with what it permits them."""
    found = body.get(collection) if isinstance(body, dict) else None
    table: Table = {}
    for entry in found if isinstance(found, list) else ():
        granted = entry.get("permissions") if isinstance(entry, dict) else None
        if isinstance(granted, list) and isinstance(entry.get(key), str):
            table[entry[key].casefold()] = {str(permission) for permission in granted}
    return table


def _lost(exchange: Exchange, collection: str, key: str) -> Deviation | None:
    """Everybody who was named with a permission is there again; nobody stays of those without any."""
    asked, seen = (_table(body, collection, key) for body in (sent(exchange), exchange.json))
    for who, granted in asked.items():
        if granted and seen.get(who) != granted:
            shown = sorted(seen[who]) if who in seen else "no such entry"
            return deviation(f"another {key}", sorted(granted), shown)
    return None


@check("permissions/roles-come-back", when=succeeded)
def roles_come_back(exchange: Exchange) -> Deviation | None:
    """Each role has the permissions that were sent for it."""
    return _lost(exchange, "rolePermissions", "roleId")


@check("permissions/users-come-back", when=succeeded)
def users_come_back(exchange: Exchange) -> Deviation | None:
    """Each user has the permissions that were sent for them."""
    return _lost(exchange, "userPermissions", "userId")
