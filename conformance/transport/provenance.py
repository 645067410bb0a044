"""Provenance: where each id in a request came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from conformance.exchange import NOT_JSON, Exchange

IDS = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{40}\b", re.IGNORECASE
)

GIVEN, MADE_UP = "given to the run", "made up here"


class Provenance:
    """Remembers for each GUID and changeset id the first answer that held it and where."""

    def __init__(self, given: tuple[str, ...] = ()) -> None:
        self._given = {value.lower(): GIVEN for value in given}
        self._first = dict(self._given)

    def forget(self) -> None:
        """Forget all but what was given to the run."""
        self._first = dict(self._given)

    def of(self, exchange: Exchange) -> dict[str, str]:
        """Return id → origin for every id of the request: `#12 /iModel/id`, or `made up here`."""
        request = exchange.request
        text = unquote(request.url) + " " + (request.text if request.is_text else "")
        return {found: self._first.get(found.lower(), MADE_UP) for found in IDS.findall(text)}

    def learn(self, exchange: Exchange) -> None:
        """Remember where the answer's ids stand."""
        if exchange.json is not NOT_JSON:
            for pointer, value in strings(exchange.json, ""):
                for found in IDS.findall(value):
                    self._first.setdefault(found.lower(), f"#{exchange.number} {pointer}")
        location = exchange.answer.headers.get("location", "")
        for found in IDS.findall(location):
            self._first.setdefault(found.lower(), f"#{exchange.number} Location")


def strings(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Every text in JSON data, with the pointer to it."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from strings(inner, f"{pointer}/{index}")
