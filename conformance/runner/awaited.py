"""The files that iModels of a run wait for: some services delete only what has got its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.exchange import Exchange
from conformance.make import Maker

LARGEST = 1 << 20
"""Bytes of a file that is brought for no other reason than to delete its iModel."""

WAITING = "waitingForFile"


class Awaited:
    """Where each file is to go, and how many bytes it must have; only the answer to the creation tells."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[Mapping[str, Any], int]] = {}
        self._seen: set[str] = set()

    def hear(self, exchange: Exchange) -> None:
        """Remember what a creation waits for."""
        if exchange.name != "create-imodel" or exchange.status != 201:
            return
        try:
            made, asked = exchange.json["iModel"], exchange.request.json["baselineFile"]
            self._files[str(made["id"]).lower()] = {**made["_links"]["upload"]}, int(asked["size"])
        except (KeyError, TypeError, ValueError):
            return

    def see_through(self, make: Maker, imodel: str) -> bool:
        """Bring an iModel its file and wait, once, until it is made; False where that file is not known."""
        if imodel in self._seen:
            return False
        self._seen.add(imodel)
        link, size = self._files.pop(imodel.lower(), ({}, LARGEST + 1))
        if size <= LARGEST:
            own = make.api.road.wire.target.baseline
            make.api.upload(link, own if len(own) == size else bytes(size))
            make.api("complete-imodel-baseline-file-upload", id=imodel, body={})
        elif make.operation(imodel)["state"] == WAITING:
            return False
        make.outcome(imodel)
        return True
