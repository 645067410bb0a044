"""What a service need not offer: operations that it may refuse throughout, and whether it does."""

from __future__ import annotations

from conformance.contract import Contract, Operation
from conformance.runner.ledger import Ledger

FREE_TO_REFUSE = {
    "fork-imodel": "offered to selected applications only",
    "get-imodel-thumbnail": "a picture may be missing until one is uploaded",
}
"""Operations besides the previews that may be refused throughout, each with its reason."""

TURNED_AWAY = {403, 404}
SAYS_NOTHING = {401, 413, 422, 429}
"""Statuses that callers without a token, wrong requests and hasty callers get of any operation."""


def free_to_refuse(operation: Operation) -> bool:
    """Whether a service may refuse every request of the operation."""
    return operation.maturity == "preview" or operation.id in FREE_TO_REFUSE


def not_offered(contract: Contract, ledger: Ledger) -> frozenset[str]:
    """The operations that may be refused throughout and were: with 403 or 404, and never a success."""
    return frozenset(
        id_
        for id_, operation in contract.operations.items()
        if free_to_refuse(operation) and _refused_throughout(ledger.statuses(id_))
    )


def _refused_throughout(statuses: set[int]) -> bool:
    return bool(statuses & TURNED_AWAY) and statuses <= TURNED_AWAY | SAYS_NOTHING
