"""A second opinion: the checks that come with schemathesis, and where they may not speak.

Reported only for exchanges that no check of ours has found anything in, under the nearest of our rows.
"""

from __future__ import annotations

from typing import Any

import requests
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from conformance.contract import Operation
from conformance.exchange import Broken, Deviation, Exchange, Finding
from conformance.requirements import promise_of
from conformance.story import CURRENT

SINGLE = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
"""The checks that judge one exchange by itself."""

EXCLUDED = {
    "negative_data_rejection": "each fault has an answer of its own, and some may be accepted",
    "positive_data_acceptance": "names, parents and states decide what succeeds, not the schema alone",
    "missing_required_header": "no header but Authorization is required, and that one has rows of its own",
    "unsupported_method": "nothing is documented for methods that do not exist",
    "allow_header_conformance": "the header Allow is not documented",
    "object_level_authorization": "who may see what is judged with identities of our own",
}
"""Check → why it is switched off altogether."""

ROWS = {
    "not_a_server_error": "answers/no-server-error",
    "content_type_conformance": "answers/media-type",
    "response_headers_conformance": "answers/documented-headers",
    "response_schema_conformance": "answers/body-matches-schema",
    "status_code_conformance": "answers/documented-success",
    "ignored_auth": "access/no-token",
    "use_after_free": "imodels/delete-removes",
    "ensure_resource_availability": "imodels/create-is-readable",
}
"""Check → the row that says the same."""

OF_REFUSALS = {
    "not_a_server_error": "answers/no-server-error",
    "status_code_conformance": "answers/documented-refusal",
}
"""Check → the row, where the answer is no success; what is not here is not judged then."""

ONLY_DETAILS = {"use_after_free", "ensure_resource_availability"}
"""What is right for an iModel's details may be wrong below it: a list lags, a checkpoint is missing."""


def row_of(check: str, operation: Operation, status: int) -> str | None:
    """The row that a failed check breaks; None where the check may not speak."""
    if check in ONLY_DETAILS:
        return ROWS[check] if operation.id == "get-imodel-details" else None
    success = 200 <= status < 300
    row = (ROWS if success else OF_REFUSALS).get(check)
    return row if row and promise_of(row).concerns(operation.id) else None


def second_opinion(case: Any, exchange: Exchange) -> None:
    """Judge an exchange by the checks that need nothing else; `case` is schemathesis' view of the request."""
    if exchange.operation is None or already_reported(exchange):
        return
    response = as_response(exchange)
    for check in SINGLE:
        try:
            case.validate_response(response, checks=[check])
        except FailureGroup as group:
            report(check.__name__, group.exceptions[0], exchange)


def report(check: str, failure: BaseException, exchange: Exchange) -> None:
    """Write a failure down as a finding; raise Broken when its row is a MUST one."""
    row = row_of(check, exchange.operation, exchange.status) if exchange.operation else None
    if row is None:
        return
    found = Finding(row, exchange.name, deviation(check, failure), (exchange,), exchange.test, "engine")
    if CURRENT.get().ledger.broken(found):
        raise Broken([found])


def deviation(check: str, failure: BaseException) -> Deviation:
    """What a failure of schemathesis says, in our form."""
    title = failure.title if isinstance(failure, Failure) else type(failure).__name__
    message = failure.message if isinstance(failure, Failure) else str(failure)
    said = next((line.strip() for line in message.splitlines() if line.strip()), "")
    return Deviation(f"{check}: {title}", f"{check} of schemathesis to hold", f"{title}: {said[:200]}")


def already_reported(exchange: Exchange) -> bool:
    """Whether one of our checks found something in this exchange."""
    known = CURRENT.get().ledger.findings()
    return any(exchange.number == seen.number for finding in known for seen in finding.exchanges)


def as_response(exchange: Exchange) -> Response:
    """An answer as schemathesis reads it."""
    sent, answer = exchange.request, exchange.answer
    prepared = requests.Request(sent.method, sent.url, dict(sent.headers), data=sent.body or None).prepare()
    headers = {name: [value] for name, value in answer.headers.items()}
    return Response(answer.status, headers, answer.body, prepared, answer.elapsed, verify=True)
