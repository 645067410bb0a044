"""Writing a file to storage: at once, or in blocks and then the list of them."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from email.utils import format_datetime
from xml.etree import ElementTree

from conformance.mock.blobs import BINARY, Blob, size_of
from conformance.mock.call import Answer, Request
from conformance.mock.faults import fault
from conformance.mock.storage.place import Place
from conformance.mock.storage.problems import Refusal
from conformance.mock.storage.reading import md5

UPLOAD_REFUSED = fault.switch("storage/upload-accepted")
LONGEST_BLOCK_ID = 64
MOST_BLOCKS = 50_000

_SAFE = re.compile(r"[\x20-\x7e]{0,1024}")
_META = "x-ms-meta-"


def write(place: Place, request: Request) -> Answer:
    """Take a file, a block of one, or the list of blocks that completes one."""
    if place.bent(UPLOAD_REFUSED):
        raise Refusal("InvalidHeaderValue")
    if request.oversized:
        raise Refusal("RequestBodyTooLarge")
    step = {None: _file, "block": _block, "blocklist": _list}.get(place.query.get("comp"))
    if step is None:
        raise Refusal("InvalidQueryParameterValue")
    return step(place, request)


def _file(place: Place, request: Request) -> Answer:
    kind = request.headers.get("x-ms-blob-type")
    if kind != "BlockBlob":
        raise Refusal("InvalidHeaderValue" if kind else "MissingRequiredHeader")
    place.meets(request.headers)
    _intact(request)
    return _kept(place, request, [request.body], md5(request.body))


def _block(place: Place, request: Request) -> Answer:
    block = _block_id(place)
    _intact(request)
    waiting = place.blobs.staged(place.container, place.name)
    if any(len(other) != len(block) for other in waiting):
        raise Refusal("InvalidBlobOrBlock")
    if len(waiting) >= MOST_BLOCKS and block not in waiting:
        raise Refusal("BlockCountExceedsLimit")
    others = size_of(part for id, part in waiting.items() if id != block)
    more = others + len(request.body) - size_of(waiting.values())
    _room(place, others + len(request.body), more)
    place.blobs.stage(place.container, place.name, block, Blob(request.body, place.now))
    return Answer(201, headers={"Content-MD5": md5(request.body)})


def _list(place: Place, request: Request) -> Answer:
    place.meets(request.headers)
    waiting = place.blobs.staged(place.container, place.name)
    parts = [waiting.get(id_) for id_ in _listed(request)]
    found = [part for part in parts if part is not None]
    if len(found) != len(parts):
        raise Refusal("InvalidBlockList")
    return _kept(place, request, [part.data for part in found], "")


def _kept(place: Place, request: Request, parts: list[bytes], digest: str) -> Answer:
    before = [*place.blobs.staged(place.container, place.name).values()]
    before += [place.blob] if place.blob else []
    # A list may name one block many times: its size is known before it is put together.
    size = sum(map(len, parts))
    _room(place, size, size - size_of(before))
    blob = _described(place, request, Blob(b"".join(parts), place.now, md5=digest))
    place.blobs.keep(place.container, place.name, blob)
    modified = format_datetime(blob.modified, usegmt=True)
    answer = Answer(201, headers={"ETag": blob.etag, "Last-Modified": modified})
    answer.headers |= {"Content-MD5": blob.md5} if blob.md5 else {}
    return answer


def _described(place: Place, request: Request, blob: Blob) -> Blob:
    """A file with what its sender says of it."""
    headers = request.headers
    told = headers.get("content-type", "") if "comp" not in place.query else ""
    media_type = headers.get("x-ms-blob-content-type") or told or BINARY
    digest = headers.get("x-ms-blob-content-md5", blob.md5)
    metadata = {name.removeprefix(_META): text for name, text in headers.items() if name.startswith(_META)}
    if not all(_SAFE.fullmatch(text) for text in (media_type, digest, *metadata.values())):
        raise Refusal("InvalidHeaderValue")
    return replace(blob, media_type=media_type, md5=digest, metadata=metadata)


def _room(place: Place, file: int, more: int) -> None:
    """Refuse a file beyond the limit of one, or what does not fit beside all that is there."""
    settings = place.service.settings
    if file > settings.max_blob or place.blobs.size + more > settings.max_storage:
        raise Refusal("RequestBodyTooLarge")


def _intact(request: Request) -> None:
    """Refuse a body that is not the one its sender meant."""
    told = request.headers.get("content-md5")
    if told is None:
        return
    try:
        sound = len(base64.b64decode(told, validate=True)) == 16
    except (binascii.Error, ValueError):
        sound = False
    if not sound:
        raise Refusal("InvalidMd5")
    if told != md5(request.body):
        raise Refusal("Md5Mismatch")


def _block_id(place: Place) -> str:
    text = place.query.get("blockid", "")
    try:
        size = len(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if not 0 < size <= LONGEST_BLOCK_ID:
        raise Refusal("InvalidQueryParameterValue")
    return text


def _listed(request: Request) -> list[str]:
    """The ids in a list of blocks, in order."""
    try:
        text = request.body.decode()
        # A list needs no declarations, and without them no entity can blow up.
        root = None if "<!" in text else ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise Refusal("InvalidXmlDocument") from error
    if root is None or root.tag != "BlockList":
        raise Refusal("InvalidXmlDocument")
    if any(one.tag not in {"Latest", "Uncommitted"} for one in root):
        raise Refusal("InvalidBlockList")
    return [(one.text or "").strip() for one in root]
