"""One mock service: its memory, its settings, and what is bent about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from conformance import contract as contracts
from conformance.mock.catalogue import fault_or_rule, liberty_named, rule_named
from conformance.mock.clock import Clock
from conformance.mock.published import API, VIEWS
from conformance.mock.settings import Settings
from conformance.mock.store import Store
from conformance.mock.twists import Twist


class Service:
    """A mock of the API, without the wire."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        faults: Iterable[str] = (),
        liberties: Iterable[str] = (),
        drop: Iterable[str] = (),
        clock: Callable[[], Clock] = Clock,
        view: str = API,
    ) -> None:
        self.contract = contracts.load()
        self.view = VIEWS[view]()
        self.settings = settings or Settings()
        self.store = Store(self.settings, clock)
        self.bend(faults=faults, liberties=liberties, drop=drop)

    def bend(
        self, *, faults: Iterable[str] = (), liberties: Iterable[str] = (), drop: Iterable[str] = ()
    ) -> None:
        """Start again, with these faults and liberties and without these rules."""
        self.dropped = {rule_named(name) for name in drop}
        self.twists: dict[str, Twist] = {}
        for name in faults:
            found = fault_or_rule(name)
            if isinstance(found, str):
                self.dropped.add(found)
            else:
                self.twists[name] = found
        self.twists |= {name: liberty_named(name) for name in liberties}
        self.reset()

    def reset(self) -> None:
        """Back to the start: empty, and with the same ids to come."""
        self.store.reset()
        self.luck = Random(self.settings.seed + 1)
        self.requests = 0
        self.throttled = 0
