"""What a service need not offer: operations that it may refuse throughout, and whether it does."""

from __future__ import annotations

from conformance.contract import Contract, Operation
from conformance.exchange import Finding
from conformance.runner.ledger import Ledger

FREE_TO_REFUSE = {
    "fork-imodel": "offered to selected applications only",
    "get-imodel-thumbnail": "a picture may be missing until one is uploaded",
    "get-imodel-user-permissions": "a technical preview",
    "update-imodel-user-permissions": "a technical preview",
}
"""Operations besides the previews that may be refused throughout, each with its reason."""

TURNED_AWAY = {403, 404}
SAYS_NOTHING = {400, 401, 413, 415, 422, 429}
"""Statuses that callers without a token, wrong requests and hasty callers get of any operation."""


def free_to_refuse(operation: Operation) -> bool:
    """Whether a service may refuse every request of the operation."""
    return operation.maturity == "preview" or operation.id in FREE_TO_REFUSE


def not_offered(contract: Contract, ledger: Ledger) -> frozenset[str]:
    """The operations that may be refused throughout and were: with 403 or 404, and never a success.

    So are those that were never asked, since what they are about comes from one of these.
    """
    free = {id_ for id_, operation in contract.operations.items() if free_to_refuse(operation)}
    refused = {id_ for id_ in free if _refused_throughout(ledger.statuses(id_))}
    # What is read, changed or removed with one of these could never be made.
    unmade = {id_ for id_ in free if not ledger.statuses(id_) and ledger.lacking.get(id_) in refused}
    return frozenset(refused | unmade)


def turned_away(finding: Finding) -> bool:
    """Whether it says no more than that a request was turned away for another reason than the expected one.

    Where nothing is offered there may be no path, which is told before anybody asks who is calling.
    """
    judged = [exchange for exchange in finding.exchanges if exchange.expected]
    return bool(judged) and all(exchange.status in TURNED_AWAY for exchange in judged)


def _refused_throughout(statuses: set[int]) -> bool:
    return bool(statuses & TURNED_AWAY) and statuses <= TURNED_AWAY | SAYS_NOTHING
