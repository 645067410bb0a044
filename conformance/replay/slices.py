"""Which recorded exchanges it takes to repeat one: what its ids come from, and what was written before it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

from conformance.transport.provenance import IDS, strings

Recorded = dict[str, Any]
ORIGIN = re.compile(r"#(\d+) (.*)")
LONGEST = 400
LISTED = 5
"""Resources in the answer of a list that are made again, so that the list has something to show."""
READS = {"GET", "HEAD", "OPTIONS"}


class Untold(Exception):
    """Why the recorded exchanges cannot say whether a promise is still broken."""


def slice_of(decisive: int, recorded: Mapping[int, Recorded], run: str) -> list[Recorded]:
    """The exchanges to repeat, in their order; `decisive` is the last. Raises Untold."""
    if decisive not in recorded:
        raise Untold(f"exchange #{decisive} is not in the recording")
    wanted = {decisive, *_listed(recorded[decisive], recorded)}
    while True:
        more = {number for each in wanted for number in _origins(recorded[each], recorded, run)}
        more |= {number for number in _writes(wanted, recorded) if number < decisive}
        if more <= wanted:
            break
        wanted |= more
    if len(wanted) > LONGEST:
        raise Untold(f"{len(wanted)} exchanges lead to it")
    return [recorded[number] for number in sorted(wanted)]


def _origins(each: Recorded, recorded: Mapping[int, Recorded], run: str) -> Iterator[int]:
    """The exchanges whose answers named what this one speaks of."""
    for origin in each["provenance"].values():
        if found := ORIGIN.fullmatch(origin):
            yield int(found[1])
    if each["operation"] == "storage" and (source := link_source(each, recorded)):
        yield source[0]
    for name in _names(each, run):
        yield next(n for n, other in recorded.items() if name in _names(other, run))


def _names(each: Recorded, run: str) -> set[str]:
    """The unique names of this run in a request."""
    text = unquote_plus(each["request"]["url"]) + " " + each["request"]["body"]
    return set(re.findall(rf"{re.escape(run)} [0-9a-f]{{8}}", text))


def _listed(each: Recorded, recorded: Mapping[int, Recorded]) -> list[int]:
    """The exchanges that made what the answer of a list shows."""
    if each["request"]["method"] != "GET" or "id" in each["path"]:
        return []
    shown = {found.lower() for found in IDS.findall(each["answer"]["body"])}
    made = [n for n, other in recorded.items() if n < each["number"] and _made(other) in shown]
    return made[:LISTED]


def _made(each: Recorded) -> str:
    """The id of the iModel that an exchange made, `""` for none."""
    if each["operation"] != "create-imodel" or each["answer"]["status"] != 201:
        return ""
    found = IDS.search(each["answer"]["headers"].get("location", "")) or IDS.search(each["answer"]["body"])
    return found[0].lower() if found else ""


def _writes(wanted: set[int], recorded: Mapping[int, Recorded]) -> Iterator[int]:
    """What the tests of the wanted exchanges wrote to the iModels and files that these are about."""
    tests = {recorded[number]["test"] for number in wanted}
    imodels = {imodel(recorded[number]) for number in wanted} | {_made(recorded[number]) for number in wanted}
    for number, each in recorded.items():
        if each["test"] not in tests or each["request"]["method"] in READS or each["answer"]["status"] >= 300:
            continue
        source = link_source(each, recorded) if each["operation"] == "storage" else None
        if (source and source[0] in wanted) or (imodel(each) and imodel(each) in imodels):
            yield number


def imodel(each: Recorded) -> str:
    """The id of the iModel that a request is about, `""` for none."""
    return str(each["path"].get("id", "")).lower()


def link_source(each: Recorded, recorded: Mapping[int, Recorded]) -> tuple[int, str] | None:
    """The exchange before that gave the storage link of this one, and where in its answer."""
    url = each["request"]["url"]
    for number in range(each["number"] - 1, 0, -1):
        if number in recorded and url in recorded[number]["answer"]["body"]:
            for pointer, value in strings(parsed(recorded[number]), ""):
                if value == url:
                    return number, pointer
    return None


def parsed(each: Recorded) -> Any:
    """The recorded answer as data; None for what is no JSON, or was cut."""
    try:
        return json.loads(each["answer"]["body"])
    except (ValueError, RecursionError):
        return None
