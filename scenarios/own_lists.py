"""The lists of iModels that a caller has of their own, as stories use them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.api import succeed
from conformance.make import REPRESENTATION, Entity, Maker
from conformance.story import SetupFailed


@dataclass(frozen=True)
class OwnList:
    """One such list of one caller, by the operations that show it and add to it."""

    make: Maker
    shown_by: str
    added_by: str

    def as_(self, identity: str) -> OwnList:
        """The list of somebody else."""
        return replace(self, make=self.make.as_(identity))

    def put(self, *imodels: str) -> None:
        """Add iModels one after the other, as set-up."""
        for imodel in imodels:
            if not (added := self.make.api(self.added_by, id=imodel)).ok:
                raise SetupFailed(f"{self.added_by} answered {added.status}")

    def ids(self, itwin: str = "") -> list[str]:
        """The ids in the list, in its order."""
        query = {"iTwinId": itwin or self.make.itwin}
        return [item["id"] for item in self.make.walk(self.shown_by, "iModels", query=query)]

    def ids_with(self, imodel: str, itwin: str = "") -> list[str]:
        """The ids, once an iModel is among them."""
        return self.make.soon(lambda: self.ids(itwin), lambda seen: imodel in seen)

    def ids_without(self, imodel: str) -> list[str]:
        """The ids, once an iModel is no more among them."""
        return self.make.soon(self.ids, lambda seen: imodel not in seen)

    def in_full(self, imodel: str) -> tuple[Entity, Entity]:
        """An iModel as the list shows it in full, and its details."""
        self.put(imodel)
        self.ids_with(imodel)
        query = {"iTwinId": self.make.itwin}
        items = self.make.walk(self.shown_by, "iModels", query=query, headers=REPRESENTATION)
        listed: Entity = next((item for item in items if item["id"] == imodel), {})
        return listed, succeed(self.make.api("get-imodel-details", id=imodel))

    def taken(self) -> bool:
        """Whether the parameters that web components send along are taken."""
        extras = ({"$skip": 0, "$top": 5}, {"$orderBy": "name"})
        query = {"iTwinId": self.make.itwin}
        return all(self.make.api(self.shown_by, query=query | extra).status == 200 for extra in extras)
