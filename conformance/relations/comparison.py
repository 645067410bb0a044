"""What the history makes of an answer that it holds against an earlier one."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.checks import Judgement
from conformance.exchange import Exchange


@dataclass(frozen=True)
class Comparison:
    """What comes of holding an answer against an exchange before it, and the operation that this is about."""

    judgement: Judgement
    operation: str
    before: Exchange
