"""What a service is free not to offer: operations that it may refuse to everybody, each with its reason."""

from __future__ import annotations

from conformance.contract import Operation
from conformance.exchange import Exchange
from conformance.story import NotOffered

FREE_TO_REFUSE = {
    "fork-imodel": "offered to selected applications only",
    "get-imodel-user-permissions": "a technical preview",
    "update-imodel-user-permissions": "a technical preview",
}
"""Public operations that a service may refuse; besides these there are the preview ones."""
REFUSALS = {403, 404}


def may_refuse(operation: Operation) -> bool:
    """Whether a service is free to refuse an operation to everybody."""
    return operation.maturity == "preview" or operation.id in FREE_TO_REFUSE


def offered(exchange: Exchange) -> Exchange:
    """The exchange of a right request by a caller with every right; NotOffered when it was refused."""
    operation = exchange.operation
    if operation and may_refuse(operation) and exchange.status in REFUSALS:
        raise NotOffered(operation.id)
    return exchange
