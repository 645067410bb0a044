"""Pictures: a plain one where none was uploaded, and uploaded ones brought to the sizes of a thumbnail."""

from __future__ import annotations

import struct
import warnings
import zlib
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SIZES = {"small": (400, 250), "large": (800, 500)}
FORMATS = ("PNG", "JPEG")
PIXELS = 50_000_000
"""More are no preview: a few bytes could unfold to any number of them."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR = b"\x2a\x6f\xb0"


class NoPicture(ValueError):
    """Bytes that are neither a PNG nor a JPEG."""


@cache
def plain(width: int, height: int) -> bytes:
    """A picture of one colour."""
    rows = (b"\x00" + COLOUR * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rendered(data: bytes) -> dict[str, bytes]:
    """An uploaded picture as PNG in each size, cut at the edges where its sides are in another proportion."""
    # Imported here: a mock that gets no pictures starts without it.
    from PIL import Image as images
    from PIL import ImageOps

    try:
        with warnings.catch_warnings(), images.open(BytesIO(data), formats=FORMATS) as found:
            warnings.simplefilter("ignore")
            if found.width * found.height > PIXELS:
                raise NoPicture("too many pixels")
            found.draft("RGB", SIZES["large"])
            whole = ImageOps.exif_transpose(found).convert("RGBA" if found.has_transparency_data else "RGB")
    except Exception as error:  # a damaged file can end its decoding in any way
        raise NoPicture(str(error)) from error
    return {name: _png(ImageOps.fit(whole, size)) for name, size in SIZES.items()}


def _png(picture: Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()
