"""A request as a curl line that holds no secret: the token stands there as an environment variable."""

from __future__ import annotations

import shlex
from urllib.parse import quote

from conformance.credentials import Tokens
from conformance.exchange import Exchange
from conformance.target import IDENTITIES
from conformance.transport.redaction import Redaction

LONGEST_BODY = 4096


def curl(exchange: Exchange, redaction: Redaction, tokens: Tokens) -> str:
    """Return the command that sends the request of an exchange again."""
    request = exchange.request
    parts = ["curl", "-sS", "-i", "-X", shlex.quote(request.method)]
    if any(sign in request.url for sign in "[]{}"):
        parts.append("-g")
    parts.append(shlex.quote(redaction.text(request.url)))
    variable = IDENTITIES.get(exchange.identity, IDENTITIES["main"])
    used = tokens.used(exchange.identity)
    for name, value in request.headers.items():
        parts += ["-H", _header(f"{name.title()}: {value}", used, variable, redaction)]
    if request.body:
        if "content-type" not in request.headers:
            parts += ["-H", "Content-Type:"]
        parts.append(_body(request.body, redaction))
    return " ".join(parts)


def _header(text: str, used: tuple[str, ...], variable: str, redaction: Redaction) -> str:
    for form in (form for token in used for form in (token, quote(token, safe=""))):
        if form and form in text:
            before, after = (_inside(redaction.text(part)) for part in text.split(form, 1))
            return f'"{before}${{{variable}}}{after}"' if after else f'"{before}${variable}"'
    return shlex.quote(redaction.text(text))


def _inside(text: str) -> str:
    """The text as it may stand between double quotes in a shell."""
    return "".join(f"\\{sign}" if sign in '\\"$`' else sign for sign in text)


def _body(body: bytes, redaction: Redaction) -> str:
    text = redaction.body(body, LONGEST_BODY)
    counted = text.startswith("<") and text.endswith(" bytes>")
    if counted or len(text) > LONGEST_BODY:
        return f"--data-binary @FILE  # FILE: {len(body)} bytes"
    return f"--data-raw {shlex.quote(text)}"
