"""How a refusal is read: status always, code and details as far as the answer tells them."""

from __future__ import annotations

import re
from typing import Any

from conformance.exchange import Deviation, Exchange, Expected
from conformance.story import Undecided

CODE = re.compile(r"[A-Za-z]{1,60}")


def refused(exchange: Exchange, statuses: int | tuple[int, ...], *codes: str) -> dict[str, Any]:
    """Assert a refusal: one of the statuses, and one of the codes when codes are given.

    Returns the `error` object (empty without one). The reference does not promise an error body for every
    failure: without one the status tells the code where it stands for one alone, else Undecided is raised.
    """
    accepted = (statuses,) if isinstance(statuses, int) else statuses
    assert exchange.status in accepted, f"answered {_seen(exchange)}, not {_words(accepted)}"
    error = exchange.error
    if codes and error is None and _documented(exchange) - set(codes):
        raise Undecided("the refusal carried no error body, so its code cannot be judged")
    if codes and error is not None:
        assert code_of(exchange) in codes, f"answered the code {code_of(exchange)}, not {_words(codes)}"
    return error or {}


def _documented(exchange: Exchange) -> set[str]:
    """The codes that the status stands for; `""` where the contract says nothing of it."""
    told = exchange.response.errors if exchange.response else ()
    return {error.code for error in told} or {""}


def as_expected(exchange: Exchange, expected: Expected) -> Deviation | None:
    """Compare a refusal with what a request made wrong on purpose must be answered with."""
    parts = (_words(expected.statuses), expected.code, expected.detail, expected.detail_target or "")
    wanted = " ".join(part for part in parts if part)
    seen = _seen(exchange)
    if exchange.status not in expected.statuses:
        return Deviation(f"status {exchange.status} for {expected.what}", wanted, seen)
    if exchange.error is None or not expected.code:
        return None
    if code_of(exchange) != expected.code:
        return Deviation(f"code {_word(code_of(exchange))} for {expected.what}", wanted, seen)
    if expected.detail and not _has_detail(exchange.error, expected):
        return Deviation(f"details for {expected.what}", wanted, f"{seen} {exchange.error.get('details')}")
    return None


def code_of(exchange: Exchange) -> str:
    """The error code of an answer, `""` when it has none."""
    return str((exchange.error or {}).get("code", ""))


def _has_detail(error: dict[str, Any], expected: Expected) -> bool:
    details = error.get("details")
    entries = [entry for entry in details if isinstance(entry, dict)] if isinstance(details, list) else []
    return any(
        entry.get("code") == expected.detail
        and _same_target(entry, expected)
        and _same_inner(entry, expected)
        for entry in entries
    )


def _same_target(entry: dict[str, Any], expected: Expected) -> bool:
    if expected.any_target:
        return True
    target = entry.get("target")
    wanted = expected.detail_target
    return str(target or "").casefold() == str(wanted or "").casefold()


def _same_inner(entry: dict[str, Any], expected: Expected) -> bool:
    inner = entry.get("innerError")
    return not expected.inner or (isinstance(inner, dict) and inner.get("code") == expected.inner)


def _word(code: str) -> str:
    """A code as a part of a fingerprint: one that looks like none of the service's is no name of anything."""
    return code if CODE.fullmatch(code) else "unknown"


def _seen(exchange: Exchange) -> str:
    return f"{exchange.status} {code_of(exchange)}".strip()


def _words(values: tuple[object, ...]) -> str:
    return " or ".join(str(value) for value in values)
