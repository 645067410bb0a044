"""The catalogue of rules: each with a lasting name, a direction, a level, the reason, and what undoes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.drift.behaviour import BEHAVIOUR
from conformance.drift.catalogue import LIMITS, OPERATION, REQUEST, RESPONSE, SCHEMA, B, I, W
from conformance.drift.sides import ARTEFACTS, RUNS

LEVELS = (B, W, I)


@dataclass(frozen=True)
class Rule:
    """One kind of change: what it is called, whom it hurts and why; `opposite` is the same change undone."""

    name: str
    direction: str
    level: str
    why: str
    opposite: str

    @property
    def provider_level(self) -> str:
        """What it means for whoever has to offer it: what eases callers asks more of the provider.

        What a service was seen to do is as bad for whoever promised something else.
        """
        return self.level if self.direction == "behaviour" else RULES[self.opposite].level


def _rules() -> Iterator[Rule]:
    for both in SCHEMA:
        yield Rule(
            f"request-{both.name}", "request", both.request, both.why_request, f"request-{both.opposite}"
        )
        yield Rule(
            f"response-{both.name}", "response", both.response, both.why_response, f"response-{both.opposite}"
        )
    for limit, what in LIMITS.items():
        yield from _limit(limit, what)
    for direction, table in (("request", REQUEST), ("response", RESPONSE)):
        for one in table:
            yield Rule(
                f"{direction}-{one.name}", direction, one.level, one.why, f"{direction}-{one.opposite}"
            )
    for one in OPERATION:
        yield Rule(one.name, "operation", one.level, one.why, one.opposite)
    for one in (*BEHAVIOUR, *RUNS, *ARTEFACTS):
        yield Rule(one.name, "behaviour", one.level, one.why, one.opposite)


def _limit(limit: str, what: str) -> Iterator[Rule]:
    narrowed, widened = f"{limit}-narrowed", f"{limit}-widened"
    refused, accepted = f"{what} sent today are refused", f"all {what} sent today are still accepted"
    fewer, more = f"all {what} that come were possible before", f"{what} come that were not possible before"
    yield Rule(f"request-{narrowed}", "request", B, refused, f"request-{widened}")
    yield Rule(f"request-{widened}", "request", I, accepted, f"request-{narrowed}")
    yield Rule(f"response-{narrowed}", "response", I, fewer, f"response-{widened}")
    yield Rule(f"response-{widened}", "response", W, more, f"response-{narrowed}")


RULES: dict[str, Rule] = {rule.name: rule for rule in _rules()}


@dataclass(frozen=True)
class Difference:
    """One change: its rule, the operation, the place in it, and what stood there before and after."""

    rule: str
    operation: str
    place: str
    old: str = ""
    new: str = ""

    @property
    def level(self) -> str:
        """How bad it is for who calls the API."""
        return RULES[self.rule].level
