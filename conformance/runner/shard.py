"""Shards: which part of the tests one of several machines takes, the same on each of them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

SHARD = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")


@dataclass(frozen=True)
class Shard:
    """The `number`th of `total` parts."""

    number: int = 1
    total: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read `2/5`; the empty text is the whole; raises ValueError."""
        if not text:
            return cls()
        found = SHARD.fullmatch(text)
        if found is None or int(found[1]) > int(found[2]):
            raise ValueError(f"--shard {text!r} is not like 2/5")
        return cls(int(found[1]), int(found[2]))

    def takes(self, unit: str) -> bool:
        """Whether a unit of work is this part's: a test, or tests that go together."""
        digest = hashlib.sha256(unit.encode()).digest()
        return int.from_bytes(digest[:8]) % self.total == self.number - 1
