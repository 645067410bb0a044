"""The journal: what a run made on the target, on disk before the request that makes it leaves."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Made:
    """One iModel the run set out to make; `id` is empty until the target has named it."""

    key: str
    name: str
    itwin: str
    scope: str = ""
    id: str = ""
    state: str = "intended"


class Journal:
    """Append-only file of JSON lines, synced line by line; the authority on what may be written to."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")
        self._made: dict[str, Made] = {}
        self._by_id: dict[str, Made] = {}
        self._invented: set[str] = set()

    def intend(self, name: str, itwin: str, scope: str = "") -> str:
        """Write down that an iModel is about to be made; returns the key of the entry."""
        made = Made(uuid.uuid4().hex, name, itwin, scope)
        self._made[made.key] = made
        self._write({"event": "intend", "key": made.key, "name": name, "itwin": itwin, "scope": scope})
        return made.key

    def settle(self, key: str, imodel: str) -> None:
        """Write down the id the target gave to an intended iModel; one that is known already is kept once."""
        if imodel.lower() in self._by_id:
            self.refuse(key)
            return
        made = self._made[key]
        made.id, made.state = imodel.lower(), "made"
        self._by_id[made.id] = made
        self._write({"event": "made", "key": key, "id": made.id})

    def refuse(self, key: str) -> None:
        """Write down that the target made nothing new of it."""
        self._made[key].state = "refused"
        self._write({"event": "refused", "key": key})

    def gone(self, imodel: str) -> None:
        """Write down that an iModel of this run is deleted."""
        made = self._by_id.get(imodel.lower())
        if made and made.state != "gone":
            made.state = "gone"
            self._write({"event": "gone", "id": made.id})

    def invent(self) -> str:
        """Return a fresh random GUID that names nothing: writes to it can hit no iModel of anybody."""
        return self.remember(str(uuid.uuid4()))

    def remember(self, invented: str) -> str:
        """Allow writes to an id that cannot belong to any iModel, such as a malformed one."""
        self._invented.add(invented.lower())
        self._write({"event": "invented", "id": invented})
        return invented

    def holds(self, imodel: str, scope: str = "") -> bool:
        """Whether the run made this iModel (with a scope: that part of the run) or invented the id."""
        known = self._by_id.get(imodel.lower())
        if known is not None:
            return not scope or known.scope == scope
        return imodel.lower() in self._invented

    def alive(self) -> list[Made]:
        """What was made and is not known to be deleted, newest first."""
        return [made for made in reversed(self._made.values()) if made.state == "made"]

    def lives(self, imodel: str) -> bool:
        """Whether the run made this iModel and has not seen it deleted."""
        known = self._by_id.get(imodel.lower())
        return known is not None and known.state == "made"

    def unsettled(self) -> list[Made]:
        """Intended iModels of which nobody knows whether the target made them."""
        return [made for made in self._made.values() if made.state == "intended"]

    def count(self) -> int:
        """How many iModels the target made for this run."""
        return sum(made.state in {"made", "gone"} for made in self._made.values())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
