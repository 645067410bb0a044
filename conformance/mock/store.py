"""The memory of a mock: tables, ids, one clock, one seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from uuid import UUID

from conformance.mock import tokens
from conformance.mock.blobs import Blobs
from conformance.mock.clock import Clock
from conformance.mock.entities import IModel, ITwin, User
from conformance.mock.settings import Settings

EMPTY_FILE = b"iModel baseline\x00" * 256


class Store:
    """Everything a mock knows."""

    def __init__(self, settings: Settings, clock: Callable[[], Clock] = Clock) -> None:
        self._settings = settings
        self._make_clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget everything and start from the seed again."""
        self.random = Random(self._settings.seed)
        self.clock = self._make_clock()
        self.blobs = Blobs(self.random.randbytes(32))
        self.users: dict[str, User] = {user.id: user for user in tokens.USERS.values()}
        self.imodels: dict[str, IModel] = {}
        self.deleted: set[str] = set()
        grants = {tokens.USERS[name].id: held for name, held in tokens.GRANTS.items()}
        roles = {tokens.USERS[name].id: frozenset({role}) for name, role in tokens.ROLES.items()}
        self.itwins = {
            id: ITwin(id, grants=dict(grants), roles=dict(roles), administrators=tokens.ADMINISTRATORS)
            for id in (tokens.ITWIN, tokens.SECOND_ITWIN)
        }

    def new_id(self) -> str:
        """A fresh GUID."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def add(self, imodel: IModel, baseline: bytes | None, now: datetime) -> None:
        """Put a new iModel in its iTwin, with the file it starts from if there is one."""
        itwin = self.itwins[imodel.itwin_id]
        imodel.data_center = itwin.data_center
        imodel.visited(self.users[imodel.creator_id], now)
        itwin.imodels[imodel.id] = self.imodels[imodel.id] = imodel
        itwin.names[imodel.name.casefold()] = imodel.id
        if baseline is not None:
            imodel.baseline_size = len(baseline)
            self.blobs.put(container(imodel), baseline_name(imodel), baseline, now)

    def phantom(self, now: datetime) -> IModel:
        """An iModel that nobody made, for a service that has forgotten to look."""
        creator = tokens.USERS["admin"]
        return IModel(self.new_id(), tokens.ITWIN, "Phantom", creator.id, now, ready=now)

    def rename(self, imodel: IModel, name: str) -> None:
        """Give an iModel another name."""
        names = self.itwins[imodel.itwin_id].names
        self._free(imodel)
        imodel.name = name
        if imodel.id in self.imodels:
            names[name.casefold()] = imodel.id

    def remove(self, imodel: IModel) -> None:
        """Forget an iModel and its files."""
        self._free(imodel)
        self.imodels.pop(imodel.id, None)
        self.deleted.add(imodel.id)
        self.itwins[imodel.itwin_id].imodels.pop(imodel.id, None)
        self.blobs.remove(container(imodel))

    def _free(self, imodel: IModel) -> None:
        names = self.itwins[imodel.itwin_id].names
        if names.get(imodel.name.casefold()) == imodel.id:
            del names[imodel.name.casefold()]

    def baseline(self, imodel: IModel) -> bytes:
        """The file an iModel starts from."""
        blob = self.blobs.get(container(imodel), baseline_name(imodel))
        return blob.data if blob else EMPTY_FILE


def container(imodel: IModel) -> str:
    """The storage container of an iModel."""
    return f"imodelhub-{imodel.id}"


def baseline_name(imodel: IModel) -> str:
    """The name of the file an iModel starts from."""
    return f"{imodel.id}.bim"
