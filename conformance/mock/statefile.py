"""The file behind `--state`: one SQLite database with a write-ahead log.

A request is one transaction, so a process that dies in the middle of a write leaves all of the request or
nothing of it. The log is handed to the system before the answer leaves, not forced to the disk: it survives
the death of the process, while a machine that loses power may lose the last answers, and never half of one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

KIND = 0x694D6F64
SCHEMA = """
CREATE TABLE entries (part TEXT, key BLOB, data BLOB NOT NULL, PRIMARY KEY (part, key));
CREATE TABLE files (digest TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE layouts (kind TEXT PRIMARY KEY, fields TEXT NOT NULL);
"""
SAVE = "INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT (part, key) DO UPDATE SET data = excluded.data"
Place: TypeAlias = tuple[str, bytes]


class StateError(Exception):
    """A file that cannot hold the memory of a mock, said in one line."""


@dataclass
class Change:
    """What one request changes in a file."""

    entries: dict[Place, bytes] = field(default_factory=dict)
    gone: list[Place] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    kinds: set[type] = field(default_factory=set)


class StateFile:
    """A state file, open and closed to every other process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._told():
            # A mock answers in one thread at a time, though not always in the one that made it.
            self._base = sqlite3.connect(
                path, timeout=0, isolation_level=None, check_same_thread=False, cached_statements=16
            )
            self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._begin()
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
        self._same_layouts()

    def _begin(self) -> None:
        with self._transaction("EXCLUSIVE"):
            (kind,) = self._base.execute("PRAGMA application_id").fetchone()
            (tables,) = self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if kind != KIND and tables:
                raise StateError(f"{self.path}: a database of another program")
            if kind != KIND:
                for statement in SCHEMA.strip().split(";\n"):
                    self._base.execute(statement)
                self._base.execute(f"PRAGMA application_id = {KIND}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            busy = "locked" in str(error)
            raise StateError(f"{self.path}: {'in use by another process' if busy else error}") from error

    @contextmanager
    def _transaction(self, how: str = "IMMEDIATE") -> Iterator[None]:
        self._base.execute(f"BEGIN {how}")
        try:
            yield
            self._base.execute("COMMIT")
        except BaseException:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")
            raise

    def _same_layouts(self) -> None:
        for kind, members in self._base.execute("SELECT kind, fields FROM layouts"):
            module, _, name = kind.rpartition(".")
            try:
                same = _layout(getattr(import_module(module), name)) == members
            except (ImportError, AttributeError, TypeError):
                same = False
            if not same:
                raise StateError(f"{self.path}: written by another version of the mock ({kind} differs)")

    def entries(self) -> list[tuple[str, bytes, bytes]]:
        """All entries: part, key, data; in the order they were first written."""
        with self._told():
            return self._base.execute("SELECT part, key, data FROM entries ORDER BY rowid").fetchall()

    def file(self, digest: str) -> bytes:
        """The content of a file."""
        with self._told():
            found = self._base.execute("SELECT data FROM files WHERE digest = ?", (digest,)).fetchone()
        if found is None:
            raise StateError(f"{self.path}: a file is missing from it")
        return bytes(found[0])

    def write(self, change: Change) -> None:
        """Make one change, all of it or nothing."""
        run = self._base.executemany
        with self._told(), self._transaction():
            run("INSERT OR IGNORE INTO layouts VALUES (?, ?)", _layouts(change.kinds))
            run("INSERT OR IGNORE INTO files VALUES (?, ?)", change.files.items())
            run(SAVE, [(*place, data) for place, data in change.entries.items()])
            run("DELETE FROM entries WHERE part = ? AND key = ?", change.gone)

    def tidy(self, used: set[str]) -> None:
        """Drop the files nobody refers to any more."""
        with self._told(), self._transaction():
            there = {digest for (digest,) in self._base.execute("SELECT digest FROM files")}
            unused = [(digest,) for digest in there - used]
            self._base.executemany("DELETE FROM files WHERE digest = ?", unused)

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()


def _layouts(kinds: Iterable[type]) -> list[tuple[str, str]]:
    return [(f"{kind.__module__}.{kind.__qualname__}", _layout(kind)) for kind in kinds]


def _layout(kind: type) -> str:
    return json.dumps([[f.name, str(f.type)] for f in fields(kind)])
