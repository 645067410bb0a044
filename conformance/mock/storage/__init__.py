"""What storage answers behind its signed links, in the manner of Azure blobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote
from uuid import UUID

from conformance.mock.call import Answer, Request
from conformance.mock.faults import fault
from conformance.mock.sas import ACCOUNT, VERSION, stamp, timely
from conformance.mock.storage import reading, writing
from conformance.mock.storage.place import Place
from conformance.mock.storage.problems import Refusal

if TYPE_CHECKING:
    from conformance.mock.service import Service

ROOT = f"/{ACCOUNT}/"
UNSIGNED = fault.switch("storage/signature-checked")
ALL_RIGHTS = fault.switch("storage/download-link-takes-no-upload")

_ODD = re.compile(r"[\\\x00-\x1f\x7f\ufffd]")
_TEXT = re.compile(r"[\x20-\x7e]{1,256}")


def stored(service: Service, request: Request) -> Answer:
    """The answer to a request for a file."""
    try:
        answer = _answer(service, request)
    except Refusal as refusal:
        answer = refusal.render()
    answer.headers |= _ever(service, request)
    return _bodiless(answer) if request.method == "HEAD" else answer


def _answer(service: Service, request: Request) -> Answer:
    if request.method not in {"GET", "HEAD", "PUT"}:
        raise Refusal("UnsupportedHttpVerb")
    place = _place(service, request)
    _authorize(place, request)
    return writing.write(place, request) if request.method == "PUT" else reading.read(place, request)


def _place(service: Service, request: Request) -> Place:
    container, _, name = unquote(request.path).removeprefix(ROOT).partition("/")
    segments = [container, *name.split("/")]
    if any(part in {"", ".", ".."} or _ODD.search(part) for part in segments):
        raise Refusal("InvalidUri")
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    return Place(service, container, name, query, service.store.clock.now())


def _authorize(place: Place, request: Request) -> None:
    """Refuse whoever holds no link for this; a link stands alone, without any other credentials."""
    signer, query = place.blobs.signer, place.query
    if not place.bent(UNSIGNED):
        if "authorization" in request.headers:
            raise Refusal(
                "AuthenticationFailed", "A signed link and an Authorization header exclude each other."
            )
        if not signer.genuine(place.container, place.name, query):
            raise Refusal("AuthenticationFailed", "Signature did not match.")
        if not timely(query, place.now):
            window = f"Start [{query['st']}] - Expiry [{query['se']}] - Current [{stamp(place.now)}]"
            raise Refusal(
                "AuthenticationFailed", f"Signature not valid in the specified time frame: {window}"
            )
    right = "w" if request.method == "PUT" else "r"
    if right not in query.get("sp", "") and not place.bent(ALL_RIGHTS) and not place.bent(UNSIGNED):
        raise Refusal("AuthorizationPermissionMismatch")


def _ever(service: Service, request: Request) -> dict[str, str]:
    """The headers of every answer."""
    service.store.blobs.served += 1
    headers = {"x-ms-version": VERSION, "x-ms-request-id": str(UUID(int=service.store.blobs.served))}
    own = request.headers.get("x-ms-client-request-id", "")
    return headers | ({"x-ms-client-request-id": own} if _TEXT.fullmatch(own) else {})


def _bodiless(answer: Answer) -> Answer:
    answer.headers.setdefault("Content-Length", str(len(answer.content or b"")))
    answer.headers["Content-Type"] = answer.media_type
    answer.content = b""
    return answer
