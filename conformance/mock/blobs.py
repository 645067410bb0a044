"""Storage behind signed links, in the manner of Azure blobs."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import quote, urlencode

from conformance.mock.tables import Memory

ACCOUNT = "imodelstorage"
VERSION = "2024-05-04"
SKEW = timedelta(seconds=60)


@dataclass(frozen=True)
class Blob:
    """A stored file."""

    data: bytes
    modified: datetime

    @cached_property
    def digest(self) -> str:
        """What stands for the content."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def etag(self) -> str:
        """A tag that changes with the content."""
        return f'"0x{self.digest[:15].upper()}"'


class Blobs(Memory):
    """Containers of files and the links that open them for a while."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._containers: dict[str, dict[str, Blob]] = {}

    def get(self, container: str, name: str) -> Blob | None:
        """A file, if it is there."""
        return self._containers.get(container, {}).get(name)

    def put(self, container: str, name: str, data: bytes, now: datetime) -> Blob:
        """Store a file."""
        blob = Blob(data, now)
        self._containers.setdefault(container, {})[name] = blob
        return blob

    def discard(self, container: str, name: str) -> None:
        """Forget a file, if it is there."""
        self._containers.get(container, {}).pop(name, None)

    def remove(self, container: str) -> None:
        """Forget a container and all in it."""
        self._containers.pop(container, None)

    def sign(self, container: str, name: str, rights: str, now: datetime, seconds: float) -> str:
        """The path and query of a link with these rights (`r` or `rw`) from now on."""
        query = {
            "sv": VERSION,
            "sr": "b",
            "st": _stamp(now - SKEW),
            "se": _stamp(now + timedelta(seconds=seconds)),
            "sp": rights,
        }
        path = f"/{ACCOUNT}/{quote(container)}/{quote(name)}"
        return f"{path}?{urlencode({**query, 'sig': self._signature(path, query)})}"

    def permits(self, path: str, query: dict[str, str], right: str, now: datetime) -> bool:
        """Whether the query of a link opens the path for one right (`r` or `w`) now."""
        signed = {key: query.get(key, "") for key in ("sv", "sr", "st", "se", "sp")}
        expected = self._signature(path, signed).encode()
        genuine = hmac.compare_digest(expected, query.get("sig", "").encode(errors="replace"))
        return genuine and right in signed["sp"] and signed["st"] <= _stamp(now) <= signed["se"]

    def _signature(self, path: str, query: dict[str, str]) -> str:
        text = "\n".join([path, *(query[key] for key in ("sv", "sr", "st", "se", "sp"))])
        return hmac.new(self._secret, text.encode(errors="replace"), hashlib.sha256).hexdigest()


def _stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
