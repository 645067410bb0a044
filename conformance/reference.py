"""The reference in docs/reference: its statements, where they stand, and the rows that decide them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LABELS = {
    "D": "the developer portal",
    "P": "the developer portal, newer pages",
    "S": "an HTTP or JSON standard, or the plain meaning of the operation",
    "C": "the official client and web components",
    "O": "answers of the live service",
    "I": "concluded; nobody states it",
}
"""Label → the source it stands for."""

_HEADING = re.compile(r"^#+ (.*)$", re.M)
_ITEM = re.compile(r"^[*-] .*(?:\n  .*)*", re.M)
_TABLE = re.compile(r"(?:^\|.*\n?)+", re.M)
_NOT_DECIDED = "not decided"


@dataclass(frozen=True)
class Statement:
    """One list item or table row of a page, the heading it stands under, and what it says decides it."""

    page: str
    heading: str
    text: str
    mapping: str

    @property
    def rows(self) -> list[str]:
        """The rows that decide it; none when it is not decided."""
        return [] if self.mapping.startswith(_NOT_DECIDED) else re.findall(r"`([^`]+)`", self.mapping)

    @property
    def reason(self) -> str:
        """Why it is not decided; `""` when it is."""
        return self.mapping.removeprefix(_NOT_DECIDED).removeprefix(": ") if not self.rows else ""

    @property
    def words(self) -> str:
        """What it says, on one line, without what decides it."""
        if not self.text.startswith("|"):
            return " ".join(self.text.rpartition("→")[0].removeprefix("* ").split())
        return " | ".join(filter(None, cells(self.text)[:-1]))


@cache
def pages() -> dict[str, str]:
    """Every page by name: packaged, or in the checkout."""
    here = Path(__file__).resolve().parent
    packaged = here / "_reference"
    folder = packaged if packaged.is_dir() else here.parent / "docs" / "reference"
    found = {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.md"))}
    found.pop("README", None)
    return found


def statements_of(page: str, text: str) -> Iterator[Statement]:
    """The statements of a page: its list items, then the rows of its tables."""
    places = [(match.start(), match[1].strip()) for match in _HEADING.finditer(text)]

    def heading(place: int) -> str:
        return next((name for start, name in reversed(places) if start < place), "")

    for item in _ITEM.finditer(text):
        mapping = " ".join(item[0].rpartition("→")[2].split()) if "→" in item[0] else ""
        yield Statement(page, heading(item.start()), item[0], mapping)
    for table in _TABLE.finditer(text):
        head, _, *body = table[0].splitlines()
        mapped = cells(head)[-1] == "decided by"
        for row in body:
            yield Statement(page, heading(table.start()), row, cells(row)[-1] if mapped else "")


@cache
def statements() -> tuple[Statement, ...]:
    """Every statement of every page."""
    return tuple(found for page, text in pages().items() for found in statements_of(page, text))


def cells(row: str) -> list[str]:
    """The cells of a table's row."""
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def headings(text: str) -> list[str]:
    """The headings of a page."""
    return [match.strip() for match in _HEADING.findall(text)]


def slug(heading: str) -> str:
    """A heading as the anchor of a link."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
