"""Where a JSON answer departs from its schema, and which of these departures a row of their own judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from conformance.checks.hrefs import STORAGE, absolute
from conformance.checks.reading import collection, prefers
from conformance.contract import WEAK, Contract, Schema
from conformance.exchange import Exchange
from conformance.requirements import promise_of

Path = tuple[str | int, ...]
STORAGE_LINKS: tuple[Path, ...] = tuple(("_links", name) for name in STORAGE)


@dataclass(frozen=True)
class Flaw:
    """One departure: where, which keyword (with the member for `required`), and the value there."""

    path: Path
    keyword: str
    value: Any
    message: str

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer, positions in arrays left out."""
        return "/" + "/".join("*" if isinstance(part, int) else part for part in self.path)


def documented_flaws(exchange: Exchange) -> list[Flaw]:
    """Departures from what is documented, but for those that other rows judge."""
    return [flaw for flaw in _flaws(exchange, strict=True) if not _has_own_row(exchange, flaw)]


def observed_flaws(exchange: Exchange) -> list[Flaw]:
    """Departures from what only clients need or the live service shows, but for those other rows judge."""
    documented = {(flaw.path, flaw.keyword) for flaw in _flaws(exchange, strict=True)}
    found = (f for f in _flaws(exchange, strict=False) if (f.path, f.keyword) not in documented)
    return [flaw for flaw in found if not _has_own_row(exchange, flaw)]


def _flaws(exchange: Exchange, *, strict: bool) -> list[Flaw]:
    validator = exchange.contract.validator(_schema(exchange, strict))
    try:
        found = [_flaw(error) for error in validator.iter_errors(exchange.json)]
    except ValueError as error:  # text that is no Unicode
        return [Flaw((), "type", None, str(error))]
    return sorted(found, key=lambda flaw: (flaw.pointer, flaw.keyword))


def _schema(exchange: Exchange, strict: bool) -> Schema:
    operation, response = exchange.operation, exchange.response
    if operation is None or response is None or response.schema is None or response.label == "inferred":
        return True
    schema = response.schema
    if name := operation.representations.get(prefers(exchange) or "minimal"):
        schema = _named(name)
    if not strict:
        return schema
    return True if response.label in WEAK else exchange.contract.strict(schema)


@cache
def _named(name: str) -> Schema:
    # One object for each name: the contract caches validators by identity.
    return {"$ref": f"#/components/schemas/{name}"}


def _flaw(error: Any) -> Flaw:
    keyword = error.kind.name
    if keyword == "required":
        keyword = f"required {error.kind.property}"
    return Flaw(tuple(error.instance_path), keyword, error.instance, error.message)


def _has_own_row(exchange: Exchange, flaw: Flaw) -> bool:
    rows = (row for row in OWNERS if promise_of(row).concerns(exchange.name))
    return any(OWNERS[row](exchange, flaw) for row in rows)


def _is_of_envelope(exchange: Exchange, flaw: Flaw) -> bool:
    name = collection(exchange)
    if not name or not isinstance(exchange.json, dict):
        return False
    places: dict[Path, set[str]] = {
        (): {f"required {name}", "required _links"},
        (name,): {"type"},
        ("_links",): {"type", "required next"},
        ("_links", "next"): {"anyOf"},
    }
    return flaw.keyword in places.get(flaw.path, set())


def _is_of_representation(exchange: Exchange, flaw: Flaw) -> bool:
    if len(flaw.path) < 2 or prefers(exchange) != "representation" or "required " not in flaw.keyword:
        return False
    # An item without members of the full one is the minimal one, whatever else it lacks.
    collection, place = flaw.path[:2]
    return bool(required_in_full(exchange) - exchange.json[collection][place].keys())


def _is_of_storage_type(exchange: Exchange, flaw: Flaw) -> bool:
    if flaw.path[-3:-1] in STORAGE_LINKS:
        return flaw.path[-1] == "storageType"
    if flaw.path[-2:] not in STORAGE_LINKS:
        return False
    return flaw.keyword == "required storageType" or (flaw.keyword == "anyOf" and _has_href(flaw.value))


def _is_of_absolute(exchange: Exchange, flaw: Flaw) -> bool:
    if flaw.path[-3:-2] == ("_links",) and flaw.path[-1] == "href" and flaw.keyword == "format":
        return absolute(flaw.value) is None
    within = flaw.path[-2:-1] == ("_links",) and flaw.keyword == "anyOf" and _has_href(flaw.value)
    return within and absolute(flaw.value["href"]) is None


def _has_href(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("href"), str)


def _is_of_checkpoint_link(exchange: Exchange, flaw: Flaw) -> bool:
    if flaw.path[-1:] == ("_links",):
        return flaw.keyword == "required checkpoint"
    return ("_links", "checkpoint") in (flaw.path[-2:], flaw.path[-3:-1]) and flaw.keyword != "format"


def _is_of_open_push(exchange: Exchange, flaw: Flaw) -> bool:
    missing = {"required state", "required upload", "required complete"}
    places: tuple[Path, ...] = (("state",), ("_links", "upload"), ("_links", "complete"))
    inside = any(flaw.path[1 : 1 + len(place)] == place for place in places)
    return flaw.keyword in missing or (inside and flaw.keyword != "format")


OWNERS: dict[str, Callable[[Exchange, Flaw], bool]] = {
    "lists/envelope": _is_of_envelope,
    "lists/representation": _is_of_representation,
    "recents/representations": _is_of_representation,
    "links/storage-type": _is_of_storage_type,
    "links/absolute": _is_of_absolute,
    "briefcases/checkpoint-link": _is_of_checkpoint_link,
    "changesets/provisional-until-completed": _is_of_open_push,
}
"""One cause, one finding: what these rows judge is no flaw of the body besides."""


def full_only(exchange: Exchange) -> frozenset[str]:
    """The documented members of an item that only its full representation has."""
    return _members(exchange, "representation") - _members(exchange, "minimal")


def required_in_full(exchange: Exchange) -> frozenset[str]:
    """The members that only a full item has and must have."""
    return full_only(exchange) & frozenset(_item(exchange, "representation").get("required") or ())


def _members(exchange: Exchange, representation: str) -> frozenset[str]:
    known = _item(exchange, representation).get("properties") or {}
    return frozenset(name for name, schema in known.items() if schema is not True)


def _item(exchange: Exchange, representation: str) -> dict[str, Any]:
    operation = exchange.operation
    name = operation.representations.get(representation) if operation else None
    if not operation or not operation.collection or not name:
        return {}
    return _documented_item(exchange.contract, name, operation.collection)


@cache
def _documented_item(contract: Contract, name: str, member: str) -> dict[str, Any]:
    node = contract.resolve(contract.strict(_named(name)))
    for step in ("properties", member, "items"):
        node = contract.resolve(node.get(step, True)) if isinstance(node, dict) else True
    return node if isinstance(node, dict) else {}
