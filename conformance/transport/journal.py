"""The journal: what a run made on the target, on disk before the request that makes it leaves."""

from __future__ import annotations

import json
import os
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

if sys.platform == "win32":

    def hold(file: TextIO) -> None:
        """Nothing holds a file here: a sweep beside a run under way is for its user to avoid."""

else:
    import fcntl

    def hold(file: TextIO) -> None:
        """Hold a file as long as it is open in this process; raises OSError while another one does."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


JOURNAL = "journal.jsonl"
JOURNALS = "journal*.jsonl"
"""The journal of a folder and those of earlier runs that reported there and left something."""


def journals_in(folder: Path) -> list[Path]:
    """The journals in the folder of a run, and in those of its workers."""
    return sorted([*folder.glob(JOURNALS), *folder.glob(f"worker-*/{JOURNALS}")])


@dataclass
class Made:
    """One iModel the run set out to make; `id` is empty until the target has named it."""

    key: str
    name: str
    itwin: str
    scope: str = ""
    id: str = ""
    state: str = "intended"


class Busy(Exception):
    """Another process on this machine writes to the journal: its run is under way."""


def set_aside(path: Path, run: str) -> None:
    """Make room for the journal of another run; what the earlier one left stays known beside it."""
    if not path.is_file():
        return
    earlier = Journal(path)
    left = [*earlier.alive(), *earlier.unsettled()]
    earlier.close()
    if left:
        path.rename(path.with_name(f"{path.stem}-before-{run}{path.suffix}"))
    else:
        path.unlink()


def run_of(path: Path) -> str:
    """The run that a journal is of, read without holding it."""
    with path.open(encoding="utf-8") as file:
        return str(json.loads(file.readline())["run"])


class Journal:
    """Append-only file of JSON lines, synced line by line; the authority on what may be written to.

    What an earlier process wrote to the file is known again; `run` and `target` are the run's.
    """

    def __init__(self, path: Path, run: str = "", target: str = "") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+", encoding="utf-8")
        try:
            hold(self._file)
        except OSError as error:
            self._file.close()
            raise Busy(f"{path} belongs to a run that is under way") from error
        self._made: dict[str, Made] = {}
        self._by_id: dict[str, Made] = {}
        self._invented: set[str] = set()
        self.run, self.target = run, target
        self._recall()
        if run and not self._made:
            self._write({"event": "run", "run": run, "target": target})

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

    def adopt(self, name: str, itwin: str, imodel: str) -> None:
        """Write down an iModel that is known to be this run's by its name."""
        if not self.holds(imodel):
            self.settle(self.intend(name, itwin), imodel)

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

    def intended(self) -> list[Made]:
        """Everything the run set out to make."""
        return list(self._made.values())

    def unsettled(self) -> list[Made]:
        """Intended iModels of which nobody knows whether the target made them."""
        return [made for made in self._made.values() if made.state == "intended"]

    def count(self) -> int:
        """How many iModels the target made for this run."""
        return sum(made.state in {"made", "gone"} for made in self._made.values())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _recall(self) -> None:
        self._file.seek(0)
        whole = [line for line in self._file if line.endswith("\n")]
        for line in whole:
            self._know(json.loads(line))
        # Half a line is an intention whose request never left, or something that can be seen again.
        self._file.truncate(sum(len(line.encode()) for line in whole))
        self._file.seek(0, os.SEEK_END)

    def _know(self, line: dict[str, str]) -> None:
        match line["event"]:
            case "run":
                self.run, self.target = line["run"], line["target"]
            case "intend":
                made = Made(line["key"], line["name"], line["itwin"], line["scope"])
                self._made[made.key] = made
            case "made":
                made = self._made[line["key"]]
                made.id, made.state = line["id"], "made"
                self._by_id[made.id] = made
            case "refused":
                self._made[line["key"]].state = "refused"
            case "gone":
                self._by_id[line["id"]].state = "gone"
            case "invented":
                self._invented.add(line["id"].lower())

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
