"""Traffic: requests with their answers, from the recording of a run or from an HTTP archive (HAR)."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.drift.rows import DriftError
from conformance.exchange import Answer, Request
from conformance.transport.recording import read_recording, recordings
from conformance.transport.redaction import MASK

LARGEST = 512 * 1024 * 1024
"""Bytes of an archive that are read; they take many times the room in memory."""
BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError, EOFError, zlib.error)
"""What it comes to when a file is not what it should be."""
UNREADABLE = re.compile(r"^<\d+ bytes>$|… <\d+ characters>$")
"""How a recording says that it did not keep a body whole."""
GENERATED = ("conformance/", "exploration")
"""How the names of tests begin that think of their requests by themselves."""


@dataclass(frozen=True)
class Seen:
    """One request and its answer, as somebody recorded them; `whole` unless bodies were cut short.

    `made_up`: a generator thought of the request, so that what it sent besides means nothing.
    """

    name: str
    request: Request
    answer: Answer
    request_whole: bool = True
    answer_whole: bool = True
    made_up: bool = False

    @property
    def path(self) -> str:
        """The path that was asked for."""
        return urlsplit(self.request.url).path

    @property
    def preflight(self) -> bool:
        """Whether a browser asked for leave, which is no call of the API."""
        return self.request.method == "OPTIONS" and "access-control-request-method" in self.request.headers


def traffic(path: Path) -> Iterator[Seen]:
    """What a run recorded, by its folder or its recording; or an HTTP archive."""
    for file in recordings(path) if path.is_dir() else [path]:
        yield from _in_file(file)


def _in_file(file: Path) -> Iterator[Seen]:
    try:
        yield from _archived(file) if file.suffix == ".har" else _recorded(file)
    except OSError as error:
        reason = error.strerror or "not the recording of a run"
        raise DriftError(f"{file}: {reason}") from error
    except BROKEN as error:
        raise DriftError(f"{file}: not a recording: {type(error).__name__}") from error


def _recorded(file: Path) -> Iterator[Seen]:
    for one in read_recording(file):
        request, answer = one["request"], one["answer"]
        yield Seen(
            f"#{one['number']}",
            Request(request["method"], request["url"], request["headers"], _unmasked(request["body"])),
            Answer(answer["status"], answer["headers"], _unmasked(answer["body"]), answer["elapsed"]),
            _is_whole(request["body"], request["headers"]),
            _is_whole(answer["body"], answer["headers"]),
            one["test"].startswith(GENERATED),
        )


def _is_whole(text: str, headers: Mapping[str, str], *sizes: Any) -> bool:
    """Whether a body is all that went over the wire; where it was not kept, its size may still be told."""
    told = [headers.get("content-length", 0), *sizes]
    return not UNREADABLE.search(text) and (bool(text) or not any(int(size or 0) for size in told))


def _unmasked(text: str) -> bytes:
    """A body whose masks are no brackets, which a URI must not hold."""
    plain = text.replace(MASK, "redacted")
    try:
        # Bytes that are no text can be written as halves of characters.
        return plain.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return plain.encode("utf-8", "surrogatepass")


def archived(file: Path) -> Iterator[Seen]:
    """The entries of an HTTP archive, whatever its name."""
    try:
        yield from _archived(file)
    except OSError as error:
        raise DriftError(f"{file}: {error.strerror or error}") from error
    except BROKEN as error:
        raise DriftError(f"{file}: not an HTTP archive: {type(error).__name__}") from error


def _archived(file: Path) -> Iterator[Seen]:
    if file.stat().st_size > LARGEST:
        raise DriftError(f"{file}: more than {LARGEST >> 20} MiB: cut it into several")
    for number, entry in enumerate(json.loads(file.read_bytes())["log"]["entries"], 1):
        request, response = entry["request"], entry["response"]
        # No answer came, or the two went on to speak something else than HTTP.
        if int(response.get("status") or 0) < 200:
            continue
        sent, came = request.get("postData") or {}, response.get("content") or {}
        headers, answered = _headers(request), _headers(response)
        # Browsers leave out what they did not keep, but tell its size.
        sizes = came.get("size"), response.get("bodySize")
        yield Seen(
            f"entry {number}",
            Request(str(request["method"]).upper(), str(request["url"]), headers, _bytes(sent)),
            Answer(int(response["status"]), answered, _bytes(came), float(entry.get("time") or 0) / 1000),
            _is_whole(_text(sent), headers, request.get("bodySize")),
            "content" in response and _is_whole(_text(came), answered, *sizes),
            # The archive of a run says which test sent a request.
            str(entry.get("comment") or "").rpartition(" in ")[2].startswith(GENERATED),
        )


def _headers(part: Mapping[str, Any]) -> dict[str, str]:
    """The headers; what HTTP/2 has among them instead of a first line is none."""
    pairs = ((str(one["name"]).lower(), str(one.get("value", ""))) for one in part.get("headers") or ())
    return {name: value for name, value in pairs if not name.startswith(":")}


def _text(content: Mapping[str, Any]) -> str:
    return str(content.get("text") or "")


def _bytes(content: Mapping[str, Any]) -> bytes:
    if content.get("encoding") != "base64":
        return _unmasked(_text(content))
    try:
        return base64.b64decode(_text(content))
    except binascii.Error as error:
        raise ValueError("not base64") from error
