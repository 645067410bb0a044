"""Fresh ids for recorded ones: what was named by answers then is named by answers now."""

from __future__ import annotations

import json
import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange import NOT_JSON, Exchange
from conformance.replay.slices import Recorded, Untold, imodel, parsed
from conformance.target import GUID
from conformance.transport.journal import Journal
from conformance.transport.provenance import GIVEN, IDS, MADE_UP, strings

_BYTES = re.compile(r"<(\d+) bytes>")
_BRIEFCASE = re.compile(r"(/briefcases/)(\d+)(?=[/?]|$)")
_NOT_HEX = re.compile(r"[^0-9a-f]")


@dataclass
class Renaming:
    """Old text → new text: the base URL, the run's id in names, iTwins, and every id as it becomes known.

    `briefcases` has by old iModel and number the number now, which is no id that one could find in a text.
    """

    texts: dict[str, str]
    journal: Journal
    ids: dict[str, str] = field(default_factory=dict)
    briefcases: dict[tuple[str, str], str] = field(default_factory=dict)

    def prepare(self, each: Recorded) -> None:
        """Name what the recorded request made up; raises Untold for an id that no answer has named."""
        segment = str(each["path"].get("id", ""))
        for old, origin in each["provenance"].items():
            key = old.lower()
            if key in self.ids or origin == GIVEN:
                continue
            if origin != MADE_UP:
                raise Untold(f"no answer names what #{each['number']} was about ({origin})")
            self.ids[key] = self._invented(old, path=key == segment.lower())
        self._allow(segment)

    def _invented(self, old: str, *, path: bool) -> str:
        if len(old) == 40:
            return secrets.token_hex(20)
        return self.journal.invent() if path else str(uuid.uuid4())

    def _allow(self, segment: str) -> None:
        """Let a malformed id of an iModel pass the guard; what could be one in another form never may."""
        if segment and not GUID.match(segment) and len(_NOT_HEX.sub("", segment.lower())) != 32:
            self.journal.remember(segment)

    def text(self, text: str) -> str:
        """The text with everything in it renamed."""
        for old, new in self.texts.items():
            text = text.replace(old, new)
        return IDS.sub(lambda found: self._id(found[0]), text)

    def _id(self, old: str) -> str:
        new = self.ids.get(old.lower(), old)
        return new.upper() if old != old.lower() and old == old.upper() else new

    def url(self, each: Recorded) -> str:
        """The address of the recorded request."""
        about = imodel(each)
        numbered = _BRIEFCASE.sub(
            lambda found: found[1] + self.briefcases.get((about, found[2]), found[2]), each["request"]["url"]
        )
        return self.text(numbered)

    def body(self, each: Recorded) -> bytes:
        """The body of the recorded request; other bytes, as many, where it was no text."""
        body = str(each["request"]["body"])
        if counted := _BYTES.fullmatch(body):
            return secrets.token_bytes(int(counted[1]))
        return self.text(self._numbered(body, imodel(each))).encode()

    def _numbered(self, body: str, about: str) -> str:
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return body
        number = str(data.get("briefcaseId", "")) if isinstance(data, dict) else ""
        new = self.briefcases.get((about, number), number)
        return body if new == number else json.dumps(data | {"briefcaseId": int(new)})

    def path(self, each: Recorded) -> dict[str, str]:
        """The path parameters of the recorded request."""
        path: Mapping[str, str] = each["path"]
        number = path.get("briefcaseId", "")
        known = self.briefcases.get((imodel(each), number), number)
        return {name: known if name == "briefcaseId" else self.text(value) for name, value in path.items()}

    def learn(self, each: Recorded, now: Exchange) -> None:
        """Read from an answer what the recorded one named."""
        fresh = dict(strings(now.json, "")) if now.json is not NOT_JSON else {}
        for pointer, value in strings(parsed(each), ""):
            self._pair(value, fresh.get(pointer, ""))
        self._pair(each["answer"]["headers"].get("location", ""), now.answer.headers.get("location", ""))
        if each["operation"] == "acquire-imodel-briefcase":
            self._number(each, now.json)

    def _pair(self, old: str, new: str) -> None:
        for before, after in zip(IDS.findall(old), IDS.findall(new), strict=False):
            self.ids.setdefault(before.lower(), after.lower())

    def _number(self, each: Recorded, now: Any) -> None:
        old, new = _briefcase(parsed(each)), _briefcase(now)
        if old and new:
            self.briefcases[imodel(each), old] = new


def _briefcase(answer: Any) -> str:
    told = answer.get("briefcase") if isinstance(answer, dict) else None
    return str(told.get("briefcaseId", "")) if isinstance(told, dict) else ""
