"""Who may call an operation, in two documents: schemes, scopes, alternatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.drift.normal import canonical
from conformance.drift.schemas import Change
from conformance.openapi import deref

Way = dict[str, frozenset[str]]
"""One way to sign in: scheme → scopes."""


class Security:
    """Compares what two documents ask for before they let somebody in."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._old, self._new = old, new
        self._before, self._after = _schemes(old), _schemes(new)
        known = {told: name for name, told in self._before.items()}
        # A scheme that is only called something else is the same scheme.
        self._names = {
            name: known[told] if name not in self._before and told in known else name
            for name, told in self._after.items()
        }

    def changes(self, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
        """What changed for one operation."""
        before = _ways(was.get("security", self._old.get("security")), {})
        after = _ways(now.get("security", self._new.get("security")), self._names)
        if not before or not after:
            if before or after:
                yield f"security-{'added' if after else 'removed'}", "security", _told(before), _told(after)
            return
        left = list(after)
        for way, same in _pairs(before, left):
            if same is None:
                yield "security-alternative-removed", "security", _told([way]), ""
            else:
                yield from self._way(way, same)
        yield from (("security-alternative-added", "security", "", _told([way])) for way in left)

    def _way(self, was: Way, now: Way) -> Iterator[Change]:
        theirs = {own: name for name, own in self._names.items()}
        for scheme, scopes in was.items():
            before, after = self._before.get(scheme, ""), self._after.get(theirs.get(scheme, scheme), "")
            if before != after:
                yield "security-scheme-changed", f"security {scheme}", before, after
            for scope in sorted(scopes - now[scheme]):
                yield "security-scope-removed", f"security {scheme}", scope, ""
            for scope in sorted(now[scheme] - scopes):
                yield "security-scope-added", f"security {scheme}", "", scope


def _schemes(document: Mapping[str, Any]) -> dict[str, str]:
    known = (document.get("components") or {}).get("securitySchemes") or {}
    return {name: canonical(document, _bare(deref(document, one))) for name, one in known.items()}


def _bare(scheme: Mapping[str, Any]) -> Mapping[str, Any]:
    """A scheme without hints, and without its scopes: an operation tells which of them it needs."""
    flows = {
        name: {key: value for key, value in flow.items() if key != "scopes"}
        for name, flow in (scheme.get("flows") or {}).items()
    }
    told = {key: value for key, value in scheme.items() if key != "bearerFormat"}
    return {**told, "scheme": str(scheme.get("scheme", "")).lower(), "flows": flows}


def _ways(security: Any, names: Mapping[str, str]) -> list[Way]:
    """The ways to sign in; none where nobody has to."""
    ways = [{names.get(name, name): frozenset(s or ()) for name, s in one.items()} for one in security or ()]
    return ways if any(ways) else []


def _pairs(before: list[Way], left: list[Way]) -> list[tuple[Way, Way | None]]:
    """Each way with the one of the same schemes, the same scopes first; what is `left` belongs to none."""
    pairs: list[tuple[Way, Way | None]] = []
    for way in sorted(before, key=lambda one: one not in left):
        same = way if way in left else next((other for other in left if other.keys() == way.keys()), None)
        pairs.append((way, same))
        if same is not None:
            left.remove(same)
    return pairs


def _told(ways: list[Way]) -> str:
    return " or ".join(" and ".join(way) or "nothing" for way in ways)
