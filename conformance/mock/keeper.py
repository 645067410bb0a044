"""The memory of a mock in a file: what a request changed is there before its answer leaves."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path as File
from typing import Any

from conformance.mock.blobs import Blob
from conformance.mock.freezing import Named, freeze, plain
from conformance.mock.loading import Loader
from conformance.mock.snapshots import adopt
from conformance.mock.statefile import Change, Place, StateFile
from conformance.mock.store import Store
from conformance.mock.tables import Path, Table, parts

CLOCK: Path = ("clock",)


class Keeper:
    """Keeps a store in a file: goes on from what the file holds, or begins it with what the store holds."""

    def __init__(self, store: Store, file: File) -> None:
        self._store = store
        self._file = StateFile(file)
        self._watchers: dict[Path, dict[Any, None]] = {}
        self._known: dict[Place, bytes] = {}
        self._stored: set[str] = set()
        self._offset = store.clock.offset
        self.resumed = self._resume()
        self.commit()

    def _resume(self) -> bool:
        held, files = self.read()
        if held:
            # A table without entries has left nothing in the file.
            tables = [path for path, value in parts(self._store) if isinstance(value, Table)]
            adopt(self._store, [*({path: Table() for path in tables} | held).items()])
            self._file.tidy(files)
            self._known = {(part, key): _hash(data) for part, key, data in self._file.entries()}
            self._stored = files
        return bool(held)

    def read(self) -> tuple[dict[Path, Any], set[str]]:
        """What the file holds, by path, and the digests of the files in it."""
        loader = Loader(self._file)
        return dict(loader.load()), loader.used

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def commit(self) -> None:
        """Bring the file up to date, all at once or not at all."""
        try:
            change = self._change()
            if change.entries or change.gone:
                self._file.write(change)
        except BaseException:
            # What was taken off the watchers is not in the file: the next time everything goes there.
            self._watchers.clear()
            self._stored.clear()
            self._known = dict.fromkeys(self._known, b"")
            raise

    def _change(self) -> Change:
        held = dict(parts(self._store))
        self._homes = _homes(held)
        change = Change()
        for path, value in held.items():
            if path != CLOCK:
                self._compare(change, path, value)
        # Time alone is no news: every request reads the clock, most change nothing else.
        if change.entries or change.gone or self._offset != self._store.clock.offset:
            self._offset = self._store.clock.offset
            self._compare(change, CLOCK, held[CLOCK])
        return change

    def _compare(self, change: Change, path: Path, value: Any) -> None:
        part = ".".join(path)
        if not isinstance(value, Table):
            self._save(change, (part, b""), value)
            return
        for key in self._touched(path, part, value):
            place = part, pickle.dumps(key)
            if dict.__contains__(value, key):
                self._save(change, place, dict.__getitem__(value, key))
            elif self._known.pop(place, None) is not None:
                change.gone.append(place)

    def _touched(self, path: Path, part: str, table: Table[Any, Any]) -> Iterable[Any]:
        touched = self._watchers.get(path)
        same = touched is not None and table.watcher is touched
        if same and not touched:
            return ()
        self._watchers[path] = table.watcher = {}
        if same and touched:
            return touched
        known = [plain(key) for other, key in self._known if other == part]
        return dict.fromkeys([*table, *known])

    def _save(self, change: Change, place: Place, value: Any) -> None:
        def home(found: Any) -> Named | None:
            return None if found is value else self._home(found)

        def keep(blob: Blob) -> Named:
            if blob.digest not in self._stored:
                change.files[blob.digest] = blob.data
                self._stored.add(blob.digest)
            others = {name: member for name, member in vars(blob).items() if name not in APART}
            return blob.digest, others

        frozen = freeze(value, keep, home)
        if self._known.get(place) != (new := _hash(frozen.data)):
            self._known[place] = new
            change.entries[place] = frozen.data
            change.kinds |= frozen.kinds

    def _home(self, found: Any) -> Named | None:
        for part, table in self._homes.get(type(found), ()):
            id = getattr(found, "id", None)
            if dict.get(table, id) is found:
                return part, id
        return None


# Of a file, what is kept apart from its record or follows from it.
APART = {"data", "digest"}


def _homes(held: dict[Path, Any]) -> dict[type, list[tuple[str, Table[Any, Any]]]]:
    """The tables in which records of a kind are at home, so that others refer to them."""
    homes: dict[type, list[tuple[str, Table[Any, Any]]]] = {}
    for path, table in held.items():
        first = next(iter(dict.values(table)), None) if isinstance(table, Table) else None
        if hasattr(first, "id"):
            homes.setdefault(type(first), []).append((".".join(path), table))
    return homes


def _hash(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
