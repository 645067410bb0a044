"""What an operation is asked with, in two documents: parameters and body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.drift.joining import ANY
from conformance.drift.normal import form_of
from conformance.drift.ranges import contents, of_media, paired
from conformance.drift.schemas import Change, Schemas
from conformance.openapi import deref

Item = tuple[Mapping[str, Any], Mapping[str, Any]]
USUAL = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
SCALARS = {"string", "integer", "number", "boolean"}
UNDESCRIBED = {"accept", "content-type", "authorization"}
"""Headers that OpenAPI describes elsewhere: as parameters they mean nothing."""


def parameters(old: Mapping[str, Any], before: Item, new: Mapping[str, Any], after: Item) -> Iterator[Change]:
    """What changed in the parameters of an operation."""
    was, now = _parameters(old, before), _parameters(new, after)
    for key in dict.fromkeys([*was, *now]):
        place = " ".join(key)
        if key not in now:
            yield f"request-{_required(was[key])}parameter-removed", place, key[1], ""
        elif key not in was:
            yield f"request-{_required(now[key])}parameter-added", place, "", key[1]
        else:
            yield from _parameter(old, was[key], new, now[key], place)


def _parameters(document: Mapping[str, Any], item: Item) -> dict[tuple[str, str], Mapping[str, Any]]:
    known = [deref(document, one) for holder in item for one in holder.get("parameters") or ()]
    found = {(one["in"], _name(one)): one for one in known}
    return {key: one for key, one in found.items() if not (key[0] == "header" and key[1] in UNDESCRIBED)}


def _name(parameter: Mapping[str, Any]) -> str:
    name = str(parameter["name"])
    return name.lower() if parameter["in"] == "header" else name


def _required(parameter: Mapping[str, Any]) -> str:
    return "required-" if parameter.get("required") else ""


def _parameter(
    old: Mapping[str, Any], was: Mapping[str, Any], new: Mapping[str, Any], now: Mapping[str, Any], place: str
) -> Iterator[Change]:
    flags = (
        ("required", "parameter-became-required", "parameter-became-optional"),
        ("deprecated", "parameter-deprecated", "parameter-undeprecated"),
        ("allowEmptyValue", "empty-value-allowed", "empty-value-refused"),
    )
    for flag, on, off in flags:
        if bool(was.get(flag)) != bool(now.get(flag)):
            yield f"request-{on if now.get(flag) else off}", place, "", ""
    styles = _style(old, was), _style(new, now)
    if styles[0] != styles[1]:
        yield "request-parameter-style-changed", place, *styles
    compared = Schemas(old, new, "request").changes(schema_of(was), schema_of(now))
    yield from (_placed("request", place, change) for change in compared)


def _style(document: Mapping[str, Any], parameter: Mapping[str, Any]) -> str:
    style = parameter.get("style", USUAL[parameter["in"]])
    kinds = form_of(document, schema_of(parameter)).types
    told = {
        "style": style,
        # One value by itself is written in the same way, exploded or not.
        "explode": parameter.get("explode", style == "form") and not (kinds and kinds <= SCALARS),
        "allowReserved": bool(parameter.get("allowReserved")),
        "media": next(iter(parameter.get("content") or ()), ""),
    }
    return json.dumps(told)


def schema_of(parameter: Mapping[str, Any]) -> Any:
    """The schema of a parameter or header, which may stand in a media type."""
    contents = parameter.get("content") or {"": ANY}
    return parameter.get("schema", next(iter(contents.values())).get("schema", ANY))


def body(old: Mapping[str, Any], was: Any, new: Mapping[str, Any], now: Any) -> Iterator[Change]:
    """What changed in the body of a request."""
    before, after = deref(old, was), deref(new, now)
    if before is None and after is None:
        return
    if before is None:
        yield f"request-{_required(after)}body-added", "body", "", ", ".join(after["content"])
    elif after is None:
        yield f"request-{_required(before)}body-removed", "body", ", ".join(before["content"]), ""
    else:
        if bool(before.get("required")) != bool(after.get("required")):
            word = "required" if after.get("required") else "optional"
            yield f"request-body-became-{word}", "body", "", ""
        yield from bodies("request", old, before["content"], new, after["content"], "body")


def bodies(
    way: str,
    old: Mapping[str, Any],
    was: Mapping[str, Any],
    new: Mapping[str, Any],
    now: Mapping[str, Any],
    place: str,
) -> Iterator[Change]:
    """What changed between two bodies, media type by media type."""
    before, after = contents(old, was), contents(new, now)
    for media, one, other in paired(before, after, of_media):
        if other is None:
            yield f"{way}-media-type-removed", place, media, ""
        elif one is None:
            yield f"{way}-media-type-added", place, "", media
        else:
            for change in Schemas(old, new, way).changes(before[one], after[other]):
                yield _placed(way, f"{place} {media}", change)


def _placed(way: str, place: str, change: Change) -> Change:
    name, at, was, now = change
    return f"{way}-{name}", f"{place} {at}" if at else place, was, now
