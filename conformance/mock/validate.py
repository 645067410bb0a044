"""A request against the contract: what is wrong with its headers, body and query."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from conformance.contract import Parameter, Schema
from conformance.mock import pictures
from conformance.mock.call import Call
from conformance.mock.faults import fault
from conformance.mock.liberties import liberty
from conformance.mock.problems import INVALID, Detail, Problem
from conformance.mock.rules import declare

BROKEN_JSON = declare("requests/broken-json")
MEDIA_TYPE = declare("requests/media-type")
CONTENT_TYPE = declare("requests/missing-content-type")
NO_IMAGE = declare("requests/not-an-image")
TOO_LARGE = declare("thumbnails/too-large")
MISSING_BODY = declare("requests/missing-body")
MISSING_PROPERTY = declare("requests/missing-property")
AT_LEAST_ONE = declare("requests/at-least-one")
INVALID_VALUE = declare("requests/invalid-value")
LONG_DESCRIPTION = declare("requests/too-long-description")
INVALID_PARAMETER = declare("requests/invalid-parameter")
UNDOCUMENTED = declare("requests/undocumented-fault")

CONTENT_TYPE_ON_READS = fault.switch("requests/content-type-ignored-on-reads")
MEDIA_TYPE_415 = liberty.switch("media-type-415")
NULL_CLEARS = liberty.switch("null-clears")
NULL_REFUSED = liberty.switch("null-refused")
FIRST_DETAIL_ONLY = liberty.switch("first-detail-only")

_OTHER_FILTERS = liberty.switch("unknown-filters-ignored")
LENIENT = {
    "$top": liberty.switch("other-page-size"),
    "$orderBy": _OTHER_FILTERS,
    "state": _OTHER_FILTERS,
    "$search": _OTHER_FILTERS,
}
ODD_IDS = liberty.switch("odd-changeset-ids")
SHARE_DEFAULTS = liberty.switch("share-defaults")
EXCUSED = {
    ("create-imodel-changeset", "id", "pattern"): ODD_IDS,
    ("update-imodel-locks", "LockedObjects", "required"): liberty.switch("locked-objects-optional"),
    ("create-imodel-share", "expiresAt", "required"): SHARE_DEFAULTS,
    ("create-imodel-share", "permission", "required"): SHARE_DEFAULTS,
}
EXCLUSIVE = (("$continuationToken", "$skip"), ("$search", "name"))

TOO_LONG = "Provided 'description' value is not valid. The value exceeds allowed 255 characters."
INT32, INT64 = 2**31, 2**63
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_SAFE = 2**53
DEPTH = 64


class _Unreadable(ValueError):
    """A body that is no JSON object."""


def check(call: Call) -> None:
    """Fill in the query and the body of a call, or refuse it with everything that is wrong."""
    if _picture_too_large(call) and not call.drops(TOO_LARGE):
        raise Problem("RequestTooLarge")
    details = [*_headers(call)]
    if not details:
        details = [*_body(call), *_query(call)]
    if details:
        raise Problem(INVALID, details[:1] if call.bent(FIRST_DETAIL_ONLY) else details)


def _takes_pictures(call: Call) -> bool:
    return call.operation.body is not None and call.operation.body.is_file


def _unread(call: Call) -> bool:
    """Whether a body is of no interest: where nothing can be wrong with it, nothing is."""
    return not call.operation.errors(422)


def _picture_too_large(call: Call) -> bool:
    return _takes_pictures(call) and len(call.request.body) > call.settings.max_picture


def _label(call: Call, detail: Detail) -> str:
    for error in call.operation.errors(422):
        for known in error.details:
            same = (known.target or "").lower() == (detail.target or "").lower()
            if known.code == detail.code and same and known.inner == detail.inner:
                return known.label
    return "inferred"


def _named(call: Call, code: str, target: str | None) -> Detail:
    targets = [d.target for e in call.operation.errors(422) for d in e.details if d.target and target]
    spelled = next((t for t in targets if t and target and t.lower() == target.lower()), target)
    return Detail(code, spelled)


def _enforced(call: Call, rule: str, detail: Detail) -> bool:
    return not call.drops(rule if _label(call, detail) == "doc" else UNDOCUMENTED)


def _headers(call: Call) -> Iterator[Detail]:
    media_type = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = call.operation.body
    if body is None:
        if media_type and call.bent(CONTENT_TYPE_ON_READS) and call.request.method in {"GET", "DELETE"}:
            yield Detail("InvalidHeaderValue", "content-type")
        return
    if _unread(call):
        return
    if not media_type and _takes_pictures(call) and not call.drops(CONTENT_TYPE):
        yield Detail("MissingRequiredHeader", "content-type")
    detail = Detail("InvalidHeaderValue", "content-type")
    if media_type and media_type not in body.media_types and _enforced(call, MEDIA_TYPE, detail):
        if call.bent(MEDIA_TYPE_415) and _label(call, detail) != "doc":
            raise Problem("UnsupportedMediaType")
        yield detail


def _body(call: Call) -> Iterator[Detail]:
    body = call.operation.body
    if _takes_pictures(call):
        yield from _picture(call)
    if body is None or body.schema is None or _unread(call):
        return
    if not call.request.body:
        if body.required and not call.drops(MISSING_BODY):
            raise Problem("MissingRequestBody")
        given: dict[str, Any] = {}
    else:
        try:
            given = _parsed(call.request.body)
        except (ValueError, RecursionError):
            given = {}
            if _enforced(call, BROKEN_JSON, detail := Detail("InvalidRequestBody")):
                yield detail
                return
    yield from _members(call, given, body.schema)


def _picture(call: Call) -> Iterator[Detail]:
    try:
        call.pictures = pictures.rendered(call.request.body)
    except pictures.NoPicture:
        if not call.drops(NO_IMAGE if call.request.body else UNDOCUMENTED):
            yield Detail("InvalidRequestBody", inner="InvalidThumbnailFormat")


def _parsed(raw: bytes) -> dict[str, Any]:
    value = json.loads(raw, parse_constant=_refuse, parse_float=_finite)
    if not isinstance(value, dict) or _deeper(value, DEPTH):
        raise _Unreadable("not an object")
    json.dumps(value, ensure_ascii=False).encode()
    return value


def _deeper(value: Any, depth: int) -> bool:
    """Whether a value goes on below a depth; such a body could be read, but not written again."""
    level = [value]
    for _ in range(depth):
        level = [
            item
            for outer in level
            if isinstance(outer, dict | list)
            for item in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


def _refuse(constant: str) -> float:
    raise _Unreadable(constant)


def _finite(text: str) -> float | int:
    value = float(text)
    if not math.isfinite(value):
        raise _Unreadable(text)
    return int(value) if value.is_integer() and abs(value) < _SAFE else value


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _members(call: Call, given: dict[str, Any], schema: Schema) -> Iterator[Detail]:
    plain = call.contract.resolve(schema)
    properties: dict[str, Schema] = plain.get("properties", {}) if isinstance(plain, dict) else {}
    nulls = {name for name in properties if name in given and given[name] is None}
    if nulls and call.bent(NULL_REFUSED) and call.request.method == "PATCH":
        yield from (_named(call, "InvalidValue", name) for name in sorted(nulls))
    call.nulls = (
        frozenset(nulls) if call.bent(NULL_CLEARS) and call.request.method == "PATCH" else frozenset()
    )
    call.body = _without_nulls({name: given[name] for name in properties if name in given})
    for detail, keyword in _faults(call, schema, properties):
        if call.bent(EXCUSED.get((call.operation.id, detail.target or "", keyword), "")):
            continue
        rule = _rule_of(call, detail, keyword)
        if detail.target is None and call.nulls:
            continue
        if rule == LONG_DESCRIPTION and not call.drops(rule):
            yield Detail(detail.code, detail.target, message=TOO_LONG)
        elif rule != LONG_DESCRIPTION and _enforced(call, rule, detail):
            yield detail
        elif rule != LONG_DESCRIPTION and detail.target:
            _forget(call, detail.target)


def _forget(call: Call, target: str) -> None:
    for name in [name for name in call.body if name.lower() == target.lower()]:
        del call.body[name]


def _rule_of(call: Call, detail: Detail, keyword: str) -> str:
    if detail.code == "MissingRequiredProperty":
        return MISSING_PROPERTY if detail.target else AT_LEAST_ONE
    if (call.operation.id, detail.target, keyword) == ("create-imodel", "description", "maxLength"):
        return LONG_DESCRIPTION
    return INVALID_VALUE


def _faults(call: Call, schema: Schema, properties: dict[str, Schema]) -> list[tuple[Detail, str]]:
    found: dict[Detail, str] = {}
    for error in call.contract.validator(schema).iter_errors(call.body):
        found.setdefault(_detail(call, error), error.kind.name)
    for name, value in call.body.items():
        if _out_of_range(call, properties[name], value):
            found.setdefault(_named(call, "InvalidValue", name), "format")
    return [*found.items()]


def _detail(call: Call, error: Any) -> Detail:
    if error.instance_path:
        return _named(call, "InvalidValue", str(error.instance_path[0]))
    if error.kind.name == "required":
        return _named(call, "MissingRequiredProperty", error.kind.property)
    if error.kind.name == "minProperties":
        return Detail("MissingRequiredProperty")
    if error.kind.name == "not":
        return Detail("MutuallyExclusivePropertiesProvided")
    return Detail("InvalidRequestBody")


def _out_of_range(call: Call, schema: Schema, value: Any) -> bool:
    plain = call.contract.resolve(schema)
    if isinstance(value, dict):
        inner = plain.get("properties", {}) if isinstance(plain, dict) else {}
        return any(_out_of_range(call, inner.get(name, True), item) for name, item in value.items())
    limit = INT32 if isinstance(plain, dict) and plain.get("format") == "int32" else INT64
    return isinstance(value, int) and not isinstance(value, bool) and not -limit <= value < limit


def _query(call: Call) -> Iterator[Detail]:
    given: dict[str, str] = {}
    for name, value in parse_qsl(call.request.query, keep_blank_values=True, errors="replace"):
        given.setdefault(name.lower(), value)
    for parameter in call.operation.parameters:
        if parameter.location != "query":
            continue
        text = given.get(parameter.name.lower())
        if text is None:
            if parameter.required:
                yield from _parameter(call, "MissingRequiredParameter", parameter)
            continue
        value, valid = _converted(call, parameter, text)
        if not valid and parameter.name in LENIENT and call.bent(LENIENT[parameter.name]):
            continue
        if valid:
            call.query[parameter.name] = value
        else:
            yield from _parameter(call, "InvalidValue", parameter)
    for kept, other in EXCLUSIVE:
        if kept in call.query and other in call.query:
            detail = Detail("MutuallyExclusiveParametersProvided", kept)
            if _enforced(call, INVALID_PARAMETER, detail):
                yield detail


def _parameter(call: Call, code: str, parameter: Parameter) -> Iterator[Detail]:
    detail = _named(call, code, parameter.name)
    if _enforced(call, INVALID_PARAMETER, detail):
        yield detail


def _converted(call: Call, parameter: Parameter, text: str) -> tuple[Any, bool]:
    schema = call.contract.resolve(parameter.schema)
    value: Any = text
    if isinstance(schema, dict) and schema.get("type") == "integer":
        if not _INTEGER.fullmatch(text):
            return None, False
        value = int(text)
    return value, call.contract.validator(parameter.schema).is_valid(value)
