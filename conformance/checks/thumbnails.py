"""Checks of thumbnails."""

from __future__ import annotations

import struct

from conformance.checks import check
from conformance.checks.reading import deviation, media_type, succeeded
from conformance.exchange import Deviation, Exchange

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER = struct.Struct(">4x4sII")
SIZES = {"small": (400, 250), "large": (800, 500)}


def _size(exchange: Exchange) -> tuple[int, int] | None:
    """Width and height from the header of a PNG image, None for any other body."""
    body = exchange.answer.body
    if not body.startswith(SIGNATURE) or len(body) < len(SIGNATURE) + HEADER.size:
        return None
    kind, width, height = HEADER.unpack_from(body, len(SIGNATURE))
    return (width, height) if kind == b"IHDR" else None


def _is_image(exchange: Exchange) -> bool:
    # Another media type is a finding of its own row.
    return succeeded(exchange) and media_type(exchange.answer.headers) == "image/png"


@check("thumbnails/is-png", when=_is_image)
def is_png(exchange: Exchange) -> Deviation | None:
    """The body is a PNG image."""
    if _size(exchange):
        return None
    return deviation("no PNG", "a PNG image", f"{len(exchange.answer.body)} bytes that are none")


def _asked(exchange: Exchange) -> tuple[int, int] | None:
    return SIZES.get(exchange.request.query.get("size", "small"))


def _is_sized(exchange: Exchange) -> bool:
    return succeeded(exchange) and _asked(exchange) is not None and _size(exchange) is not None


@check("thumbnails/default-image-size", when=_is_sized)
def default_image_size(exchange: Exchange) -> Deviation | None:
    """The image is as large as the size that was asked for."""
    wanted, seen = _asked(exchange) or (0, 0), _size(exchange) or (0, 0)
    return None if seen == wanted else deviation("another size", _pixels(*wanted), _pixels(*seen))


def _pixels(width: int, height: int) -> str:
    return f"{width} x {height}"
