"""The check that no answer gives away what only the service or the caller may know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from conformance.checks import check
from conformance.checks.reading import deviation, of_api
from conformance.exchange import NOT_JSON, Deviation, Exchange, Request

LARGEST = 65536
SHORTEST_TOKEN = 12
PATTERNS = {
    "a stack trace of Python": re.compile(
        r'Traceback \(most recent call last\)|File "[^"\n]{1,300}", line \d+'
    ),
    "a stack trace of .NET": re.compile(
        r"^\s{1,8}at [\w`<>+]{1,200}(?:\.[\w`<>+\[\],]{1,200})+\(|\) in \S{1,300}:line \d+", re.MULTILINE
    ),
    "a stack trace of Java": re.compile(
        r"\bat [\w$.<>/]{1,300}\((?:\w{1,200}\.(?:java|kt|scala):\d+|Native Method)\)"
    ),
    "a stack trace of Node.js": re.compile(
        r"\bat (?:[^\n()]{1,200} \()?(?:file:|node:|/|[A-Za-z]:\\)[^\s()]{1,300}:\d+:\d+"
    ),
    "a stack trace of Go": re.compile(r"\bgoroutine \d+ \[|\w\.go:\d+"),
    "a path of the service": re.compile(
        r"/(?:app|home|opt|root|src|srv|tmp|usr|var)/[\w.@+/-]{1,300}\.(?:cs|dll|go|jar|java|js|mjs|php|py|rb|ts)\b"
        r"|\b[A-Za-z]:\\[^\\/:*?\"<>|\s]{1,200}\\[^\s\"<>|]{1,300}"
    ),
    "a storage signature": re.compile(r"[?&;](?:sig|X-Goog-Signature)=[^&\s\"']{8,}", re.IGNORECASE),
}


@check("answers/no-leak", when=of_api)
def no_leak(exchange: Exchange) -> Deviation | None:
    """No answer repeats the token, and no refusal shows the inside of the service."""
    if _repeats_token(exchange):
        return deviation("the token", "nothing secret", "the token of the request in the answer")
    if exchange.status < 400:
        return None
    seen, given = _answer_text(exchange), _request_text(exchange.request)
    for what, pattern in PATTERNS.items():
        for match in pattern.finditer(seen):
            if match[0].strip() not in given:
                return deviation(what, "nothing from inside the service", match[0])
    return None


def _repeats_token(exchange: Exchange) -> bool:
    token = exchange.request.headers.get("authorization", "").rpartition(" ")[2]
    if len(token) < SHORTEST_TOKEN:
        return False
    in_headers = any(token in value for value in exchange.answer.headers.values())
    return in_headers or token.encode("utf-8", "replace") in exchange.answer.body


def _answer_text(exchange: Exchange) -> str:
    return "\n".join([_text(exchange.answer.body, exchange.json), *exchange.answer.headers.values()])


def _request_text(request: Request) -> str:
    # A refusal may repeat what it was sent, however odd that looks.
    raw = request.body.decode("utf-8", "replace")
    parsed, address = _text(request.body, request.json), unquote(request.url)
    return "\n".join([raw, parsed, address, *request.headers.values()])


def _text(body: bytes, parsed: Any) -> str:
    text = body.decode("utf-8", "replace") if parsed is NOT_JSON else "\n".join(_strings(parsed))
    return text[:LARGEST]


def _strings(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            yield here
        elif isinstance(here, dict):
            waiting += [*here.keys(), *here.values()]
        elif isinstance(here, list):
            waiting += here
