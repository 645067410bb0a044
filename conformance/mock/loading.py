"""The memory of a mock out of a file."""

from __future__ import annotations

import pickle
from typing import Any

from conformance.mock.blobs import Blob
from conformance.mock.freezing import Unfrozen, plain, thaw
from conformance.mock.statefile import Place, StateError, StateFile
from conformance.mock.tables import Path, Table


class Loader:
    """Reads the entries of a file; one that refers to another is read after it."""

    def __init__(self, file: StateFile) -> None:
        self._file = file
        self._raw = {(part, key): data for part, key, data in file.entries()}
        self._done: dict[Place, Any] = {}
        self.used: set[str] = set()

    def load(self) -> list[tuple[Path, Any]]:
        """Everything in the file, by path; nothing for a new file."""
        try:
            return self._parts()
        except (Unfrozen, RecursionError, ValueError) as error:
            raise StateError(f"{self._file.path}: cannot be read as the memory of a mock: {error}") from error

    def _parts(self) -> list[tuple[Path, Any]]:
        tables: dict[str, Any] = {}
        for part, key in self._raw:
            value = self._entry(part, key)
            if key:
                tables.setdefault(part, Table())[plain(key)] = value
            else:
                tables[part] = value
        return [(tuple(part.split(".")), value) for part, value in tables.items()]

    def _entry(self, part: str, key: bytes) -> Any:
        place = part, key
        if place not in self._done:
            self._done[place] = thaw(self._raw[place], self._blob, self._visit)
        return self._done[place]

    def _visit(self, part: str, id: Any) -> Any:
        place = part, pickle.dumps(id)
        if place not in self._raw:
            raise Unfrozen(f"an entry of {part} is missing")
        return self._entry(*place)

    def _blob(self, digest: str, others: dict[str, Any]) -> Blob:
        self.used.add(digest)
        return Blob(data=self._file.file(digest), **others)
