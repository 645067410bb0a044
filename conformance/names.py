"""Names a user typed: each is known, or the answer is one line with the nearest that are."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

NEAREST = 3


class UnknownName(Exception):
    """A name that nobody defined; the text is one clear line."""


def known(noun: str, given: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """Return the given names as they are defined, whatever their case; raise UnknownName."""
    defined = {slug(name): name for name in names}
    return tuple(_one(noun, name, defined) for name in given)


def slug(name: str) -> str:
    """A name in lower case with hyphens for spaces."""
    return "-".join(name.lower().split())


def _one(noun: str, name: str, defined: dict[str, str]) -> str:
    found = defined.get(slug(name))
    if found is None:
        near = [defined[close] for close in _nearest(slug(name), defined)]
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise UnknownName(f"unknown {noun} {name!r}{hint}")
    return found


def _nearest(name: str, defined: Iterable[str]) -> list[str]:
    """What begins like the name, then what looks like it."""
    begin = sorted((known for known in defined if len(name) > 2 and known.startswith(name)), key=len)
    return list(dict.fromkeys([*begin, *get_close_matches(name, defined, NEAREST, 0.5)]))[:NEAREST]
