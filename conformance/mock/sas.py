"""Shared access signatures: what makes a link open one file, or one container, for a while."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

ACCOUNT = "imodelstorage"
VERSION = "2024-05-04"
SKEW = timedelta(seconds=60)
SIGNED = ("sv", "sr", "st", "se", "sp")
FILE, CONTAINER = "b", "c"


@dataclass(frozen=True)
class Signer:
    """Signs links with a secret, and says whether a link was signed so."""

    secret: bytes = field(repr=False)

    def sign(self, container: str, name: str, rights: str, now: datetime, seconds: float) -> str:
        """The query of a link with these rights (`r` or `rw`) from now on; no name opens all files."""
        query = {
            "sv": VERSION,
            "sr": FILE if name else CONTAINER,
            "st": stamp(now - SKEW),
            "se": stamp(now + timedelta(seconds=seconds)),
            "sp": rights,
        }
        return urlencode({**query, "sig": self._signature(container, name, query)})

    def genuine(self, container: str, name: str, query: Mapping[str, str]) -> bool:
        """Whether the query was signed for this file, or for the container it lies in."""
        signed = {key: query.get(key, "") for key in SIGNED}
        expected = self._signature(container, "" if signed["sr"] == CONTAINER else name, signed)
        return hmac.compare_digest(expected.encode(), query.get("sig", "").encode(errors="replace"))

    def _signature(self, container: str, name: str, query: Mapping[str, str]) -> str:
        text = "\n".join([f"/blob/{ACCOUNT}/{container}/{name}", *(query[key] for key in SIGNED)])
        digest = hmac.new(self.secret, text.encode(errors="replace"), hashlib.sha256).digest()
        return base64.b64encode(digest).decode()


def timely(query: Mapping[str, str], now: datetime) -> bool:
    """Whether a signed query is valid at this moment."""
    return query.get("st", "") <= stamp(now) <= query.get("se", "")


def stamp(when: datetime) -> str:
    """A moment as it stands in a link: fine enough that no two links are the same."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
