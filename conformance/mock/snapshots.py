"""Snapshots: the whole memory of a mock at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.mock.blobs import Blob
from conformance.mock.freezing import Named, freeze, thaw
from conformance.mock.store import Store
from conformance.mock.tables import Path, assign, parts


@dataclass(frozen=True)
class Snapshot:
    """The memory of one moment; its files are shared, since no file ever changes."""

    data: bytes
    blobs: tuple[Blob, ...]


def take(store: Store) -> Snapshot:
    """The memory as it is now."""
    blobs: list[Blob] = []
    places: dict[int, int] = {}

    def keep(blob: Blob) -> Named:
        if id(blob) not in places:
            places[id(blob)] = len(blobs)
            blobs.append(blob)
        return (places[id(blob)],)

    return Snapshot(freeze(list(parts(store)), keep).data, tuple(blobs))


def put_back(store: Store, snapshot: Snapshot) -> None:
    """Make the memory what it was."""
    held: list[tuple[Path, object]] = thaw(snapshot.data, lambda place: snapshot.blobs[place])
    adopt(store, held)


def adopt(store: Store, held: list[tuple[Path, object]]) -> None:
    """Take over what was remembered, by path; the clock goes on from where it stood."""
    clock = store.clock
    for path, value in held:
        assign(store, path, value)
    clock.follow(store.clock)
    store.clock = clock
    store.relink()
