"""One mock service: its memory, its settings, and what is bent about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

from conformance import contract as contracts
from conformance.mock.call import Answer, Request
from conformance.mock.calls import Called, Calls
from conformance.mock.catalogue import fault_or_rule, liberty_named, list_liberties, rule_named
from conformance.mock.clock import Clock
from conformance.mock.keeper import Keeper
from conformance.mock.published import API, VIEWS
from conformance.mock.quota import Meter
from conformance.mock.settings import Settings
from conformance.mock.snapshots import Snapshot, put_back, take
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
        self._start: Snapshot | None = None
        self.keeper: Keeper | None = None
        self.bend(faults=faults, liberties=liberties, drop=drop)
        self._first = self.bent()

    def bend(
        self, *, faults: Iterable[str] = (), liberties: Iterable[str] = (), drop: Iterable[str] = ()
    ) -> None:
        """Start again, with these faults and liberties and without these rules."""
        self.twist(faults=faults, liberties=liberties, drop=drop)
        self.reset()

    def twist(
        self, *, faults: Iterable[str] = (), liberties: Iterable[str] = (), drop: Iterable[str] = ()
    ) -> None:
        """Go on with these faults and liberties and without these rules, and no others."""
        dropped = {rule_named(name) for name in drop}
        twists: dict[str, Twist] = {}
        for name in faults:
            found = fault_or_rule(name)
            if isinstance(found, str):
                dropped.add(found)
            else:
                twists[name] = found
        self.twists = twists | {name: liberty_named(name) for name in liberties}
        self.dropped = dropped

    def restart(self) -> None:
        """Back to how it was made: memory, faults, liberties and rules."""
        self.bend(**self._first)

    def reset(self) -> None:
        """Back to the start: the same memory, and the same ids to come."""
        self.store.reset()
        if self._start is not None:
            put_back(self.store, self._start)
        self.luck = Random(self.settings.seed + 1)
        self._delays = Random(self.settings.seed + 2)
        self.requests = 0
        self.throttled = 0
        self.meter = Meter()
        self.calls = Calls()
        self.commit()

    def bent(self) -> dict[str, list[str]]:
        """The faults and liberties that are on and the rules that are dropped."""
        liberties = [name for name in self.twists if name in list_liberties()]
        faults = [name for name in self.twists if name not in liberties]
        return {"faults": faults, "liberties": liberties, "drop": sorted(self.dropped)}

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self.store.clock.advance(seconds)
        self.commit()

    def forget_calls(self) -> None:
        """Begin to remember requests anew."""
        self.calls = Calls()

    def begin_here(self) -> None:
        """Let what is in memory now be the start that a reset goes back to."""
        self._start = take(self.store)

    def snapshot(self) -> Snapshot:
        """The memory of this moment."""
        return take(self.store)

    def restore(self, snapshot: Snapshot) -> None:
        """Back to the memory of a moment."""
        put_back(self.store, snapshot)
        self.commit()

    def keep(self, file: Path) -> bool:
        """Keep the memory in a file from now on; answers whether the file had one to go on from."""
        self.keeper = Keeper(self.store, file)
        return self.keeper.resumed

    def commit(self) -> None:
        """Bring the file up to date, if there is one."""
        if self.keeper is not None:
            self.keeper.commit()

    def close(self) -> None:
        """Let go of the file."""
        if self.keeper is not None:
            self.keeper.close()
            self.keeper = None

    async def delay(self) -> None:
        """Take as long as the settings say."""
        least, most = self.settings.latency_seconds
        if most:
            await asyncio.sleep(self._delays.uniform(least, most))

    def note(self, request: Request, answer: Answer) -> Called:
        """Remember that a request was made."""
        return self.calls.note(request, answer, self.store.clock.last)
