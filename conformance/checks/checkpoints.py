"""Checks of checkpoints."""

from __future__ import annotations

from conformance.checks import check
from conformance.checks.reading import Entity, deviation, entities
from conformance.exchange import Deviation, Exchange

DIRECTORY = "directoryAccessInfo"
ACCESS = ("containerAccessInfo", DIRECTORY)
UNFINISHED = ("scheduled", "failed", "notGenerated")


def _download(checkpoint: Entity) -> object:
    links = checkpoint.get("_links")
    return links.get("download") if isinstance(links, dict) else None


def _in_state(exchange: Exchange, *states: str) -> list[Entity]:
    return [checkpoint for checkpoint in entities(exchange) if checkpoint.get("state") in states]


@check("checkpoints/successful-has-file", when=lambda exchange: bool(_in_state(exchange, "successful")))
def successful_has_file(exchange: Exchange) -> Deviation | None:
    """A successful checkpoint can be fetched in at least one way."""
    for checkpoint in _in_state(exchange, "successful"):
        ways = (_download(checkpoint), *(checkpoint.get(name) for name in ACCESS))
        if all(way is None for way in ways):
            return deviation("no file", f"a download link, {' or '.join(ACCESS)}", "none of the three")
    return None


@check("checkpoints/unfinished-has-no-file", when=lambda exchange: bool(_in_state(exchange, *UNFINISHED)))
def unfinished_has_no_file(exchange: Exchange) -> Deviation | None:
    """A checkpoint that is not successful cannot be fetched yet."""
    for checkpoint in _in_state(exchange, *UNFINISHED):
        ways = {"download": _download(checkpoint), DIRECTORY: checkpoint.get(DIRECTORY)}
        for name, way in ways.items():
            if way is not None:
                return deviation(f"{name} not null", f"{name} null while {checkpoint['state']}", way)
    return None
