"""Statuses and media types: which of them one document calls in another way, or covers by a range."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from conformance.openapi import deref

Covering = Callable[[str, Collection[str]], str | None]


def paired(
    before: Collection[str], after: Collection[str], covering: Covering
) -> Iterator[tuple[str, str | None, str | None]]:
    """Each name, with what speaks of it before and after: itself, or a range that covers it."""
    for name in dict.fromkeys([*before, *after]):
        sides = [name if name in side else covering(name, side) for side in (before, after)]
        yield name, sides[0], sides[1]


def of_status(status: str, known: Collection[str]) -> str | None:
    """The range that a status lies in; `default` tells of refusals."""
    ranges = (f"{status[0]}XX", "" if status.startswith("2") else "DEFAULT")
    return next((one for one in ranges if one in known and one != status), None)


def of_media(media: str, known: Collection[str]) -> str | None:
    """The range that a media type lies in."""
    kind = media.partition(";")[0]
    ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((one for one in ranges if one in known and one != media), None)


def media_type(text: str) -> str:
    """A media type as everybody would write it; UTF-8 goes without saying."""
    kind, *parameters = (part.strip() for part in text.split(";"))
    told = sorted({part.lower().replace('"', "") for part in parameters} - {"", "charset=utf-8"})
    return ";".join([kind.lower(), *told])


def speaking_of(media: str, content: Collection[str]) -> str | None:
    """The name in a `content` that covers a media type that came."""
    described = {media_type(name): name for name in content}
    return described.get(media if media in described else of_media(media, described) or "")


def contents(document: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """The schemas of a body by media type; what is said to be any bytes is the same as nothing said."""
    found = {media_type(name): (given or {}).get("schema", {}) for name, given in content.items()}
    return {media: {} if _is_bytes(deref(document, schema)) else schema for media, schema in found.items()}


def _is_bytes(schema: Any) -> bool:
    return isinstance(schema, dict) and (
        schema.get("format") == "binary" or ("contentMediaType" in schema and "contentEncoding" not in schema)
    )
