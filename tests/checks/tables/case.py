"""How a case is written down: a row, an operation, and what becomes of the contract's example."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

GUID = "0d1e2f3a-4b5c-4d6e-8f70-8192a3b4c5d6"
HEX = "ab" * 20
API = "https://api.bentley.com/imodels"
DROP = "<drop>"
"""Stands for a member or header that is taken away."""
ITWIN = "0b9f6c1e-52a4-4d0b-9a37-1c5d2e8f7a60"
PAGE = f"?iTwinId={ITWIN}&$skip=0&$top=1"
STORED = "https://acc.blob.core.windows.net/hub/file?sv=1&sig=abc"
TOKEN = "a-token-nobody-may-see"


@dataclass(frozen=True)
class Case:
    """A row, an operation, and how the contract's example becomes right and wrong for the row."""

    row: str
    operation: str
    wrong: dict[str, Any]
    right: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.row} {self.operation} {list(self.wrong.values())[-1]!s:.60}"


def change(row: str, operation: str, right: dict[str, Any] | None = None, **places: Any) -> Case:
    """A case that changes single members of the answer; `__` in a name stands for `/`."""
    changed = {place.replace("__", "/"): value for place, value in places.items()}
    return Case(row, operation, {**(right or {}), "change": changed}, right or {})


def link(name: str, href: Any, of: str = "iModel") -> dict[str, Any]:
    """One changed link of an entity."""
    return {"change": {f"{of}/_links/{name}": href if href is None else {"href": href}}}


def error(code: str = "iModelNotFound", **members: Any) -> dict[str, Any]:
    """The body of a refusal."""
    return {"error": {"code": code, "message": "No."} | members}


def details(*entries: Any) -> dict[str, Any]:
    """The body of a refusal of an invalid request."""
    return error("InvalidiModelsRequest", details=list(entries))
