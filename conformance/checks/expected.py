"""Checks of requests made wrong on purpose: the answer is held against what the request's maker expects."""

from __future__ import annotations

from functools import partial

from conformance.checks import check
from conformance.checks.errors import is_well_formed
from conformance.checks.reading import deviation
from conformance.exchange import Deviation, Exchange
from conformance.refusal import as_expected

CALLED_INVALID = (400, 422)
QUOTA = "ResourceQuotaExceeded"


def _is_about(name: str, exchange: Exchange) -> bool:
    """A 5xx and an error that cannot be read are findings of other rows and decide nothing here."""
    expected = exchange.expected
    if expected is None or expected.requirement != name:
        return False
    return exchange.status < 500 and is_well_formed(exchange)


def answered_as_expected(exchange: Exchange) -> Deviation | None:
    """The answer is the one that was expected."""
    found = as_expected(exchange, exchange.expected) if exchange.expected else None
    return deviation(found.kind, found.expected, found.seen) if found else None


@check("requests/plainest-accepted", when=partial(_is_about, "requests/plainest-accepted"))
def not_called_invalid(exchange: Exchange) -> Deviation | None:
    """A request in which nothing is wrong is not called invalid; a quota may be used up all the same."""
    error = exchange.error or {}
    codes = {error.get("code"), *(entry.get("code") for entry in error.get("details") or ())}
    if exchange.status not in CALLED_INVALID or QUOTA in codes:
        return None
    seen = f"{exchange.status} {error.get('code', '')}".strip()
    return deviation(f"status {exchange.status}", "no 400 or 422", seen)


def decides(*names: str) -> None:
    """Judge the exchanges whose maker names one of these rows; the plan reads the names from the call."""
    for name in names:
        check(name, when=partial(_is_about, name))(answered_as_expected)


decides(
    "requests/invalid-value",
    "requests/missing-property",
    "requests/at-least-one",
    "requests/broken-json",
    "requests/media-type",
    "requests/missing-content-type",
    "requests/not-an-image",
    "requests/missing-body",
    "requests/invalid-parameter",
    "requests/too-long-description",
    "requests/undocumented-fault",
    "requests/content-type-ignored-on-reads",
)
decides(
    "access/no-token",
    "access/empty-token",
    "access/wrong-scheme",
    "access/bad-token",
    "access/expired-token",
    "access/write-needs-permission",
    "access/outsider-sees-nothing",
    "access/reader-reads",
    "access/imodel-level-narrows",
    "access/unnamed-sees-nothing",
)
decides(
    "imodels/unknown-id",
    "imodels/malformed-id",
    "changesets/unknown",
    "changeset-groups/unknown",
    "named-versions/unknown",
    "briefcases/unknown",
    "users/unknown",
    "shares/unknown",
    "checkpoints/unknown-imodel",
    "checkpoints/unknown-named-version",
    "locks/release-chunk-unknown-imodel",
)
