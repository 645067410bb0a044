"""Pictures: made to be uploaded, and read from answers."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from io import BytesIO

from PIL import Image

PNG, JPEG = "image/png", "image/jpeg"
SMALL, LARGE = (400, 250), (800, 500)
SIDES = (1, 900)
"""The shortest and the longest side of a picture that tests make."""
LIMIT = 5_242_880
"""The bytes that a thumbnail may have."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
METHODS = b"\0\0"
"""How a PNG is compressed and filtered: there is one way for each."""
END = 12
"""The bytes that the last chunk of a PNG takes, and those of any chunk besides its data."""
DISTANCE = 40
"""How far a colour may shift on its way through a lossy format or another size."""

Colour = tuple[int, ...]
RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 40), (30, 40, 220), (250, 250, 250)


@cache
def picture(media_type: str = PNG, size: tuple[int, int] = LARGE, *colours: Colour) -> bytes:
    """A picture: its quarters in the four colours, or all of it in one."""
    given = colours or (BLUE,)
    four = given if len(given) == len(CORNERS) else given[:1] * len(CORNERS)
    image = Image.new("RGB", size)
    for (across, down), colour in zip(CORNERS, four, strict=True):
        left, top = across * size[0] // 2, down * size[1] // 2
        image.paste(colour, (left, top, left + size[0] // 2 + 1, top + size[1] // 2 + 1))
    stream = BytesIO()
    image.save(stream, "PNG" if media_type == PNG else "JPEG")
    return stream.getvalue()


CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))


def padded(png: bytes, size: int) -> bytes:
    """A PNG of exactly that many bytes, by a chunk that every reader passes over."""
    head, end = png[:-END], png[-END:]
    kind, data = b"fiLl", bytes(size - len(png) - END)
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return head + chunk + end


def size_of(png: bytes) -> tuple[int, int] | None:
    """Width and height from the header of a PNG, None for anything else."""
    if not png.startswith(SIGNATURE) or png[12:16] != b"IHDR" or png[26:28] != METHODS:
        return None
    width, height = struct.unpack_from(">II", png, 16)
    return width, height


def colours(png: bytes) -> list[Colour]:
    """The colours in the middle of the four quarters; none for what cannot be read as a PNG."""
    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as found:
            image = found.convert("RGB")
    except Exception:  # a damaged file can end its decoding in any way
        return []
    width, height = image.size
    middles = [((1 + 2 * across) * width // 4, (1 + 2 * down) * height // 4) for across, down in CORNERS]
    return [tuple(image.tobytes()[3 * (y * width + x) :][:3]) for x, y in middles]


def shows(png: bytes, *wanted: Colour) -> bool:
    """Whether a picture has about these colours in its quarters."""
    seen = colours(png)
    return len(seen) == len(wanted) and all(
        abs(one - other) <= DISTANCE
        for colour, given in zip(seen, wanted, strict=True)
        for one, other in zip(colour, given, strict=True)
    )
