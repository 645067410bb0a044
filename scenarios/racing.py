"""What stories of races share: how a history is judged, and writers who push until each had their turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from conformance.histories import Claim, Model, Step, anomaly, as_lines
from conformance.make import Entity, Maker
from conformance.race import Race


def explains(model: Model, steps: Sequence[Step]) -> None:
    """Assert that a model explains a history."""
    odd = anomaly(model, steps)
    assert not odd, f"no order of these steps explains their answers\n{as_lines(odd)}"


def one_gets_it(steps: Sequence[Step], refusal: str) -> None:
    """Assert that one at a time gets what all ask for, and the others are refused as documented."""
    explains(Claim(), steps)
    # A refusal need not carry an error body, and so a code.
    others = [step for step in steps if not refusal.startswith(step.outcome) and step.outcome != "ok"]
    assert not others, f"refused otherwise than with {refusal}\n{as_lines(others)}"


@dataclass(frozen=True)
class Writers:
    """Who pushes to one iModel at the same time; `pushers` tells for each changeset who pushed it."""

    make: Maker
    imodel: str
    before: str
    race: Race = field(default_factory=Race)
    pushers: dict[str, str] = field(default_factory=dict)

    def push(self, name: str, body: Entity) -> None:
        """Try to push one changeset until it is there."""
        self.make.as_(name).until(partial(self._turn, name, body), bool)

    def _turn(self, name: str, body: Entity) -> bool:
        own = self.make.as_(name)
        parent = self._latest(own)
        sent = body | ({"parentId": parent} if parent else {})
        begin = partial(own.api, "create-imodel-changeset", id=self.imodel, body=sent)
        begun = self.race.ask(name, "begins", self.pushers.get(parent, ""), begin)
        if not begun.ok:
            return False
        own.api.upload(begun.entity["_links"]["upload"], bytes(body["fileSize"]))
        self.pushers[body["id"]] = name
        done = partial(own.complete, self.imodel, body["id"], body["briefcaseId"])
        return self.race.ask(name, "completes", self.pushers.get(parent, ""), done).ok

    def _latest(self, make: Maker) -> str:
        told = [c["id"] for c in make.history(self.imodel) if c["state"] == "fileUploaded"]
        return str(told[-1]) if told else self.before
