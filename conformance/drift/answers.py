"""What an operation answers, in two documents: statuses, codes, bodies, headers, links."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from conformance.drift.ranges import of_status, paired
from conformance.drift.requests import bodies, schema_of
from conformance.drift.schemas import Change, Schemas
from conformance.openapi import deref, shape_of


def answers(
    old: Mapping[str, Any],
    before: Mapping[str, Any],
    new: Mapping[str, Any],
    after: Mapping[str, Any],
    ids: Mapping[str, str],
    new_ids: Mapping[str, str],
) -> Iterator[Change]:
    """What changed in the answers of an operation; `ids` tell which operation an id stands for."""
    was, now = ({str(k).upper(): v for k, v in side.items()} for side in (before, after))
    for status, before_it, after_it in paired(was, now, of_status):
        kind = "success" if status.startswith("2") else "error"
        if after_it is None:
            yield f"response-{kind}-status-removed", status, status, ""
        elif before_it is None:
            yield f"response-{kind}-status-added", status, "", status
        else:
            one, other = deref(old, was[before_it]), deref(new, now[after_it])
            yield from _codes(one, other, status)
            yield from _body(old, one.get("content") or {}, new, other.get("content") or {}, status)
            yield from _headers(old, one.get("headers") or {}, new, other.get("headers") or {}, status)
            yield from _links(_known(old, one, ids), _known(new, other, new_ids), status)


def _codes(one: Mapping[str, Any], other: Mapping[str, Any], status: str) -> Iterator[Change]:
    """Error codes and their details, where documents tell them (`x-errors`)."""
    was, now = ({e["code"]: e for e in side.get("x-errors") or ()} for side in (one, other))
    for code in dict.fromkeys([*was, *now]):
        if code not in now:
            yield "response-error-code-removed", status, code, ""
        elif code not in was:
            yield "response-error-code-added", status, "", code
        else:
            details = [
                dict.fromkeys(_detail(d) for d in e.get("details") or ()) for e in (was[code], now[code])
            ]
            gone = [d for d in details[0] if d not in details[1]]
            yield from (("response-error-detail-removed", f"{status} {code}", d, "") for d in gone)
            more = [d for d in details[1] if d not in details[0]]
            yield from (("response-error-detail-added", f"{status} {code}", "", d) for d in more)


def _detail(detail: Mapping[str, Any]) -> str:
    return " ".join(str(detail[key]) for key in ("code", "target", "inner") if detail.get(key))


def _body(
    old: Mapping[str, Any],
    was: Mapping[str, Any],
    new: Mapping[str, Any],
    now: Mapping[str, Any],
    status: str,
) -> Iterator[Change]:
    if was and not now:
        yield "response-body-removed", status, ", ".join(was), ""
    elif now and not was:
        yield "response-body-added", status, "", ", ".join(now)
    else:
        yield from bodies("response", old, was, new, now, status)


def _headers(
    old: Mapping[str, Any],
    was: Mapping[str, Any],
    new: Mapping[str, Any],
    now: Mapping[str, Any],
    status: str,
) -> Iterator[Change]:
    before = {name.lower(): deref(old, one) for name, one in was.items() if name.lower() != "content-type"}
    after = {name.lower(): deref(new, one) for name, one in now.items() if name.lower() != "content-type"}
    for name in dict.fromkeys([*before, *after]):
        place = f"{status} header {name}"
        if name not in after:
            yield f"response-{_required(before[name])}header-removed", place, name, ""
        elif name not in before:
            yield f"response-{_required(after[name])}header-added", place, "", name
        else:
            required = [bool(side[name].get("required")) for side in (before, after)]
            if required[0] != required[1]:
                word = "required" if required[1] else "optional"
                yield f"response-header-became-{word}", place, "", ""
            schemas = schema_of(before[name]), schema_of(after[name])
            for change, at, one, other in Schemas(old, new, "response").changes(*schemas):
                yield f"response-{change}", f"{place} {at}".rstrip(), one, other


def _required(header: Mapping[str, Any]) -> str:
    return "required-" if header.get("required") else ""


def _known(document: Mapping[str, Any], answer: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, str]:
    """The links of an answer: where each leads, and with what."""
    told: dict[str, str] = {}
    for name, given in (answer.get("links") or {}).items():
        link = deref(document, given)
        leads = ids.get(str(link.get("operationId")), link.get("operationId")) or _pointed(link)
        values = [*(link.get("parameters") or {}).values(), link.get("requestBody")]
        told[name] = json.dumps([leads, sorted(map(str, values))])
    return told


def _pointed(link: Mapping[str, Any]) -> str:
    """What an `operationRef` leads to: method and path shape, or what it says where it leads elsewhere."""
    reference = str(link.get("operationRef", ""))
    path, _, method = reference.removeprefix("#/paths/").rpartition("/")
    if not reference.startswith("#/paths/"):
        return reference
    return f"{method.upper()} {shape_of(unquote(path).replace('~1', '/').replace('~0', '~'))}"


def _links(was: Mapping[str, str], now: Mapping[str, str], status: str) -> Iterator[Change]:
    for name in dict.fromkeys([*was, *now]):
        place = f"{status} link {name}"
        if name not in now:
            yield "response-link-removed", place, name, ""
        elif name not in was:
            yield "response-link-added", place, "", name
        elif was[name] != now[name]:
            yield "response-link-changed", place, was[name], now[name]
