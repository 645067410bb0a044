"""The parts all answers are made of: dates, links, applications."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from conformance.mock.call import Answer, Call
from conformance.mock.entities import Application
from conformance.mock.liberties import liberty
from conformance.mock.sas import ACCOUNT

WHOLE_SECONDS = liberty.switch("whole-second-dates")
MILLISECONDS = liberty.switch("millisecond-dates")


def date(call: Call, when: datetime | None) -> str | None:
    """A moment as the service writes it."""
    if when is None:
        return None
    if call.bent(WHOLE_SECONDS):
        return when.strftime("%Y-%m-%dT%H:%M:%SZ")
    if call.bent(MILLISECONDS):
        return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z"
    return when.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def url(call: Call, *segments: object) -> str:
    """The address of something below the base path."""
    return "/".join([call.request.origin + call.service.contract.base_path, *map(str, segments)])


def link(call: Call, *segments: object) -> dict[str, str]:
    """A link to something below the base path."""
    return {"href": url(call, *segments)}


def storage_link(call: Call, container: str, name: str, rights: str) -> dict[str, str]:
    """A fresh signed link to a file; rights are `r` or `rw`."""
    path = quote(f"/{ACCOUNT}/{container}/{name}")
    return {
        "href": f"{call.request.origin}{path}?{signed(call, container, name, rights)}",
        "storageType": "azure",
    }


def signed(call: Call, container: str, name: str, rights: str) -> str:
    """The signature that opens a file, or with no name every file of a container."""
    return call.store.blobs.signer.sign(container, name, rights, call.now, call.settings.link_seconds)


def application(value: Application | None) -> dict[str, Any] | None:
    """The program that did something."""
    return {"id": value.id, "name": value.name} if value else None


def ok(name: str, entity: dict[str, Any], status: int = 200) -> Answer:
    """An answer that holds one entity under its name."""
    return Answer(status, {name: entity})
