"""The files of a mock, in containers, and the blocks of files that are still arriving."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from conformance.mock.sas import Signer
from conformance.mock.tables import Memory

BINARY = "application/octet-stream"


@dataclass(frozen=True)
class Blob:
    """A stored file; `md5` only where the one who stored it said so."""

    data: bytes
    modified: datetime
    media_type: str = BINARY
    md5: str = ""
    metadata: dict[str, str] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """What stands for the content."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def etag(self) -> str:
        """A tag that changes with the content and with each upload."""
        text = f"{self.modified.isoformat()} {self.digest}"
        return f'"0x{hashlib.sha256(text.encode()).hexdigest()[:15].upper()}"'


class Blobs(Memory):
    """Containers of files, and how much room they take."""

    def __init__(self, secret: bytes) -> None:
        self.signer = Signer(secret)
        self.size = 0
        self.served = 0
        self._opened: set[tuple[str, str]] = set()
        self._containers: dict[str, dict[str, Blob]] = {}
        self._blocks: dict[str, dict[str, dict[str, Blob]]] = {}

    def get(self, container: str, name: str) -> Blob | None:
        """A file, if it is there."""
        return self._containers.get(container, {}).get(name)

    def put(self, container: str, name: str, data: bytes, now: datetime) -> Blob:
        """Store a file of unknown kind."""
        return self.keep(container, name, Blob(data, now))

    def keep(self, container: str, name: str, blob: Blob) -> Blob:
        """Store a file; blocks that were waiting for the same name are dropped."""
        self.discard(container, name)
        self._containers.setdefault(container, {})[name] = blob
        self.size += len(blob.data)
        return blob

    def discard(self, container: str, name: str) -> None:
        """Forget a file and its waiting blocks, if they are there."""
        blob = self._containers.get(container, {}).pop(name, None)
        waiting = self._blocks.get(container, {}).pop(name, {})
        self.size -= size_of([blob] if blob else []) + size_of(waiting.values())

    def remove(self, container: str) -> None:
        """Forget a container and all in it."""
        for name in [*self._containers.get(container, {}), *self._blocks.get(container, {})]:
            self.discard(container, name)
        self._containers.pop(container, None)
        self._blocks.pop(container, None)

    def opened_first(self, container: str, name: str) -> bool:
        """Whether a file is opened for the first time; only a fault asks."""
        known = (container, name) in self._opened
        self._opened.add((container, name))
        return not known

    def stage(self, container: str, name: str, block: str, part: Blob) -> None:
        """Keep a block of a file until its list of blocks arrives."""
        waiting = self._blocks.setdefault(container, {}).setdefault(name, {})
        gone = waiting.pop(block, None)
        self.size += len(part.data) - size_of([gone] if gone else [])
        waiting[block] = part

    def staged(self, container: str, name: str) -> dict[str, Blob]:
        """The blocks that wait for their list."""
        return self._blocks.get(container, {}).get(name, {})


def size_of(blobs: Iterable[Blob]) -> int:
    """How much room files take together."""
    return sum(len(blob.data) for blob in blobs)
