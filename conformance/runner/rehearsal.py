"""The rehearsal: what a run will take of its target, counted on the built-in mock before anything is sent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from conformance.credentials import Tokens
from conformance.exchange import Exchange
from conformance.report.verdict import Verdict
from conformance.runner.conduct import Conduct
from conformance.runner.options import MOCK, Options
from conformance.runner.preflight import LIST
from conformance.runner.run import MOCK_IDENTITIES, Run
from conformance.runner.soak import SOAK
from conformance.target import IDENTITIES, MADE_UP, MAIN, Target
from conformance.transport.pace import NONE, STANDARD, Pace

LATENCY = 0.2
"""Seconds that an answer of a service is taken to need, where nobody says better."""


@dataclass
class Cost:
    """What a run takes: requests by operation, those that made iModels, and its own seconds between them."""

    requests: Counter[str] = field(default_factory=Counter)
    made: int = 0
    seconds: float = 0.0
    order: list[str] = field(default_factory=list)

    def hear(self, exchange: Exchange) -> None:
        """Count an exchange."""
        self.requests[exchange.name] += 1
        self.order.append(exchange.name)
        self.seconds -= exchange.answer.elapsed

    def last(self, rate: float, tier: str, latency: float) -> float:
        """The seconds the same requests take at a pace, when each answer takes so long."""
        now = 0.0
        pace = Pace(rate, tier, lambda: now)
        own = max(0.0, self.seconds) / max(1, len(self.order))
        for operation in self.order:
            now += pace.take(operation) + latency + own
        return now


def rehearse(options: Options, target: Target | None) -> tuple[Cost, Verdict]:
    """Run the tests of a run against a mock in the place of the target, as sparingly as against it.

    Without a target the mock stands for one that offers everything.
    """
    from conformance.plugin import execute

    cost = Cost()
    with TemporaryDirectory() as folder, opened(options, target, Path(folder) / "rehearsal") as run:
        run.road.listeners.append(cost.hear)
        cost.requests[LIST] += len(run.target.itwins)
        began = time.monotonic()
        verdict = execute(Conduct.of(run))
        cost.seconds += time.monotonic() - began
        cost.made = run.journal.count()
    return cost, verdict


def mirror(options: Options, target: Target | None, folder: Path) -> None:
    """Run the tests of a run against the mock, in the place of its target; its reports go to a folder."""
    from conformance.plugin import execute

    if target is None or target.embedded:
        execute(Conduct.of(Run(replace(options, reports=str(folder)))))
        return
    with opened(options, target, folder) as run:
        execute(Conduct.of(run))


@contextmanager
def opened(options: Options, target: Target | None, folder: Path) -> Iterator[Run]:
    """A run against a mock in the place of a target, without the limits that are the target's."""
    from conformance.mock.server import MockServer
    from conformance.mock.settings import Settings

    chosen = replace(options, target=MOCK, reports=str(folder), rate=0.0, tier=NONE)
    chosen = replace(chosen, max_requests=None, max_time=None, max_imodels=None)
    if options.profile == SOAK:
        chosen = replace(chosen, profile="full")
    with MockServer(Settings(seed=options.seed, slow_work_seconds=0.2)) as server:
        yield Run(chosen, stand_in(server.url, target))


def stand_in(url: str, target: Target | None) -> Target:
    """A mock with as many iTwins and identities as a target, reached like a service."""
    from conformance.mock import tokens

    names = dict(zip(IDENTITIES, MOCK_IDENTITIES, strict=True))
    known = [name for name in names if target is None or name in target.tokens]
    roles: Mapping[str, str] = {MAIN if name == "admin" else name: id_ for name, id_ in tokens.ROLES.items()}
    return Target(
        url,
        (tokens.ITWIN, tokens.SECOND_ITWIN)[: len(target.itwins) if target else 2],
        Tokens.fixed({name: tokens.token(names[name]) for name in known}),
        dedicated=target is None or target.dedicated,
        not_offered=target.not_offered if target else frozenset(),
        roles={name: role for name, role in roles.items() if target is None or name in target.roles},
        baseline=target.baseline if target else MADE_UP,
        poll=0.25,
        deadline=10.0,
        lag=2.0,
    )


def told(cost: Cost, options: Options, latency: float) -> list[str]:
    """What a rehearsal counted, for people."""
    seconds = cost.last(options.rate, options.tier, latency)
    pace = f"{options.rate:g} requests a second" if options.rate else "as fast as answers come"
    tier = f"limits of tier {options.tier}" if options.tier != STANDARD else "documented limits"
    lines = [
        f"profile   {options.profile}, seed {options.seed}",
        f"requests  {sum(cost.requests.values())}",
        f"iModels   {cost.made}",
        f"minutes   {seconds / 60:.1f} ({pace}, {tier}, {latency:g} s an answer; slow work comes on top)",
        "",
    ]
    width = max(map(len, cost.requests), default=0)
    return lines + [f"  {name:{width}}  {number:>5}" for name, number in cost.requests.most_common()]


def exceeded(cost: Cost, options: Options, latency: float) -> list[str]:
    """The limits of a run that it will not keep within."""
    spent = {
        "--max-requests": (options.max_requests, float(sum(cost.requests.values()))),
        "--max-imodels": (options.max_imodels, float(cost.made)),
        "--max-time": (options.max_time, cost.last(options.rate, options.tier, latency) / 60),
    }
    return [
        f"{name} {limit:g} is too little: the run takes {need:.4g}"
        for name, (limit, need) in spent.items()
        if limit and need > limit
    ]
