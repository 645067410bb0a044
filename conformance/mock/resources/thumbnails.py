"""Thumbnails: a picture of each iModel."""

from __future__ import annotations

import struct
import zlib
from functools import cache

from conformance.mock.call import Answer, Call
from conformance.mock.faults import fault
from conformance.mock.handlers import handler
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem

NO_PNG = fault.switch("thumbnails/is-png")
OTHER_SIZE = fault.switch("thumbnails/default-image-size")
NONE_BY_DEFAULT = liberty.switch("default-thumbnail-404")

SIZES = {"small": (400, 250), "large": (800, 500)}
COLOUR = b"\x2a\x6f\xb0"


@cache
def png(width: int, height: int) -> bytes:
    """A plain picture."""
    rows = (b"\x00" + COLOUR * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@handler("get-imodel-thumbnail")
async def get_thumbnail(call: Call) -> Answer:
    """Show the picture of an iModel."""
    if call.bent(NONE_BY_DEFAULT):
        raise Problem("FileNotFound")
    width, height = SIZES[call.query.get("size", "small")]
    shrunk = 2 if call.bent(OTHER_SIZE) else 1
    content = b"GIF89a" if call.bent(NO_PNG) else png(width // shrunk, height // shrunk)
    return Answer(200, content=content, media_type="image/png")
