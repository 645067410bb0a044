"""What a run was asked to do."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from conformance.transport.pace import STANDARD

MOCK = "mock"
API, PUBLISHED = VIEWS = ("api", "published")
FIXED_SEED = 2026
MOST_WORKERS = 4
"""Each keeps its part of the documented limits, the smallest of which is five requests a minute."""


class Blind(Exception):
    """Python leaves out the asserts that promises are made of; one clear line."""


def asserting() -> None:
    """Raise Blind where nothing could be judged."""
    if not __debug__:
        raise Blind("asserts are switched off (python -O or PYTHONOPTIMIZE): nothing could be judged")


@dataclass(frozen=True)
class Options:
    """What the command line asked for; JSON-ready, and without any secret."""

    target: str = MOCK
    itwins: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ()
    contract: str = ""
    overlays: tuple[str, ...] = ()
    view: str = API
    profile: str = "gate"
    minutes: float = 0.0
    seed: int = FIXED_SEED
    requirements: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    liberties: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    reports: str = ""
    rate: float = 0.0
    tier: str = STANDARD
    max_requests: int | None = None
    max_time: float | None = None
    max_imodels: int | None = None
    waivers: str = ""
    strict: bool = False
    require_complete: bool = False
    cross_section: bool = False
    dedicated: bool = False
    file: str = ""
    read_only: bool = False
    shard: str = ""
    sharers: int = 1
    resume: bool = False

    def dump(self) -> str:
        """These options as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> Options:
        """Read what `dump` wrote."""
        values: dict[str, Any] = json.loads(text) if text else {}
        read: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        return cls(**read)
