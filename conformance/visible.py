"""Texts of strangers on a terminal: shown, and never obeyed."""

from __future__ import annotations

import unicodedata

UNSEEN = {"Cc", "Cf", "Cs"}
"""Control characters, those that turn text round, and halves of characters."""


def visible(text: str) -> str:
    """The text with a mark for each character that would do something instead of being seen."""
    return "".join(
        sign if sign in "\n\t" or unicodedata.category(sign) not in UNSEEN else "\ufffd" for sign in text
    )
