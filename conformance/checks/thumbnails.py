"""Checks of thumbnails."""

from __future__ import annotations

from conformance.checks import check
from conformance.checks.reading import deviation, media_type, succeeded
from conformance.exchange import Deviation, Exchange
from conformance.pictures import PNG, size_of


def _is_image(exchange: Exchange) -> bool:
    # Another media type is a finding of its own row.
    return succeeded(exchange) and media_type(exchange.answer.headers) == PNG


@check("thumbnails/is-png", when=_is_image)
def is_png(exchange: Exchange) -> Deviation | None:
    """The body is a PNG image."""
    if size_of(exchange.answer.body):
        return None
    return deviation("no PNG", "a PNG image", f"{len(exchange.answer.body)} bytes that are none")


@check("thumbnails/no-body", when=succeeded)
def no_body(exchange: Exchange) -> Deviation | None:
    """Nothing is answered to an upload but its status."""
    size = len(exchange.answer.body)
    return deviation("a body", "no body", f"{size} bytes") if size else None
