"""Every value of a JSON answer beside what the contract says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from conformance.checks.reading import documents_json, succeeded
from conformance.contract import Contract, Schema
from conformance.exchange import NOT_JSON, Exchange

_ALTERNATIVES = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True)
class Typed:
    """A value, where it stands (positions in arrays left out), and the schemas that speak of it."""

    pointer: str
    value: Any
    schemas: list[dict[str, Any]]

    @property
    def formats(self) -> set[str]:
        """The formats that the contract gives the value."""
        return {schema["format"] for schema in self.schemas if "format" in schema}

    @property
    def members(self) -> set[str]:
        """The members that the contract knows of the value."""
        return {name for schema in self.schemas for name in schema.get("properties") or ()}


@lru_cache(maxsize=1)
def typed(exchange: Exchange) -> tuple[Typed, ...]:
    """Every value in the JSON body of a success, walked along the contract once for all checks."""
    return tuple(_walk(exchange))


def _walk(exchange: Exchange) -> Iterator[Typed]:
    response = exchange.response
    if response is None or not documents_json(exchange) or not succeeded(exchange):
        return
    if exchange.json is NOT_JSON:
        return
    open_: list[tuple[str, Any, list[Any]]] = [("", exchange.json, [response.schema])]
    while open_:
        pointer, value, schemas = open_.pop()
        known = [flat for schema in schemas for flat in _flat(exchange.contract, schema)]
        here = Typed(pointer, value, known)
        yield here
        open_ += _below(here)


def _below(here: Typed) -> Iterator[tuple[str, Any, list[Any]]]:
    if isinstance(here.value, dict):
        for name in here.members & here.value.keys():
            known = [s["properties"][name] for s in here.schemas if name in (s.get("properties") or ())]
            yield f"{here.pointer}/{name}", here.value[name], known
    elif isinstance(here.value, list):
        known = [schema["items"] for schema in here.schemas if "items" in schema]
        for item in here.value if known else ():
            yield f"{here.pointer}/*", item, known


def _flat(contract: Contract, schema: Schema) -> Iterator[dict[str, Any]]:
    resolved = contract.resolve(schema)
    if not isinstance(resolved, dict):
        return
    yield resolved
    for keyword in _ALTERNATIVES:
        for alternative in resolved.get(keyword) or ():
            yield from _flat(contract, alternative)
