"""Waivers: failures that the owner of a target knows, each with its reason and the day it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from conformance.document import parsed
from conformance.exchange import Finding
from conformance.names import UnknownName, known
from conformance.requirements import register

MEMBERS = ("name", "operation", "code", "reason", "ticket", "expiry")
NEEDED = {"name", "reason", "expiry"}


class WaiverError(Exception):
    """A file of waivers cannot be used; the text is one clear line."""


@dataclass(frozen=True)
class Waiver:
    """A broken row that does not count: on one operation or on all, with one error code or with any."""

    name: str
    reason: str
    expiry: date
    operation: str = ""
    code: str = ""
    ticket: str = ""

    def covers(self, finding: Finding) -> bool:
        """Whether it speaks of this finding."""
        return (
            finding.requirement == self.name
            and self.operation in {"", finding.operation}
            and self.code in {"", finding.code}
        )

    @property
    def words(self) -> str:
        """The reason, with the ticket and the day it ends."""
        return f"{self.reason} ({', '.join(filter(None, (self.ticket, f'until {self.expiry}')))})"

    def told(self) -> dict[str, str]:
        """The waiver as data."""
        return {field.name: str(getattr(self, field.name)) for field in fields(self)}


def waiver_of(finding: Finding, waivers: Iterable[Waiver]) -> Waiver | None:
    """The first waiver that covers a finding."""
    return next((waiver for waiver in waivers if waiver.covers(finding)), None)


def read_waivers(file: str, operations: Iterable[str], today: date | None = None) -> tuple[Waiver, ...]:
    """Read a file of waivers, none without a file; raises WaiverError."""
    if not file:
        return ()
    path = Path(file)
    now = today or datetime.now(UTC).date()
    read = (_waiver(path.name, number, entry) for number, entry in enumerate(entries(path), 1))
    return tuple(_checked(path.name, waiver, operations, now) for waiver in read)


def entries(path: Path) -> list[Any]:
    """The list in a file of waivers; raises WaiverError."""
    try:
        content = parsed(path.read_bytes())
    except OSError as error:
        raise WaiverError(f"cannot read waivers {path}: {error.strerror or error}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise WaiverError(f"{path.name}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, list):
        raise WaiverError(f"{path.name}: not a list of waivers")
    return content


def _waiver(file: str, number: int, entry: Any) -> Waiver:
    where = f"{file}: waiver {number}"
    if not isinstance(entry, Mapping):
        raise WaiverError(f"{where} is no mapping of {', '.join(MEMBERS)}")
    for name in entry:
        if name not in MEMBERS:
            raise WaiverError(f"{where} has an unknown member {name!r}; there are {', '.join(MEMBERS)}")
    if missing := sorted(name for name in NEEDED if not entry.get(name)):
        raise WaiverError(f"{where} lacks {', '.join(missing)}")
    texts = {name: value for name, value in entry.items() if name != "expiry" and value is not None}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise WaiverError(f"{where}: {name} is no text: {value!r}")
    return Waiver(expiry=day(where, entry["expiry"]), **texts)


def day(where: str, value: Any) -> date:
    """The day a waiver ends; raises WaiverError."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise WaiverError(f"{where}: expiry is no day like 2027-01-31: {value!r}") from error


def _checked(file: str, waiver: Waiver, operations: Iterable[str], today: date) -> Waiver:
    """The same waiver with the names as they are defined, unless it has ended."""
    try:
        (name,) = known("requirement", [waiver.name], register())
        operation = next(iter(known("operation", filter(None, [waiver.operation]), operations)), "")
    except UnknownName as error:
        raise WaiverError(f"{file}: {error}") from error
    if waiver.expiry < today:
        raise WaiverError(f"{file}: the waiver of {name} expired on {waiver.expiry}: {waiver.reason}")
    return replace(waiver, name=name, operation=operation)
