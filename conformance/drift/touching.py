"""The requirement of the register that a difference is about."""

from __future__ import annotations

import re
from functools import cache

from conformance.contract import load
from conformance.openapi import shape_of
from conformance.requirements import promise_of

ANYWHERE, SUCCESS, REFUSAL, BODY, PARAMETER = "", "2", "[345D]", "body", "query|header|path|cookie"
"""How the places begin that a line below is about."""
TOUCHES: tuple[tuple[str, str, str], ...] = (
    (r"(response-success-)?status-.*|response-status-unseen", SUCCESS, "answers/documented-success"),
    (r"(response-error-)?status-.*|response-status-unseen", REFUSAL, "answers/documented-refusal"),
    (r"response-(error-)?code-.*|code-.*", ANYWHERE, "errors/documented-code"),
    (r"response-error-detail-.*", ANYWHERE, "errors/details-say-what"),
    (r"(response-)?media-type-.*", SUCCESS, "answers/media-type"),
    (r"(response-(required-)?)?header-.*", SUCCESS, "answers/documented-headers"),
    (r"response-body-undocumented", "204", "answers/no-body-with-204"),
    (r"response-(member|body)-undocumented|member-appeared", SUCCESS, "answers/undocumented-members"),
    (r"response-(link|media-type|header|required-header)-.*|.*deprecated", ANYWHERE, ""),
    (r"response-.*|(member|type)-.*", SUCCESS, "answers/body-matches-schema"),
    (r"response-.*|(member|type)-.*", REFUSAL, "errors/envelope"),
    (r"request-(required-)?body-.*|request-requirement-waived", r"body$", "requests/missing-body"),
    (r"request-media-type-.*", BODY, "requests/media-type"),
    (r"request-min-properties-.*", BODY, "requests/at-least-one"),
    (r"request-(required-|requirement-|property-became-).*", BODY, "requests/missing-property"),
    (r"request-(property|member)-.*", BODY, ""),
    (r"request-.*", BODY, "requests/invalid-value"),
    (r"request-parameter-.*(added|removed|changed|documented|unseen)", ANYWHERE, ""),
    (r"request-.*", PARAMETER, "requests/invalid-parameter"),
    (r"security-(added|removed)", ANYWHERE, "access/no-token"),
)
"""Names of rules, places, and the requirement; the first line that fits decides."""


@cache
def touched(rule: str, operation: str, place: str) -> str:
    """The name of the requirement; none where the register says nothing of it, or not of this operation."""
    found = (name for rules, at, name in TOUCHES if re.fullmatch(rules, rule) and re.match(at, place))
    name = next(found, "")
    return name if name and promise_of(name).concerns(_id(operation)) else ""


@cache
def _id(operation: str) -> str:
    method, _, path = operation.partition(" ")
    known = load().shapes.get((method, shape_of(path)))
    return known.id if known else ""
