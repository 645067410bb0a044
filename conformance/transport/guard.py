"""The guard: refuses, before anything leaves the machine, what a run must not touch."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from conformance.exchange import Answer, Request
from conformance.story import Undecided
from conformance.target import Target
from conformance.transport.journal import Journal

READS = {"GET", "HEAD", "OPTIONS"}
OWN_LISTS = {"favorites", "recents"}
"""First segments behind which the id of an iModel follows."""
NOT_HEX = re.compile(r"[^0-9a-f]")
SIGNATURE = re.compile(r"(?<=[?&]sig=)[^&#]*|(?<=[?&]X-Goog-Signature=)[^&#]*")
GUIDS = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")


METHOD = re.compile(r"[A-Z]{3,10}", re.IGNORECASE)
VISIBLE = re.compile(r"[\x21-\x7e]+")
REDIRECTING = re.compile(
    r"host|forwarded|x-forwarded-.+|x-(http-)?method(-override)?|x-original-.+|x-rewrite-.+"
)
"""Headers by which a gateway may take a request for another one."""


class Refused(Exception):
    """The guard refused a request; nothing was sent."""


class OnlyReads(Refused, Undecided):
    """Nothing was sent, since the run may only read."""


class Guard:
    """Lets through reads under the base URL, writes to what the journal holds, storage links handed out."""

    def __init__(self, target: Target, journal: Journal) -> None:
        self._target = target
        self._base = urlsplit(target.base_url)
        self._dedicated = target.dedicated
        self._itwins = {itwin.lower() for itwin in target.itwins}
        self._journal = journal
        self._storage: dict[str, bool] = {}
        self._foreign: set[str] = set()

    def check(self, request: Request, scope: str = "") -> None:
        """Raise Refused unless this request may leave; `scope` narrows writes to one part of the run."""
        reads = request.method.upper() in READS
        self._check_form(request)
        if self._target.read_only and not reads:
            raise OnlyReads("--read-only: only GETs go out")
        own = self._storage.get(_unsigned(request.url))
        if own is not None:
            if not reads and not own:
                raise Refused(
                    f"{request.method} would write to a file of an iModel that this run did not make"
                )
            return
        segments = self._segments(request.url)
        if reads:
            return
        if segments[:1] == ["recents"] and request.method.upper() == "POST" and not self._dedicated:
            raise Refused("an iModel noted as used would push out another that the user has used")
        if segments and segments[0] in OWN_LISTS:
            segments = segments[1:] or segments
        if not segments:
            self._check_itwin(request)
        elif not self._journal.holds(segments[0], scope):
            raise Refused(f"{request.method} would write to an iModel that this run did not make")
        elif segments[1:2] in (["clone"], ["fork"]) or "itwinid" in request.text.casefold():
            self._check_itwin(request)

    def learn(self, request: Request, answer: Answer) -> None:
        """Remember the storage links of an answer: they are the only addresses outside the base URL.

        Those of an iModel that the run made may be written to as well.
        """
        if _unsigned(request.url) in self._storage:
            # What a file says is no word of the target.
            return
        self._foreign.update(self._others(answer.json))
        links = [link for link in _storage_links(answer.json) if self._is_storage(link)]
        own = bool(links) and 200 <= answer.status < 300 and self._about_own(request)
        for link in map(_unsigned, links):
            self._storage[link] = own or self._storage.get(link, False)

    def is_foreign(self, imodel: str) -> bool:
        """Whether an iModel was there before the run made anything of its id."""
        return imodel.lower() in self._foreign

    def _others(self, body: Any) -> Iterator[str]:
        """The ids in a list of iModels that this run has not made and that do not bear its name."""
        items = body.get("iModels") if isinstance(body, dict) else None
        for item in items if isinstance(items, list) else ():
            known = item if isinstance(item, dict) else {}
            id_, name = str(known.get("id", "")).lower(), str(known.get("displayName", known.get("name", "")))
            if (
                id_
                and not self._journal.holds(id_)
                and not (self._journal.run and name.startswith(self._journal.run))
            ):
                yield id_

    def _check_form(self, request: Request) -> None:
        """Refuse what somebody on the way could read in another way than we do."""
        if not METHOD.fullmatch(request.method) or not VISIBLE.fullmatch(request.url):
            raise Refused("the method or the address is of an odd form")
        try:
            urlsplit(request.url)
        except ValueError as error:
            raise Refused("the address is none") from error
        odd = [name for name in request.headers if REDIRECTING.fullmatch(name.strip().lower())]
        if odd:
            raise Refused(f"the header {odd[0]} could make another request of this one")

    def _is_storage(self, link: str) -> bool:
        """Whether a link may be storage: outside the API, and no less safe than the target."""
        try:
            parts = urlsplit(link)
            safe = parts.scheme in {"https", self._base.scheme} and parts.hostname and not parts.username
        except ValueError:
            return False
        return bool(safe) and VISIBLE.fullmatch(link) is not None and not self._in_api(link)

    def _about_own(self, request: Request) -> bool:
        """Whether a request made an iModel, or was about one that this run made."""
        segments = self._segments(request.url)
        made = not segments and request.method == "POST"
        return made or any(map(self._journal.holds, segments[:1]))

    def _in_api(self, link: str) -> bool:
        """Whether a link that claims to be storage leads into the API itself."""
        path, base = unquote(urlsplit(link).path).casefold(), self._base.path.casefold()
        return path == base or path.startswith((base + "/", base + "\\"))

    def _segments(self, url: str) -> list[str]:
        parts = urlsplit(url)
        if (parts.scheme, parts.netloc) != (self._base.scheme, self._base.netloc):
            raise Refused(
                f"{parts.scheme}://{parts.hostname} is neither the target nor a storage link it gave"
            )
        path = parts.path
        if not (path == self._base.path or path.startswith(self._base.path + "/")):
            raise Refused("the path lies outside the target's base path")
        segments = path[len(self._base.path) :].split("/")[1:]
        if segments and not segments[-1]:
            segments.pop()
        if any(not _plain(segment) for segment in segments):
            raise Refused("the path is ambiguous: empty, dotted or doubly encoded segments")
        return [unquote(segment) for segment in segments]

    def _check_itwin(self, request: Request) -> None:
        try:
            named = [value for value in _itwins(request.body) if isinstance(value, str)]
        except (ValueError, RecursionError):
            named = GUIDS.findall(request.text)
        for value in named:
            digits = NOT_HEX.sub("", value.lower())
            guid = str(uuid.UUID(digits)) if len(digits) == 32 else ""
            if guid and guid not in self._itwins and not self._journal.holds(guid):
                raise Refused("the request would make an iModel in an iTwin that the run was not given")


def _unsigned(link: str) -> str:
    """A link without the value of its signature: a run also sends links whose signature is wrong."""
    return SIGNATURE.sub("", link)


def _plain(segment: str) -> bool:
    text = unquote(segment)
    return bool(text) and text not in {".", ".."} and not any(sign in text for sign in "/\\%;\0?#")


def _itwins(body: bytes) -> Iterator[Any]:
    """Every value of a top-level member spelled iTwinId in any case, repeated ones included."""
    pairs: list[tuple[str, Any]] = json.loads(body, object_pairs_hook=list) if body else []
    for pair in pairs if isinstance(pairs, list) else []:
        if isinstance(pair, tuple) and pair[0].casefold() == "itwinid":
            yield pair[1]


def _storage_links(body: Any) -> Iterator[str]:
    if isinstance(body, dict):
        if "storageType" in body and isinstance(body.get("href"), str):
            yield body["href"]
        for value in body.values():
            yield from _storage_links(value)
    elif isinstance(body, list):
        for value in body:
            yield from _storage_links(value)
