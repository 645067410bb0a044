"""Fault categories of Web Fuzzing Commons: which of them a row may be, and which one a finding is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import yaml

from conformance.contract import own_document
from conformance.exchange import Exchange, Finding


@dataclass(frozen=True)
class Category:
    """A fault category, and the findings that are of it: of its rows, after an answer that fits."""

    code: int
    id: str
    rows: frozenset[str]
    status: str = "..."
    methods: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.code} {self.id}"

    def fits(self, exchange: Exchange) -> bool:
        """Whether an exchange is one that such a fault shows in."""
        method = exchange.request.method
        return bool(re.fullmatch(self.status, str(exchange.status))) and method in (self.methods or {method})


@cache
def categories() -> tuple[Category, ...]:
    """All of them, in the order in which they count."""
    text = (own_document().parent / "fault-categories.yaml").read_text(encoding="utf-8")
    return tuple(
        Category(
            entry["code"],
            entry["id"],
            frozenset(entry["rows"]),
            entry.get("status", "..."),
            frozenset(entry.get("methods", ())),
        )
        for entry in yaml.safe_load(text)
    )


def of_row(name: str) -> list[Category]:
    """The categories that findings of a row can be of."""
    return [category for category in categories() if name in category.rows]


def of_finding(finding: Finding) -> Category | None:
    """The category of a finding, by the exchange that shows it best; None where none fits."""
    shown = finding.shown
    return next((found for found in of_row(finding.requirement) if shown and found.fits(shown)), None)
