"""The register: every promise of the API, read from spec/requirements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from conformance.contract import own_document

LABELS = {"D": "MUST", "P": "MUST", "S": "MUST", "C": "SHOULD", "O": "SHOULD", "I": "INFO"}
"""Label of the source → level that follows from it (a C row that breaks clients says MUST itself)."""

LEVELS = ("MUST", "SHOULD", "INFO")
PROFILES = ("smoke", "gate", "full", "soak")
ALL = "all"


class RegisterError(Exception):
    """The register cannot be read, or a name is not in it; the text is one clear line."""


@dataclass(frozen=True)
class Requirement:
    """One promise: its name never changes; `operations` is empty when it concerns all of them.

    `data` is what a contract must say of each operation so that the row can be decided (see `silence`).
    """

    name: str
    says: str
    label: str
    level: str
    clause: str
    operations: tuple[str, ...] = ()
    each: bool = False
    profile: str = "gate"
    needs: tuple[str, ...] = ()
    when_seen: bool = False
    data: str | tuple[str, ...] = ""

    @property
    def resource(self) -> str:
        """The part of the name before the slash."""
        return self.name.split("/", 1)[0]

    def concerns(self, operation: str) -> bool:
        """Whether the promise speaks of this operation."""
        return not self.operations or operation in self.operations


def promise_of(name: str) -> Requirement:
    """Return the row called `name`; raise RegisterError when nobody defined it."""
    row = register().get(name)
    if row is None:
        raise RegisterError(
            f"unknown requirement {name!r}; `imodels-conformance requirements` lists them all"
        )
    return row


@cache
def register() -> dict[str, Requirement]:
    """Read every row of spec/requirements, by name, in the order of the files."""
    rows: dict[str, Requirement] = {}
    folder = own_document().parent / "requirements"
    for file in sorted(folder.glob("*.yaml")):
        for name, row in _read(file).items():
            rows[name] = _requirement(file, name, row)
    if not rows:
        raise RegisterError(f"no requirement found in {folder}")
    return rows


def _read(file: Path) -> dict[str, dict[str, Any]]:
    try:
        rows = yaml.load(
            file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
    except (OSError, yaml.YAMLError) as error:
        raise RegisterError(f"cannot read {file.name}: {' '.join(str(error).split())}") from error
    if not isinstance(rows, dict):
        raise RegisterError(f"{file.name} holds no rows")
    return rows


def _requirement(file: Path, name: str, row: dict[str, Any]) -> Requirement:
    if name.split("/", 1)[0] != file.stem:
        raise RegisterError(f"{file.name}: the name {name!r} does not start with {file.stem}/")
    try:
        label = row["label"]
        operations = row["operations"]
        return Requirement(
            name=name,
            says=row["says"],
            label=label,
            level=row.get("level", LABELS[label]),
            clause=row["clause"],
            operations=() if operations == ALL else tuple(operations),
            each=row.get("each", False),
            profile=row.get("profile", "gate"),
            needs=tuple(row.get("needs", ())),
            when_seen=row.get("when-seen", False),
            data=tuple(data) if isinstance(data := row.get("data", ""), list) else data,
        )
    except (KeyError, TypeError) as error:
        raise RegisterError(f"{file.name}: row {name!r} is not complete ({error})") from error
