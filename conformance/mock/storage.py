"""What storage answers behind its signed links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from conformance.mock.blobs import VERSION, Blob
from conformance.mock.call import Answer, Request
from conformance.mock.faults import fault

if TYPE_CHECKING:
    from conformance.mock.service import Service

UPLOAD_REFUSED = fault.switch("storage/upload-accepted")
CHANGED_CHANGESET = fault.switch("changesets/bytes-identical")
CHANGED_BASELINE = fault.switch("baseline-files/bytes-identical")
RANGE_IGNORED = fault.switch("changesets/bytes-by-range")

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def stored(service: Service, request: Request) -> Answer:
    """The answer to a request for a file."""
    _, _, container, *rest = unquote(request.path).split("/", 3)
    name = rest[0] if rest else ""
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    now = service.store.clock.now()
    if request.method not in {"GET", "HEAD", "PUT"}:
        return _error(405, "UnsupportedHttpVerb")
    right = "w" if request.method == "PUT" else "r"
    if not service.store.blobs.permits(request.path, query, right, now):
        return _error(403, "AuthenticationFailed")
    if request.method == "PUT":
        return _put(service, request, container, name)
    blob = service.store.blobs.get(container, name)
    if blob is None:
        return _error(404, "BlobNotFound")
    answer = _get(service, request, _spoilt(service, name, blob))
    return _bodiless(answer) if request.method == "HEAD" else answer


def _put(service: Service, request: Request, container: str, name: str) -> Answer:
    if UPLOAD_REFUSED in service.twists:
        return _error(400, "InvalidHeaderValue")
    if request.oversized:
        return _error(413, "RequestBodyTooLarge")
    if request.headers.get("x-ms-blob-type") != "BlockBlob":
        return _error(400, "MissingRequiredHeader")
    blob = service.store.blobs.put(container, name, request.body, service.store.clock.now())
    return Answer(201, headers={"ETag": blob.etag, "x-ms-version": VERSION})


def _spoilt(service: Service, name: str, blob: Blob) -> Blob:
    kind = CHANGED_CHANGESET if name.endswith(".cs") else CHANGED_BASELINE
    if kind not in service.twists or not blob.data:
        return blob
    return Blob(blob.data[:-1] + bytes([blob.data[-1] ^ 1]), blob.modified)


def _get(service: Service, request: Request, blob: Blob) -> Answer:
    headers = {"ETag": blob.etag, "Accept-Ranges": "bytes", "x-ms-version": VERSION}
    answer = Answer(200, headers=headers, content=blob.data, media_type="application/octet-stream")
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or asked.group(0) == "bytes=-" or RANGE_IGNORED in service.twists:
        return answer
    size = len(blob.data)
    first, last = _bounds(asked.group(1), asked.group(2), size)
    if first > last or first >= size:
        refusal = _error(416, "InvalidRange")
        refusal.headers["Content-Range"] = f"bytes */{size}"
        return refusal
    answer.status, answer.content = 206, blob.data[first : last + 1]
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return answer


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _bodiless(answer: Answer) -> Answer:
    answer.headers["Content-Length"] = str(len(answer.content or b""))
    answer.headers["Content-Type"] = answer.media_type
    answer.content = b""
    return answer


def _error(status: int, code: str) -> Answer:
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'
    )
    return Answer(
        status, headers={"x-ms-error-code": code}, content=text.encode(), media_type="application/xml"
    )
