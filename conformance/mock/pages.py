"""What a mock shows beside the API: a start page and its contract."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from conformance.contract import own_document
from conformance.mock.call import Answer, Request
from conformance.mock.problems import Problem

if TYPE_CHECKING:
    from conformance.mock.service import Service

START, CONTRACT = "/", "/openapi.yaml"
PATHS = frozenset({START, CONTRACT})
SERVER = b"https://api.bentley.com/imodels"
ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+/[a-z]+")
PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>iModels mock</title>
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
td, th {{ text-align: left; padding-right: 1.5rem; vertical-align: top }}</style>
<h1>iModels mock</h1>
<p>A local service that behaves like the iTwin iModels API v2. It keeps what it is given in memory.</p>
<table>
<tr><th>Base URL<td><code>{base}</code>
<tr><th>Contract<td><a href="/openapi.yaml">/openapi.yaml</a>
<tr><th>iTwins<td>{itwins}
<tr><th>Tokens<td>{tokens}
</table>
<h2>{count} operations</h2>
<table>
{rows}
</table>
</html>
"""


def answer(service: Service, request: Request) -> Answer:
    """A page, for whoever reads."""
    if request.method not in {"GET", "HEAD"}:
        problem = Problem("MethodNotAllowed")
        return Answer(problem.status, problem.render(None), {"Allow": "GET, HEAD"})
    if request.path == CONTRACT:
        text, base = _contract(), request.origin + service.contract.base_path
        if ADDRESS.fullmatch(base):
            text = text.replace(SERVER, base.encode(), 1)
        return Answer(200, content=text, media_type="application/yaml")
    return Answer(200, content=_page(service, request), media_type="text/html; charset=utf-8")


@cache
def _contract() -> bytes:
    return own_document().read_bytes()


def _page(service: Service, request: Request) -> bytes:
    operations = service.contract.operations.values()
    codes = (f"<code>{escape(text)}</code>" for text in service.store.itwins)
    tokens = (f"<code>{escape(text)}</code>" for text in service.store.tokens)
    rows = (f"<tr><td>{o.method}<td><code>{escape(o.path)}</code><td>{escape(o.summary)}" for o in operations)
    text = PAGE.format(
        base=escape(request.origin + service.contract.base_path),
        itwins="<br>".join(codes),
        tokens="<br>".join(tokens),
        count=len(operations),
        rows="\n".join(rows),
    )
    return text.encode(errors="replace")
