"""One iModel of a world, and everything in it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from conformance.mock.call import JSON
from conformance.mock.entities import MANAGE, IModel
from conformance.mock.store import baseline_name, container

if TYPE_CHECKING:
    from conformance.mock.world.build import Builder

OWN = ("name", "description", "extent", "containersEnabled")
BASELINE, CHANGESET = 4096, 64


def build_imodel(builder: Builder, place: str, itwin: str, given: dict[str, Any]) -> None:
    """Make an iModel, then its parts in the order in which they can refer to each other."""
    creator = given.get("creator") or _manager(builder, place, itwin)
    body = {name: given[name] for name in OWN if name in given}
    if "id" in given:
        builder.store.wishes.append(builder.unique(place, given["id"]))
    made = builder.send(place, creator, "POST", "", {"iTwinId": itwin, **body})
    builder.store.wishes.clear()
    imodel = builder.store.imodels[made["iModel"]["id"]]
    _Parts(builder, imodel, creator).build(place, given)


def _manager(builder: Builder, place: str, itwin: str) -> str:
    grants = builder.store.itwins[itwin.lower()].grants
    for name in builder.tokens:
        if MANAGE in grants.get(builder.user(place, name), ()):
            return name
    raise builder.world.wrong(place, "nobody may manage the iTwin, so nobody can have made this")


class _Parts:
    def __init__(self, builder: Builder, imodel: IModel, creator: str) -> None:
        self._builder = builder
        self._imodel = imodel
        self._creator = creator
        self._owners: dict[int, str] = {}

    def build(self, place: str, given: dict[str, Any]) -> None:
        if "baseline" in given:
            self._baseline(f"{place}.baseline", given["baseline"])
        for name, make in (
            ("briefcases", self._briefcase),
            ("changesets", self._changeset),
            ("namedVersions", self._version),
            ("locks", self._lock),
            ("requests", self._request),
        ):
            for number, part in enumerate(given.get(name, [])):
                make(f"{place}.{name}[{number}]", part)

    def _send(self, place: str, name: str, method: str, path: str, body: Any, media: str = JSON) -> Any:
        return self._builder.send(place, name, method, f"/{self._imodel.id}{path}", body, media)

    def _store(self, name: str, data: bytes) -> None:
        store = self._builder.store
        store.blobs.put(container(self._imodel), name, data, store.clock.now())

    def _baseline(self, place: str, given: dict[str, Any]) -> None:
        data = self._builder.world.bytes_of(place, given, BASELINE)
        self._imodel.baseline_size = len(data)
        self._store(baseline_name(self._imodel), data)

    def _briefcase(self, place: str, given: dict[str, Any]) -> None:
        owner = given.get("owner", self._creator)
        body: dict[str, Any] = {"deviceName": given["deviceName"]} if "deviceName" in given else {}
        made = self._send(place, owner, "POST", "/briefcases", body)
        self._owners[made["briefcase"]["briefcaseId"]] = owner

    def _owner(self, place: str, number: int) -> str:
        if number not in self._owners:
            raise self._builder.world.wrong(place, f"the iModel has no briefcase {number}")
        return self._owners[number]

    def _changeset(self, place: str, given: dict[str, Any]) -> None:
        by, timeline = self._owner(place, given["briefcase"]), self._imodel.timeline
        parent = timeline[-1].id if timeline else ""
        data = self._builder.world.bytes_of(place, given, CHANGESET)
        id = given.get("id") or hashlib.sha1(f"{self._imodel.id}/{parent}".encode()).hexdigest()
        told: dict[str, Any] = {n: given[n] for n in ("description", "containingChanges") if n in given}
        number = given["briefcase"]
        body = {"id": id, "parentId": parent, "briefcaseId": number, "fileSize": len(data), **told}
        self._send(place, by, "POST", "/changesets", body)
        self._store(f"{id}.cs", data)
        self._send(place, by, "PATCH", f"/changesets/{id}", {"state": "fileUploaded", "briefcaseId": number})

    def _version(self, place: str, given: dict[str, Any]) -> None:
        index, timeline = given.get("changeset", 0), self._imodel.timeline
        if index > len(timeline):
            raise self._builder.world.wrong(place, f"the iModel has no changeset {index}")
        body: dict[str, Any] = {name: given[name] for name in ("name", "description") if name in given}
        point: dict[str, Any] = {"changesetId": timeline[index - 1].id} if index else {}
        by = given.get("creator", self._creator)
        if "id" in given:
            self._builder.store.wishes.append(self._builder.unique(place, given["id"]))
        made = self._send(place, by, "POST", "/namedversions", {**body, **point})
        self._builder.store.wishes.clear()
        if "state" in given:
            path = f"/namedversions/{made['namedVersion']['id']}"
            self._send(place, by, "PATCH", path, {"state": given["state"]})

    def _lock(self, place: str, given: dict[str, Any]) -> None:
        by, number = self._owner(place, given["briefcase"]), given["briefcase"]
        objects: list[dict[str, Any]] = [{"lockLevel": given["level"], "objectIds": given["objects"]}]
        point = {"changesetId": self._imodel.timeline[-1].id} if self._imodel.timeline else {}
        body = {"briefcaseId": number, "lockedObjects": objects, **point}
        self._send(place, by, "PATCH", "/locks", body)

    def _request(self, place: str, given: dict[str, Any]) -> None:
        method, _, path = given["send"].partition(" ")
        world = self._builder.world
        body: Any = world.bytes_of(place, given, 1) if "file" in given else given.get("body", {})
        media = given.get("mediaType", JSON)
        self._send(place, given.get("as", self._creator), method, "" if path == "/" else path, body, media)
