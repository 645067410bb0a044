"""Documents of one operation, and what is told of two of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.document import aligned
from conformance.drift.documents import differences, templates


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    """Rule, operation and place of every difference."""
    before = aligned(Path("old"), old, {})
    after = aligned(Path("new"), new, templates(before))
    return {(one.rule, one.operation, one.place) for one in differences(before, after)}


def small(schema: Any, way: str = "response", **top: Any) -> dict[str, Any]:
    """A document of one operation with one schema."""
    content = {"content": {"application/json": {"schema": schema}}}
    operation: dict[str, Any] = {"responses": {"200": {"description": "Yes"}}}
    if way == "response":
        operation["responses"]["200"] |= content
    else:
        operation["requestBody"] = content
    return {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {"/a": {"post": operation}},
        **top,
    }
