"""The memory of a mock: tables, ids, one clock, one seed."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from conformance.mock import tokens
from conformance.mock.blobs import Blobs
from conformance.mock.clock import Clock
from conformance.mock.entities import IModel, ITwin, Marks, User
from conformance.mock.settings import Settings
from conformance.mock.tables import Memory

EMPTY_FILE = b"iModel baseline\x00" * 256


class Store(Memory):
    """Everything a mock knows."""

    apart = frozenset({"_settings", "_make_clock"})

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
        self.tokens: dict[str, str] = {token: user.id for token, user in tokens.BY_TOKEN.items()}
        self.imodels: dict[str, IModel] = {}
        self.favorites: dict[str, Marks] = {}
        self.recents: dict[str, Marks] = {}
        self.wishes: list[str] = []
        self.deleted: dict[str, datetime] = {}
        grants = {tokens.USERS[name].id: held for name, held in tokens.GRANTS.items()}
        roles = {tokens.USERS[name].id: frozenset({role}) for name, role in tokens.ROLES.items()}
        known: dict[str, Any] = {"grants": grants, "roles": roles, "administrators": tokens.ADMINISTRATORS}
        self.itwins = {
            id: ITwin(id, display_name=name, number=name, **deepcopy(known))
            for id, name in tokens.ITWIN_NAMES.items()
        }
        self.spent: dict[str, int] = {}

    def new_id(self) -> str:
        """A fresh GUID, or the one a world wishes for."""
        if self.wishes:
            return self.wishes.pop()
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def spend(self, code: str, until: int, now: int) -> bool:
        """Take a code that is good once; whether it was still good. Those that have ended are forgotten."""
        self.spent = {id: end for id, end in self.spent.items() if end > now}
        unspent = code not in self.spent
        self.spent[code] = until
        return unspent

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
        return IModel(self.new_id(), next(iter(self.itwins)), "Phantom", creator.id, now, ready=now)

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
        self.deleted[imodel.id] = imodel.created
        self.itwins[imodel.itwin_id].imodels.pop(imodel.id, None)
        self.blobs.remove(container(imodel))
        self.blobs.remove(blocks(imodel))
        for marks in (*self.favorites.values(), *self.recents.values()):
            marks.pop(imodel.id, None)

    def _free(self, imodel: IModel) -> None:
        names = self.itwins[imodel.itwin_id].names
        if names.get(imodel.name.casefold()) == imodel.id:
            del names[imodel.name.casefold()]

    def relink(self) -> None:
        """Find again what an iTwin knows of its iModels."""
        for itwin in self.itwins.values():
            itwin.imodels, itwin.names = {}, {}
        for imodel in self.imodels.values():
            itwin = self.itwins[imodel.itwin_id]
            itwin.imodels[imodel.id] = imodel
            itwin.names[imodel.name.casefold()] = imodel.id

    def baseline(self, imodel: IModel) -> bytes:
        """The file an iModel starts from."""
        blob = self.blobs.get(container(imodel), baseline_name(imodel))
        return blob.data if blob else EMPTY_FILE


def container(imodel: IModel) -> str:
    """The storage container of an iModel."""
    return f"imodelhub-{imodel.id}"


def blocks(imodel: IModel) -> str:
    """The storage container of an iModel's checkpoints."""
    return f"imodelblocks-{imodel.id}"


def baseline_name(imodel: IModel) -> str:
    """The name of the file an iModel starts from."""
    return f"{imodel.id}.bim"
