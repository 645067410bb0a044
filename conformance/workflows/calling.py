"""What a step sends: the call of its operation, and files to and from storage links."""

from __future__ import annotations

import json
from typing import Any

from conformance import api
from conformance.api import Api
from conformance.exchange import Exchange
from conformance.story import SetupFailed
from conformance.workflows.conditions import shown
from conformance.workflows.expressions import ABSENT, LOOKS_LIKE_ONE, Scope, filled, worded
from conformance.workflows.model import Step, Transfer


def call(road: Api, step: Step, scope: Scope) -> Exchange:
    """Send the call of a step; SetupFailed where something that it needs is not there."""
    sent: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for (place, name), value in step.parameters.items():
        sent[place][name] = _parameter(name, filled(value, scope))
    body = api.ABSENT if step.payload is ABSENT else _payload(step.payload, scope)
    return road(step.operation.id, body=body, query=sent["query"], headers=sent["header"], **sent["path"])


def put(road: Api, transfer: Transfer, scope: Scope) -> str:
    """Upload a file; returns what went wrong, in words."""
    if not (link := _link(transfer, scope)):
        return _no_link(transfer, scope)
    answered = road.upload(link, transfer.content)
    return "" if answered.ok else f"the upload to {transfer.link.text} answered {answered.status}"


def fetch(road: Api, transfer: Transfer, scope: Scope) -> str:
    """Download a file and compare it; returns what went wrong, in words."""
    if not (link := _link(transfer, scope)):
        return _no_link(transfer, scope)
    answered = road.download(link)
    if not answered.ok:
        return f"the download from {transfer.link.text} answered {answered.status}"
    if answered.answer.body != transfer.content:
        return f"the file behind {transfer.link.text} is another: {len(answered.answer.body)} bytes"
    return ""


def _parameter(name: str, value: Any) -> str:
    if value is None or isinstance(value, list | dict):
        raise SetupFailed(f"the parameter {name} would be {shown(value)}")
    return worded(value)


def _payload(payload: Any, scope: Scope) -> Any:
    if not isinstance(payload, str) or LOOKS_LIKE_ONE.match(payload):
        return filled(payload, scope)
    try:
        return json.loads(filled(payload, scope, lambda text: json.dumps(text)[1:-1]))
    except ValueError as error:
        raise SetupFailed(f"the payload is no JSON once it is filled in: {error}") from error


def _link(transfer: Transfer, scope: Scope) -> dict[str, Any]:
    found = transfer.link.read(scope)
    return found if isinstance(found, dict) and isinstance(found.get("href"), str) else {}


def _no_link(transfer: Transfer, scope: Scope) -> str:
    return f"no storage link is there at {transfer.link.text}: {shown(transfer.link.read(scope))}"
