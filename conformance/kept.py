"""The reports of a run that is over, as they lie on disk."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

Data = dict[str, Any]
FINGERPRINT = re.compile(r"[0-9a-f]{12}")
PLACES = ("reports/latest", "imodels-reports/latest")


class ReportsError(Exception):
    """Reports that cannot be read, or hold no such finding; the text is one clear line."""


class BookError(Exception):
    """A folder holds no book of a run, or books that do not belong together; one clear line."""


def reports_folder(chosen: Path | None) -> Path:
    """The chosen folder, or that of the last run."""
    if chosen:
        return chosen
    return next((path for path in map(Path, PLACES) if path.is_dir()), Path(PLACES[0]))


def read_kept(folder: Path, name: str) -> Data:
    """One of the JSON files of a run; raises ReportsError."""
    try:
        found: Data = json.loads((folder / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportsError(f"no reports in {folder}: {error.strerror or error}") from error
    except ValueError as error:
        raise ReportsError(f"{folder / name} is not the report of a run") from error
    return found


def finding_of(folder: Path, fingerprint: str) -> Data:
    """The finding with this fingerprint; raises ReportsError."""
    try:
        found: list[Data] = read_kept(folder, "findings.json")["findings"]
        known = {finding["fingerprint"]: finding for finding in found}
    except (KeyError, TypeError) as error:
        raise ReportsError(f"{folder / 'findings.json'} is not the report of a run") from error
    if fingerprint not in known:
        told = f"it has {', '.join(known)}" if 0 < len(known) <= 5 else f"it has {len(known)} others"
        raise ReportsError(f"the run in {folder} has no finding {fingerprint}; {told}")
    return known[fingerprint]
