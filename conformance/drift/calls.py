"""Calls in files that others publish: Arazzo workflows, Postman collections, capability files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.openapi import operation_path

NOT_GIVEN: Any = type("NotGiven", (), {"__bool__": lambda self: False})()
"""No body at all, which is another thing than the body null."""
VARIABLE = re.compile(r"\{\{[^}]+\}\}|\{[^}]+\}|^:\w+$|\$[\w.]+")
FILLED_IN = re.compile(r"\{\{[^}]+\}\}")
POINTER = re.compile(r"\$response\.body#(/[^\s}=<>!]*)")
STATUS = re.compile(r"\$statusCode\s*==\s*(\d{3})")


@dataclass(frozen=True)
class Call:
    """One call: where it stands in the file, what is sent and read; `operation`: an id instead of a path.

    `whole`: the file tells what is sent, so that what is not there is not sent.
    """

    name: str
    method: str = ""
    url: str = ""
    operation: str = ""
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    body: Any = NOT_GIVEN
    reads: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    whole: bool = field(default=True)


def calls(read: Any) -> Iterator[Call]:
    """The calls in a file; raises ValueError for what is none of the known kinds."""
    if isinstance(read, dict) and "arazzo" in read:
        yield from _arazzo(read)
    elif isinstance(read, dict) and isinstance(read.get("item"), list) and "info" in read:
        yield from _postman(read["item"], "")
    elif consumed := list(_consumes(read)):
        yield from _capability(consumed)
    else:
        raise ValueError("neither an Arazzo document nor a Postman collection nor a capability file")


def _arazzo(read: Mapping[str, Any]) -> Iterator[Call]:
    for flow in read.get("workflows") or ():
        for step in flow.get("steps") or ():
            if "workflowId" in step:
                continue
            given = [
                one
                for one in [*(flow.get("parameters") or ()), *(step.get("parameters") or ())]
                if "in" in one
            ]
            method, path = operation_path(step.get("operationPath", ""))
            text = json.dumps([step.get("outputs"), step.get("successCriteria")])
            yield Call(
                f"{flow.get('workflowId', '')}/{step.get('stepId', '')}",
                method,
                path,
                str(step.get("operationId", "")).rpartition(".")[2],
                tuple(one["name"] for one in given if one["in"] == "query"),
                tuple(one["name"] for one in given if one["in"] == "header"),
                (step.get("requestBody") or {}).get("payload", NOT_GIVEN),
                tuple(POINTER.findall(text.replace('\\"', " ").replace('"', " "))),
                tuple(STATUS.findall(text)),
            )


def _postman(items: list[Any], within: str) -> Iterator[Call]:
    for item in items:
        name = f"{within}/{item.get('name', '')}".lstrip("/")
        if "item" in item:
            yield from _postman(item["item"], name)
            continue
        request = (
            item["request"] if isinstance(item.get("request"), dict) else {"url": item.get("request", "")}
        )
        url = request.get("url") or ""
        raw = (
            url
            if isinstance(url, str)
            else url.get("raw") or "/".join(["", *map(str, url.get("path") or ())])
        )
        listed = url.get("query") or () if isinstance(url, dict) else ()
        split = urlsplit(raw)
        query = [one["key"] for one in listed if not one.get("disabled")] or [
            key for key, _ in parse_qsl(split.query, keep_blank_values=True)
        ]
        headers = [one["key"] for one in request.get("header") or () if not one.get("disabled")]
        body = _json((request.get("body") or {}).get("raw"))
        yield Call(
            name,
            request.get("method", "GET").upper(),
            raw.partition("?")[0],
            "",
            tuple(query),
            tuple(headers),
            body,
        )


def _json(text: Any) -> Any:
    if not text:
        return NOT_GIVEN
    try:
        return json.loads(FILLED_IN.sub("x", text))
    except (ValueError, TypeError):
        return None


def _consumes(read: Any) -> Iterator[Mapping[str, Any]]:
    """Every part of a capability file that names a base and its resources."""
    if isinstance(read, dict):
        if "baseUri" in read and isinstance(read.get("resources"), list):
            yield read
        for value in read.values():
            yield from _consumes(value)
    elif isinstance(read, list):
        for value in read:
            yield from _consumes(value)


def _capability(consumed: list[Mapping[str, Any]]) -> Iterator[Call]:
    for part in consumed:
        for resource in part["resources"]:
            shared = resource.get("inputParameters") or []
            for operation in resource.get("operations") or ():
                given = [*shared, *(operation.get("inputParameters") or ())]
                path = (
                    f"{str(part['baseUri']).rstrip('/')}{operation.get('path') or resource.get('path', '')}"
                )
                names = {
                    where: tuple(p["name"] for p in given if p.get("in") == where)
                    for where in ("query", "header")
                }
                members = [p["name"] for p in given if p.get("in") == "body"]
                body = operation.get("body", dict.fromkeys(members, "x") if members else NOT_GIVEN)
                yield Call(
                    f"{resource.get('name', '')}/{operation.get('name', '')}",
                    str(operation.get("method", "GET")).upper(),
                    path,
                    "",
                    names["query"],
                    names["header"],
                    _json(body) if isinstance(body, str) else body,
                    tuple(_outputs(operation)),
                    whole=bool(given) or body is not NOT_GIVEN,
                )


def _outputs(operation: Mapping[str, Any]) -> Iterator[str]:
    """What is read from the answer, as pointers."""
    for one in operation.get("outputParameters") or ():
        path = str(one.get("value") or one.get("path") or "")
        if path.startswith("$."):
            yield "/" + "/".join(re.sub(r"\[\d*\*?\]", ".*", path[2:]).split("."))
