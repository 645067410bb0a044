"""Thumbnails: a picture of each iModel."""

from __future__ import annotations

from conformance.mock.call import Answer, Call
from conformance.mock.faults import fault
from conformance.mock.handlers import handler
from conformance.mock.liberties import liberty
from conformance.mock.pictures import SIGNATURE, SIZES, plain
from conformance.mock.problems import Problem

NO_PNG = fault.switch("thumbnails/is-png")
OTHER_SIZE = fault.switch("thumbnails/default-image-size")
ONE_SIZE = fault.switch("thumbnails/uploaded-image-size")
NOT_SHOWN = fault.switch("thumbnails/upload-is-shown")
LARGE_NOT_SHOWN = fault.switch("thumbnails/upload-is-shown:large")
FIRST_STAYS = fault.switch("thumbnails/second-upload-replaces")
JPEG_LOST = fault.switch("thumbnails/jpeg-is-converted")
NOT_CREATED = fault.switch("thumbnails/first-upload-created")
NONE_BY_DEFAULT = liberty.switch("default-thumbnail-404")
REPLACED = {
    liberty.switch("thumbnail-replaced-200"): 200,
    liberty.switch("thumbnail-replaced-204"): 204,
}


@handler("get-imodel-thumbnail")
async def get_thumbnail(call: Call) -> Answer:
    """Show the picture of an iModel."""
    size = call.query.get("size", "small")
    content = call.imodel.pictures.get(size) or _default(call, size)
    return Answer(200, content=b"GIF89a" if call.bent(NO_PNG) else content, media_type="image/png")


def _default(call: Call, size: str) -> bytes:
    if call.bent(NONE_BY_DEFAULT):
        raise Problem("iModelNotFound")
    width, height = SIZES[size]
    shrunk = 2 if call.bent(OTHER_SIZE) else 1
    return plain(width // shrunk, height // shrunk)


@handler("upload-imodel-thumbnail")
async def upload_thumbnail(call: Call) -> Answer:
    """Keep a picture of an iModel, in both sizes."""
    first = not call.imodel.pictures
    status = 201 if first else next((s for name, s in REPLACED.items() if call.bent(name)), 201)
    if _kept(call, first):
        call.imodel.pictures |= _shown(call)
    return Answer(200 if first and call.bent(NOT_CREATED) else status)


def _kept(call: Call, first: bool) -> bool:
    lost = call.bent(JPEG_LOST) and not call.request.body.startswith(SIGNATURE)
    return not (call.bent(NOT_SHOWN) or lost or (call.bent(FIRST_STAYS) and not first))


def _shown(call: Call) -> dict[str, bytes]:
    shown = dict(call.pictures)
    if call.bent(ONE_SIZE):
        shown = dict.fromkeys(shown, call.pictures["large"])
    if call.bent(LARGE_NOT_SHOWN):
        shown.pop("large")
    return shown
