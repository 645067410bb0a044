"""Creations that were refused: what one of them asked for is not there later.

Only what nobody else can have made tells anything. So a text counts that a refused creation sent and that no
write ever sent that may have worked; in an iTwin, where others write, only with the mark of the run in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from conformance.checks import Judgement
from conformance.checks.reading import Entity, deviation, of_api
from conformance.exchange import Exchange, Request
from conformance.relations.comparison import Comparison
from conformance.relations.kinds import MAKERS, REFUSED, Kind
from conformance.silence import silent

MEMBER = dict(MAKERS.values())
SHORTEST = 8
"""Letters of a text that no service gives by itself."""
TIMED_OUT = 408
"""A refusal that says nothing of what was done."""
QUOTED = re.compile(r'"([^"\\]{8,})"')

Key = tuple[str, str, str]
"""iModel (`""` for one itself), kind, text."""


class Creations:
    """The creations that a run was refused, and the texts it sent with writes that may have worked."""

    def __init__(self, mark: str = "") -> None:
        self._mark = mark.casefold()
        self._refused: dict[Key, Exchange] = {}
        self._sent: set[str] = set()

    def take(self, exchange: Exchange) -> None:
        """Remember a write: as a creation that was refused, or as something that may have made anything."""
        if exchange.request.method == "GET" or not of_api(exchange):
            return
        if exchange.raced or not 400 <= exchange.status < 500 or exchange.status == TIMED_OUT:
            self.doubt(exchange.request, exchange.path)
        elif (key := self._key(exchange)) and _plain(key[2]) not in self._sent and not _says_so(exchange):
            self._refused.setdefault(key, exchange)

    def doubt(self, request: Request, path: Mapping[str, str]) -> None:
        """Somebody else than a refused creation may have brought forth what this request speaks of."""
        words = {_plain(word) for word in (*_texts(request), *path.values())}
        self._sent |= words
        self._refused = {key: kept for key, kept in self._refused.items() if _plain(key[2]) not in words}

    def clear(self) -> None:
        """Forget everything."""
        self._refused.clear()
        self._sent.clear()

    def compared(
        self, kind: Kind, exchange: Exchange, entities: Collection[Entity], whole: bool
    ) -> Iterator[Comparison]:
        """What an answer shows of what was refused, and, where it shows all, what is not there."""
        shown = {text: entity for entity in entities if (text := _text(kind, entity))}
        tells = whole and all(_shows(kind, entity) for entity in entities)
        for key, before in self._refused.items():
            if key[:2] != (kind.holder(exchange), kind.name) or silent(
                exchange.contract, REFUSED, before.name
            ):
                continue
            if key[2] in shown:
                expected = f"nothing with {MEMBER[kind.name]} {key[2]}, which was refused"
                seen = deviation("made though it was refused", expected, shown[key[2]])
                yield Comparison(Judgement(REFUSED, seen), before.name, before)
            elif tells or exchange.request.query.get("name") == key[2]:
                yield Comparison(Judgement(REFUSED, None), before.name, before)

    def _key(self, exchange: Exchange) -> Key | None:
        kind, member = MAKERS.get(exchange.name, ("", ""))
        body = exchange.request.json
        text = body.get(member) if kind and isinstance(body, dict) else None
        if not isinstance(text, str) or len(text.strip()) < SHORTEST:
            return None
        if kind != "iModel":
            return exchange.path.get("id", "").casefold(), kind, text.strip()
        ours = self._mark and self._mark in text.casefold()
        return ("", kind, text.strip()) if ours else None


def _says_so(exchange: Exchange) -> bool:
    """Whether the refusal is that there is such a thing: then it may well be there."""
    code = str((exchange.error or {}).get("code", ""))
    return exchange.status == 409 and (not code or code.endswith("Exists"))


def _shows(kind: Kind, entity: Entity) -> bool:
    """Whether an entity says what it is told by: the minimal one may not."""
    member = MEMBER[kind.name]
    return member in entity or (member == "name" and "displayName" in entity)


def _text(kind: Kind, entity: Entity) -> str:
    member = MEMBER[kind.name]
    text = entity.get(member, entity.get("displayName") if member == "name" else None)
    return text.strip() if isinstance(text, str) else ""


def _texts(request: Request) -> Iterator[str]:
    """The texts of a body, as well as can be told where it is no JSON."""
    body: Any = request.json
    if isinstance(body, dict):
        yield from (value for value in body.values() if isinstance(value, str))
    elif request.is_text:
        yield from QUOTED.findall(request.text)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
