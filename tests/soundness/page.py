"""The page of the proof: its head and its parts, each written by a command of its own."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "soundness.md"
_NEXT = re.compile(r"^(?=## )", re.M)


def put(part: str) -> None:
    """Put a part, which begins with its title, in place of the one before, or at the end of the page."""
    parts = _NEXT.split(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else []
    title = part.splitlines()[0]
    known = [number for number, old in enumerate(parts) if old.splitlines()[:1] == [title]]
    at = known[0] if known else len(parts)
    parts[at : at + 1] = [part]
    PAGE.write_text("\n".join(one.rstrip() + "\n" for one in parts), encoding="utf-8")
