"""Redaction: no token, key or signature gets into anything the run writes."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from conformance.exchange import Exchange

MASK = "[redacted]"
KEY = "shareKey"
SHORTEST = 6
"""Characters of a secret that is worth masking; masking a shorter one would only mangle texts."""

_WORDS = "access_token|refresh_token|id_token|client_secret|client_assertion|api[_-]?key|password"
_SIGNATURE = re.compile(
    rf"""((?:^|[?&;\"]|\\u0026)(?:sig|X-Goog-Signature|Signature|{_WORDS})=)[^&\\"'\s]+""", re.IGNORECASE
)
_MEMBER = re.compile(
    rf'("(?:sas|sasToken|shareKey|authorization|{_WORDS})"\s*:\s*")(?:[^"\\]|\\.)*"', re.IGNORECASE
)
_BEARER = re.compile(r"\b((?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a character, which JSON can spell and no file can hold."""
SECRET_HEADERS = frozenset(
    (
        *("authorization", "proxy-authorization", "cookie", "set-cookie", "api-key", "x-api-key"),
        *("x-auth-token", "x-functions-key", "x-amz-security-token", "ocp-apim-subscription-key"),
    )
)


class Redaction:
    """Masks the given secrets wherever they stand, and everything that looks like a signature or key."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: list[str] = []
        self._tokens = frozenset(secrets)
        self._add(self._tokens)

    def learn(self, exchange: Exchange) -> None:
        """Mask from now on, wherever they stand, the keys that an answer hands out."""
        if KEY.encode() in exchange.answer.body:
            self._add(_keys(exchange.json))

    def token(self, text: str) -> None:
        """Mask a token of the run from now on, and know it for one."""
        self._tokens |= {text}
        self._add([text])

    def credentials(self, headers: Mapping[str, str]) -> str:
        """What a request was sent with: a token of the run's `own`, `none`, or any `other` word."""
        sent = headers.get("authorization")
        if sent is None:
            return "none"
        return "own" if sent.removeprefix("Bearer ") in self._tokens and sent not in self._tokens else "other"

    def _add(self, secrets: Iterable[str]) -> None:
        known = [secret for secret in secrets if len(secret) >= SHORTEST]
        forms = {form for secret in known for form in (secret, urllib.parse.quote(secret, safe=""))}
        self._secrets = sorted(forms.union(self._secrets), key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return the text with every secret masked, fit to be written to a file."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        text = _SIGNATURE.sub(rf"\1{MASK}", text)
        text = _MEMBER.sub(rf'\1{MASK}"', text)
        text = _BEARER.sub(rf"\1{MASK}", text)
        return text if text.isascii() else _HALF.sub("\ufffd", text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers with the secret ones masked."""
        return {
            name: MASK if name.lower() in SECRET_HEADERS else self.text(value)
            for name, value in headers.items()
        }

    def body(self, body: bytes, limit: int = 65536) -> str:
        """Return a body as text, masked; bytes that are no text are only counted; `limit` in characters."""
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return f"<{len(body)} bytes>"
        if "\0" in text:
            return f"<{len(body)} bytes>"
        text = self.text(text)
        return text if len(text) <= limit else f"{text[:limit]}… <{len(text)} characters>"


def _keys(body: Any) -> Iterator[str]:
    waiting = [body]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            waiting += here.values()
            key = here.get(KEY)
            if isinstance(key, str):
                yield key
        elif isinstance(here, list):
            waiting += here
