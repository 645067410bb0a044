"""Going through the members of an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value, the outer ones first."""
    if isinstance(value, dict):
        yield value
        for item in list(value.values()):
            yield from objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from objects(item)


def links(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every link in a JSON value with its name; null links are left out."""
    for found in objects(value):
        members = found.get("_links")
        if isinstance(members, dict):
            for name, link in members.items():
                if isinstance(link, dict) and isinstance(link.get("href"), str):
                    yield name, link
