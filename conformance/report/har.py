"""The recording of a run as HTTP Archive (HAR 1.2), masked as it was recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.recorded import MEMBER, told
from conformance.transport.recording import read_recording, recordings

HAR = "recording.har"
Data = dict[str, Any]


def archive(folder: Path) -> Data:
    """The exchanges of a run with its date, target and suite version, and which rows it decided."""
    about = told(folder)
    run = about["run"]
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "imodels-conformance", "version": about["suite"]},
            "comment": f"{about['target']['url']}, run {run['id']} of {run['started']}, seed {run['seed']}",
            MEMBER: about,
            "entries": [_entry(said) for path in recordings(folder) for said in read_recording(path)],
        }
    }


def write_archive(folder: Path) -> Path:
    """Write the archive of a run beside its reports; raises OSError, ValueError, KeyError or ReportsError."""
    path = folder / HAR
    path.write_text(json.dumps(archive(folder), ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _entry(said: Data) -> Data:
    request, answer = said["request"], said["answer"]
    who = said["identity"] or "nobody"
    milliseconds = round(answer["elapsed"] * 1000, 3)
    return {
        "startedDateTime": said["at"],
        "time": milliseconds,
        "request": _request(request),
        "response": _answer(answer),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": f"#{said['number']} {said['operation']} as {who} in {said['test']}",
    }


def _request(said: Data) -> Data:
    query = parse_qsl(urlsplit(said["url"]).query, keep_blank_values=True)
    kind = said["headers"].get("content-type", "")
    return {
        "method": said["method"],
        "url": said["url"],
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(said["headers"]),
        "queryString": [{"name": name, "value": value} for name, value in query],
        **({"postData": {"mimeType": kind, "text": said["body"]}} if said["body"] else {}),
        "headersSize": -1,
        "bodySize": len(said["body"].encode()),
    }


def _answer(said: Data) -> Data:
    size = len(said["body"].encode())
    kind = said["headers"].get("content-type", "")
    return {
        "status": said["status"],
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(said["headers"]),
        "content": {"size": size, "mimeType": kind, "text": said["body"]},
        "redirectURL": said["headers"].get("location", ""),
        "headersSize": -1,
        "bodySize": size,
    }


def _pairs(headers: Mapping[str, str]) -> list[Data]:
    return [{"name": name, "value": value} for name, value in headers.items()]
