"""How what was sent is compared with what the answer repeats."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from conformance.checks.reading import Entity, deviation, same_id, same_text
from conformance.exchange import Deviation

Same = Callable[[Any, Any], bool]
CORNERS = ("southWest", "northEast")
AXES = ("latitude", "longitude")


def text(sent: Any, seen: Any) -> bool:
    """The same text; a value of another type is a flaw of the body."""
    return not isinstance(seen, str | None) or same_text(sent, seen)


def text_or_null(sent: Any, seen: Any) -> bool:
    """The same text, or null while the answer is provisional."""
    return seen is None or text(sent, seen)


def id_or_null(sent: Any, seen: Any) -> bool:
    """The same id in any case, or null while the answer is provisional."""
    return not isinstance(seen, str) or same_id(sent, seen)


def id(sent: Any, seen: Any) -> bool:
    """The same id in any case."""
    return not isinstance(seen, str | None) or same_id(sent, seen)


def number_or_null(sent: Any, seen: Any) -> bool:
    """The same number, or null while the answer is provisional."""
    return not is_number(seen) or bool(sent == seen)


def date(sent: Any, seen: Any) -> bool:
    """The same moment, to the second; what is no date is a flaw of the body."""
    one, other = moment(sent), moment(seen)
    return one is None or other is None or abs((one - other).total_seconds()) < 1


def moment(value: Any) -> datetime | None:
    """The moment a date names, if it is one with a zone."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def extent(sent: Any, seen: Any) -> bool:
    """The same two corners; what is no extent is a flaw of the body, but for null.

    Whether corners that stand the wrong way round are kept so is a row of its own.
    """
    if is_turned(sent):
        return seen is not None
    pairs = [(_angle(sent, corner, axis), _angle(seen, corner, axis)) for corner in CORNERS for axis in AXES]
    if seen is None or any(one is None or other is None for one, other in pairs):
        return seen is not None
    return all(math.isclose(one or 0, other or 0, rel_tol=1e-9, abs_tol=1e-9) for one, other in pairs)


def is_turned(extent: Any) -> bool:
    """Whether the south-west corner lies north or east of the north-east one."""
    pairs = [(_angle(extent, CORNERS[0], axis), _angle(extent, CORNERS[1], axis)) for axis in AXES]
    return any(low is not None and high is not None and low > high for low, high in pairs)


def _angle(extent: Any, corner: str, axis: str) -> float | None:
    point = extent.get(corner) if isinstance(extent, dict) else None
    value = point.get(axis) if isinstance(point, dict) else None
    return value if is_number(value) else None


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def differs(sent: Mapping[str, Any], seen: Entity, members: Mapping[str, Same]) -> Deviation | None:
    """Compare the members that were sent and are not null; what the answer lacks is a flaw of its body."""
    for name, same in members.items():
        if sent.get(name) is not None and name in seen and not same(sent[name], seen[name]):
            return deviation(f"another {name}", f"{name} {sent[name]}", seen[name])
    return None
