"""One file in storage, as a request names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from conformance.mock.blobs import Blob, Blobs
from conformance.mock.storage.problems import Refusal

if TYPE_CHECKING:
    from conformance.mock.service import Service


@dataclass(frozen=True)
class Place:
    """Where a request leads, with its query and the moment it came."""

    service: Service
    container: str
    name: str
    query: Mapping[str, str]
    now: datetime

    @property
    def blobs(self) -> Blobs:
        """All files of the service."""
        return self.service.store.blobs

    @property
    def blob(self) -> Blob | None:
        """The file that is there, if any."""
        return self.blobs.get(self.container, self.name)

    def bent(self, name: str) -> bool:
        """Whether a fault of that name is on."""
        return name in self.service.twists

    def meets(self, headers: Mapping[str, str]) -> None:
        """Refuse when the file is not the one `If-Match` names, or when there is one and none is wanted."""
        tag = self.blob.etag if self.blob else None
        wanted = headers.get("if-match")
        if wanted and (tag is None or wanted not in {tag, "*"}):
            raise Refusal("ConditionNotMet")
        if tag and headers.get("if-none-match") == "*":
            raise Refusal("BlobAlreadyExists")
