"""Reading a file from storage: whole, in part, or only what is known of it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from email.utils import format_datetime

from conformance.mock.blobs import Blob
from conformance.mock.call import Answer, Request
from conformance.mock.faults import fault
from conformance.mock.storage.place import Place
from conformance.mock.storage.problems import Refusal

ONCE_ONLY = fault.switch("storage/fresh-link-on-read")
CHANGED = {
    ".cs": fault.switch("changesets/bytes-identical"),
    ".bim": fault.switch("baseline-files/bytes-identical"),
}
AS_CREATED = fault.switch("changesets/bytes-identical:status")
WHOLE = {
    "changeset": fault.switch("changesets/bytes-by-range"),
    "baseline": fault.switch("baseline-files/bytes-by-range"),
    "checkpoint": fault.switch("checkpoints/bytes-by-range"),
}

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def read(place: Place, request: Request) -> Answer:
    """Answer with the file, or with the part of it that was asked for."""
    if place.query.get("comp"):
        raise Refusal("InvalidQueryParameterValue")
    blob = place.blob
    if blob is None:
        raise Refusal("BlobNotFound")
    place.meets(request.headers)
    if place.bent(ONCE_ONLY) and not place.blobs.opened_first(place.container, place.name):
        raise Refusal("AuthenticationFailed")
    return _get(place, request, _spoilt(place, blob))


def _spoilt(place: Place, blob: Blob) -> Blob:
    if not blob.data or not any(place.name.endswith(end) and place.bent(on) for end, on in CHANGED.items()):
        return blob
    return replace(blob, data=blob.data[:-1] + bytes([blob.data[-1] ^ 1]))


def _get(place: Place, request: Request, blob: Blob) -> Answer:
    status = 201 if place.bent(AS_CREATED) and place.name.endswith(".cs") else 200
    answer = Answer(status, headers=_described(blob), content=blob.data, media_type=blob.media_type)
    asked = _RANGE.fullmatch(request.headers.get("x-ms-range") or request.headers.get("range", ""))
    if asked is None or asked.group(0) == "bytes=-" or request.method == "HEAD" or place.bent(_whole(place)):
        answer.headers |= {"Content-MD5": blob.md5} if blob.md5 else {}
        return answer
    size = len(blob.data)
    first, last = _bounds(asked.group(1), asked.group(2), size)
    if first > last or first >= size:
        raise Refusal("InvalidRange", headers={"Content-Range": f"bytes */{size}"})
    answer.status, answer.content = 206, blob.data[first : last + 1]
    answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    if request.headers.get("x-ms-range-get-content-md5") == "true":
        answer.headers["Content-MD5"] = md5(answer.content)
    return answer


def _whole(place: Place) -> str:
    """The fault that makes the kind of file at a place come whole whatever was asked for."""
    if place.name.endswith(".cs"):
        return WHOLE["changeset"]
    return WHOLE["checkpoint" if place.container.startswith("imodelblocks-") else "baseline"]


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _described(blob: Blob) -> dict[str, str]:
    headers = {
        "ETag": blob.etag,
        "Last-Modified": format_datetime(blob.modified, usegmt=True),
        "Accept-Ranges": "bytes",
        "x-ms-blob-type": "BlockBlob",
    }
    return headers | {f"x-ms-meta-{name}": value for name, value in blob.metadata.items()}


def md5(data: bytes) -> str:
    """The MD5 of bytes, as headers carry it."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
