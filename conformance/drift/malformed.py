"""Documents that are OpenAPI by their head and something else inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from conformance.openapi import ContractError

SIGNS = (AttributeError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError)
"""What it comes to when a part of a document is of another kind than it has to be."""


@contextmanager
def readable(where: str) -> Iterator[None]:
    """For work on a document: where it turns out to be none, a ContractError says so in one line."""
    try:
        yield
    except SIGNS as error:
        reason = next(iter(str(error).splitlines()), "")
        raise ContractError(f"{where}: not as OpenAPI has it: {type(error).__name__} {reason}") from error
