"""Three corners: the document before, the document now, and what the service does. Who moved?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.drift.behaviour import UNSEEN_RULES
from conformance.drift.documents import differences
from conformance.drift.observe import Observer, rows
from conformance.drift.rows import Row, row_of
from conformance.drift.traffic import Seen

DOCUMENT, SERVICE, BOTH, NEITHER = "document", "service", "both", "neither"
Place = tuple[str, str, str, str]


def moved(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    now: Sequence[Seen],
    before: Sequence[Seen] = (),
    base: str | None = None,
) -> list[Row]:
    """Every difference with the side that moved.

    What the service does against the old document but did before too was never as told: neither moved.
    """
    against_old, against_new = _deviations(old, now, base), _deviations(new, now, base)
    always = _deviations(old, before, base) if before else {}
    changed = [row_of(one) for one in differences(old, new)]
    told = list(_seen(against_old, against_new, always, changed))
    follows = [row for row in told if row.side == BOTH]
    for row in changed:
        side = BOTH if any(_near(row, other) for other in follows) else DOCUMENT
        told.append(replace(row, side=side))
    return told


def _deviations(document: Mapping[str, Any], seen: Iterable[Seen], base: str | None) -> dict[Place, Row]:
    observer = Observer(document, base)
    observer.take(seen)
    found = (row for row in rows(observer, unseen=False) if row.rule not in UNSEEN_RULES)
    return {(row.rule, row.operation, row.place, row.new): row for row in found}


def _seen(
    old: Mapping[Place, Row], new: Mapping[Place, Row], always: Mapping[Place, Row], changed: Sequence[Row]
) -> Iterator[Row]:
    for key, row in {**old, **new}.items():
        touched = any(_near(row, other) for other in changed)
        if key in always:
            # It never was as the document said; a document that says so now has caught up.
            yield replace(row, side=DOCUMENT if touched and key not in new else NEITHER)
        elif key not in old:
            yield replace(row, side=DOCUMENT)
        elif key in new:
            yield replace(row, side=BOTH if touched else SERVICE)
        else:
            yield replace(row, side=BOTH)


def _near(one: Row, other: Row) -> bool:
    """Whether two differences are about the same place, or one lies in the other."""
    if one.operation != other.operation:
        return False
    places = one.place, other.place
    return any(a == b or not b or a.startswith((f"{b}/", f"{b} ")) for a, b in (places, places[::-1]))
