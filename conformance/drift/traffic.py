"""Traffic: requests with their answers, from the recording of a run or from an HTTP archive (HAR)."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.drift.rows import DriftError
from conformance.exchange import Answer, Request
from conformance.transport.recording import read_recording, recordings
from conformance.transport.redaction import MASK

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
    except (ValueError, KeyError, TypeError, AttributeError, gzip.BadGzipFile) as error:
        raise DriftError(f"{file}: not a recording: {type(error).__name__}") from error


def _recorded(file: Path) -> Iterator[Seen]:
    for one in read_recording(file):
        request, answer = one["request"], one["answer"]
        yield Seen(
            f"#{one['number']}",
            Request(request["method"], request["url"], request["headers"], _unmasked(request["body"])),
            Answer(answer["status"], answer["headers"], _unmasked(answer["body"]), answer["elapsed"]),
            not UNREADABLE.search(request["body"]),
            not UNREADABLE.search(answer["body"]),
            one["test"].startswith(GENERATED),
        )


def _unmasked(text: str) -> bytes:
    """A body whose masks are no brackets, which a URI must not hold."""
    return text.replace(MASK, "redacted").encode()


def archived(file: Path) -> Iterator[Seen]:
    """The entries of an HTTP archive, whatever its name."""
    try:
        yield from _archived(file)
    except OSError as error:
        raise DriftError(f"{file}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DriftError(f"{file}: not an HTTP archive: {type(error).__name__}") from error


def _archived(file: Path) -> Iterator[Seen]:
    entries = json.loads(file.read_bytes())["log"]["entries"]
    for number, entry in enumerate(entries, 1):
        request, response = entry["request"], entry["response"]
        if not response.get("status"):
            continue
        content = response.get("content") or {}
        yield Seen(
            f"entry {number}",
            Request(
                request["method"].upper(),
                request["url"],
                _headers(request),
                ((request.get("postData") or {}).get("text") or "").encode(),
            ),
            Answer(response["status"], _headers(response), _bytes(content), (entry.get("time") or 0) / 1000),
            # Browsers leave out what they did not keep, but tell its size.
            answer_whole=bool(content.get("text")) or not content.get("size"),
        )


def _headers(part: Mapping[str, Any]) -> dict[str, str]:
    return {one["name"].lower(): one["value"] for one in part.get("headers") or ()}


def _bytes(content: Mapping[str, Any]) -> bytes:
    text = content.get("text") or ""
    if content.get("encoding") != "base64":
        return str(text).encode()
    try:
        return base64.b64decode(text)
    except binascii.Error as error:
        raise ValueError("not base64") from error
