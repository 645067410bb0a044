"""Valid requests: each operation is asked for what it promises, and must grant it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from conformance.cases.draft import Draft
from conformance.cases.faulty import limits
from conformance.cases.generate import MAKES_IMODELS, described, examples, for_each, valid
from conformance.cases.ground import Ground
from conformance.cases.plants import prepare
from conformance.cases.send import send
from conformance.cases.values import plain
from conformance.contract import Contract, Operation, Parameter, load
from conformance.exchange import PLAINEST, Exchange
from conformance.exploration.stock import second_opinion
from conformance.offer import TURNED_AWAY, free_to_refuse
from conformance.runner.run import Run
from conformance.story import CURRENT, NotOffered, SetupFailed, Undecided

SMOKE = {
    "get-itwin-imodels",
    "get-imodel-details",
    "get-imodel-changesets",
    "get-imodel-changeset-details",
}
"""Operations whose valid requests belong to the smallest profile; what writes has its stories there."""

SEVERAL = 2


def operations() -> list[Any]:
    """The operations of the suite's own contract, as test parameters.

    What makes iModels is costly: stories bring it to a success, by the plainest request too.
    """
    smoke, costly = pytest.mark.profile("smoke"), pytest.mark.costly

    def marks(operation: str) -> list[pytest.MarkDecorator]:
        return [smoke] * (operation in SMOKE) + [costly] * (operation in MAKES_IMODELS)

    return [pytest.param(id_, marks=marks(id_)) for id_ in load().operations]


@dataclass
class Attempt:
    """The valid requests of one operation, and what they reached."""

    run: Run
    ground: Ground
    operation: Operation
    reached: set[int] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def send(self, sample: Draft | None = None) -> Exchange:
        """Plant what is needed, send, and ask for the second opinion; without a sample the plainest one."""
        draft = prepare(self.run.contract, self.operation.id, self.ground, sample)
        exchange = send(draft, self.ground, self.run.api(), None if sample else PLAINEST)
        if exchange.ok:
            self.reached.add(exchange.status)
        else:
            self.refused.add(f"{exchange.status} {(exchange.error or {}).get('code', '')}".strip())
        second_opinion(_case(self.run.contract, self.operation, draft), exchange)
        return exchange

    def decide(self) -> None:
        """Without a documented success nothing was seen of the operation."""
        if not {str(status) for status in self.reached} & self.operation.responses.keys():
            seen = ", ".join(sorted(self.refused)) or ", ".join(map(str, sorted(self.reached)))
            text = f"{self.operation.id} never reached a documented success: {seen}"
            if self.run.target.read_only and self.refused:
                raise Undecided(text)
            raise NotOffered(text, self.operation.id) if self.may_refuse else SetupFailed(text)

    @property
    def may_refuse(self) -> bool:
        """Whether the service is free to answer so, and has never answered otherwise."""
        statuses = {int(seen.partition(" ")[0]) for seen in self.refused}
        return free_to_refuse(self.operation) and not self.reached and statuses <= TURNED_AWAY


@pytest.mark.reads
@pytest.mark.parametrize("operation", operations())
def test_valid_requests(operation: str, run: Run, ground: Ground) -> None:
    """The plainest request, requests at the limits and generated ones; the checks judge every answer."""
    attempt = Attempt(run, ground, run.contract.operations[operation])
    attempt.send()
    bounds = list(at_limits(run.contract, attempt.operation))
    for what, sample in bounds if attempt.reached else ():
        if (ground.generous or operation not in MAKES_IMODELS) and not attempt.send(sample).ok:
            raise SetupFailed(f"{operation} refused a value within its limits: {what}")
    number = examples(attempt.operation, ground.generous)
    # Where requests are counted, those at several limits stand for one drawn at random.
    if number and (ground.generous or len(bounds) < SEVERAL):
        for_each(
            valid(run.contract, attempt.operation),
            attempt.send,
            number=number,
            of=run.seed_of(CURRENT.get().test),
            shrink=ground.embedded,
        )
    attempt.decide()


def _default(parameter: Parameter) -> Any:
    """What a parameter is when it is left out, where that is told."""
    return parameter.schema.get("default") if isinstance(parameter.schema, dict) else None


def at_limits(contract: Contract, operation: Operation) -> Iterator[tuple[str, Draft]]:
    """The plainest request with one value at a documented limit, or one documented preference."""
    base = plain(contract, operation)
    for parameter in operation.parameters:
        for value in limits(contract, parameter.schema) if parameter.location == "query" else ():
            if parameter.label == "doc" and value != _default(parameter):
                yield f"{parameter.name} {_short(value)}", base.with_query(**{parameter.name: value})
        if parameter.location == "header" and isinstance(parameter.schema, dict):
            for value in parameter.schema.get("enum", ()):
                yield f"{parameter.name} {value}", base.with_headers(**{parameter.name: value})
    schema = contract.resolve(operation.body.schema or {}) if operation.body else {}
    for name, inner in (schema.get("properties") or {}).items() if isinstance(schema, dict) else ():
        for value in limits(contract, inner) if isinstance(base.body, dict) else ():
            yield f"{name} {_short(value)}", replace(base, body={**base.body, name: value})


def _short(value: object) -> str:
    return f"of {len(value)} characters" if isinstance(value, str) else str(value)


def _case(contract: Contract, operation: Operation, draft: Draft) -> Any:
    known = described(contract, operation)
    body = {"body": draft.body, "media_type": "application/json"} if isinstance(draft.body, dict) else {}
    return known.Case(path_parameters=dict(draft.path), query=dict(draft.query), **body)
