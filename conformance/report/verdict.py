"""The verdict: what the decisions of a run add up to, and the exit code that follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from conformance.contract import Contract
from conformance.exchange import Finding
from conformance.offer import not_offered, turned_away
from conformance.requirements import PROFILES, Requirement, promise_of, register
from conformance.runner.ledger import Entry, Ledger
from conformance.runner.plan import Plan
from conformance.waivers import Waiver


class Exit(IntEnum):
    """Exit codes of `run`."""

    CONFORMANT = 0
    NOT_CONFORMANT = 1
    USAGE = 2
    INCONCLUSIVE = 3


class State(StrEnum):
    """What became of one requirement."""

    HELD = "held"
    BROKEN = "broken"
    WAIVED = "waived"
    FLAKY = "flaky"
    UNDECIDED = "undecided"
    NOT_OFFERED = "not offered"
    NOT_PLANNED = "not planned"


DECIDED = {State.HELD, State.BROKEN, State.WAIVED}


@dataclass(frozen=True)
class RowVerdict:
    """One requirement's verdict: how often it held and where, and why it is not held where it is not.

    `held_on` are the operations on which it held and nothing was found, `waived` has by fingerprint the
    findings that a waiver covers.
    """

    row: Requirement
    state: State
    held: int = 0
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    planned: bool = True
    held_on: frozenset[str] = frozenset()
    waived: Mapping[str, Waiver] = field(default_factory=dict)

    def state_of(self, finding: Finding) -> State:
        """What became of one of its findings."""
        return State.WAIVED if finding.fingerprint in self.waived else self.state


@dataclass(frozen=True)
class Use:
    """What a waiver was good for: the findings it covers, and whether its row held where it speaks of."""

    waiver: Waiver
    findings: tuple[str, ...] = ()
    held: bool = False


@dataclass(frozen=True)
class WorkflowVerdict:
    """What became of a workflow: `held`, `broken` by a criterion of its own, or `undecided`."""

    name: str
    file: str
    state: State
    reason: str = ""


@dataclass
class Verdict:
    """The outcome of a run.

    `not_looked_at` counts MUST rows by what was missing for them, `trouble` holds what went wrong besides the
    target, `left_behind` iModels that were not deleted, `stopped` why a run ended early; `scope` says so when
    the user asked for a part only, `waivers` and `workflows` what came of each of them.
    """

    rows: list[RowVerdict]
    not_covered: tuple[str, ...] = ()
    not_looked_at: dict[str, int] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)
    tests: dict[str, int] = field(default_factory=dict)
    waivers: list[Use] = field(default_factory=list)
    workflows: list[WorkflowVerdict] = field(default_factory=list)
    stopped: str = ""
    scope: str = ""
    strict: bool = False
    require_complete: bool = False
    shard: str = ""

    def count(self, state: State, level: str | None = None) -> int:
        """How many rows ended in a state."""
        return sum(row.state is state and level in (None, row.row.level) for row in self.rows)

    @property
    def broken(self) -> list[RowVerdict]:
        """Broken rows that decide the exit code."""
        return [row for row in self.rows if row.state is State.BROKEN and self._decides(row)]

    @property
    def failed(self) -> list[WorkflowVerdict]:
        """Workflows whose own criteria are not met."""
        return [workflow for workflow in self.workflows if workflow.state is State.BROKEN]

    @property
    def open(self) -> list[RowVerdict]:
        """MUST rows that were planned and are neither held nor broken."""
        loose = {State.UNDECIDED, State.FLAKY}
        return [row for row in self.rows if row.state in loose and row.row.level == "MUST"]

    @property
    def stale(self) -> list[Use]:
        """Waivers of what holds; only a run that looked at everything and came through can tell."""
        if self.scope or self.stopped or self.trouble:
            return []
        return [use for use in self.waivers if use.held]

    @property
    def exit(self) -> Exit:
        """The exit code; what is broken wins over all else, a stale waiver over what stayed open."""
        if self.broken or self.failed:
            return Exit.NOT_CONFORMANT
        if self.shard:
            # What stays open here another shard may decide.
            return Exit.INCONCLUSIVE if self.trouble or self.stopped else Exit.CONFORMANT
        if self.stale:
            return Exit.USAGE
        untold = any(workflow.state is State.UNDECIDED for workflow in self.workflows)
        loose = self.open or self.trouble or self.stopped or untold or not self._decided
        if loose or (self.require_complete and self.not_looked_at):
            return Exit.INCONCLUSIVE
        return Exit.CONFORMANT

    @property
    def line(self) -> str:
        """The verdict in one line."""
        if self.exit is Exit.NOT_CONFORMANT:
            wrong = f"{_rows(self.broken)} broken" if self.broken else ""
            failed = f"{_workflows(self.failed)} failed" if self.failed else ""
            stopped = f" ({self.stopped})" if self.stopped else ""
            return f"not conformant: {' and '.join(filter(None, (wrong, failed)))}{stopped}"
        if self.shard and self.exit is Exit.CONFORMANT:
            return f"shard {self.shard}: nothing is broken; merge decides"
        if self.exit is Exit.USAGE:
            held = ", ".join(dict.fromkeys(use.waiver.name for use in self.stale))
            return f"stale waivers: nothing is wrong any more with {held}; take them out of the file"
        if self.exit is Exit.INCONCLUSIVE:
            return f"inconclusive: {self.stopped or self._why_open()}"
        remarks = "; ".join(filter(None, (self.scope, self._waived(), self._partial())))
        return f"conformant ({remarks})" if remarks else "conformant"

    @property
    def _decided(self) -> bool:
        """Whether anything that was planned is held: a run that set out to do nothing proves nothing."""
        told = any(workflow.state is State.HELD for workflow in self.workflows)
        return told or any(row.state in DECIDED and row.planned for row in self.rows)

    def _waived(self) -> str:
        waived = [row for row in self.rows if row.state is State.WAIVED]
        return f"{_rows(waived)} waived" if waived else ""

    def _why_open(self) -> str:
        if self.open and not self.shard:
            return f"{_rows(self.open)} could not be decided"
        if self.trouble:
            return self.trouble[0]
        if untold := [workflow for workflow in self.workflows if workflow.state is State.UNDECIDED]:
            return f"{_workflows(untold)} could not be told: {untold[0].name}: {untold[0].reason}"
        return self._partial() if self.require_complete and self.not_looked_at else "nothing was decided"

    def _partial(self) -> str:
        if not self.not_looked_at:
            return ""
        number = sum(self.not_looked_at.values())
        reasons = dict.fromkeys(part for reason in self.not_looked_at for part in reason.split(", "))
        return f"partial: {number} MUST row{'s' * (number != 1)} not looked at: {', '.join(reasons)}"

    def _decides(self, row: RowVerdict) -> bool:
        return row.row.level == "MUST" or (self.strict and row.row.label == "O")


def decide(plan: Plan, ledger: Ledger, contract: Contract) -> Verdict:
    """Add up the decisions of a run."""
    absent = not_offered(contract, ledger)
    rows = [_judged(row, plan, ledger, absent) for row in register().values()]
    covered = {operation for name in register() for operation in promise_of(name).operations}
    partial: dict[str, int] = {}
    for name, reason in plan.left_out.items():
        if promise_of(name).level == "MUST" and reason.startswith("no "):
            partial[reason] = partial.get(reason, 0) + 1
    missing = tuple(id_ for id_ in contract.operations if id_ not in covered)
    uses = [_use(waiver, rows) for waiver in ledger.waivers]
    return Verdict(rows, missing, partial, scope=_scope(plan), waivers=uses)


def _use(waiver: Waiver, rows: list[RowVerdict]) -> Use:
    row = next(row for row in rows if row.row.name == waiver.name)
    covered = tuple(mark for mark, other in row.waived.items() if other == waiver)
    held = waiver.operation in row.held_on if waiver.operation else row.state is State.HELD
    return Use(waiver, covered, held)


def _scope(plan: Plan) -> str:
    """What to say beside `conformant` when the run looked at a part only because it was asked to."""
    chosen = plan.selection
    if chosen.workflows:
        return "workflows only"
    if chosen.read_only:
        return _part("read-only", plan)
    if not chosen.narrows and PROFILES.index(chosen.profile) >= PROFILES.index("gate"):
        return ""
    return _part("selection only" if chosen.narrows else f"{chosen.profile} only", plan)


def _part(what: str, plan: Plan) -> str:
    planned = sum(promise_of(name).level == "MUST" for name in plan.rows)
    every = sum(row.level == "MUST" for row in register().values())
    return f"{what}: {planned} of {every} MUST rows"


def _judged(row: Requirement, plan: Plan, ledger: Ledger, absent: frozenset[str]) -> RowVerdict:
    """A row's verdict with where it held, and what of it is waived."""
    entry = ledger.entries.get(row.name, Entry())
    judged = _row(row, plan, entry, absent)
    covering = ((found.fingerprint, ledger.waiver(found)) for found in judged.findings)
    waived = {mark: waiver for mark, waiver in covering if waiver}
    held_on = frozenset(+entry.held).difference(found.operation for found in judged.findings)
    judged = replace(judged, held_on=held_on, waived=waived)
    if waived and all(found.fingerprint in waived for found in judged.findings):
        reasons = dict.fromkeys(waiver.words for waiver in waived.values())
        return replace(judged, state=State.WAIVED, reason="; ".join(reasons))
    return judged


def _row(row: Requirement, plan: Plan, entry: Entry, absent: frozenset[str]) -> RowVerdict:
    held = sum(entry.held.values())
    # What every operation must do binds a refusal too; of an operation's own promises nothing could be seen.
    bound = [found for found in entry.findings if not row.operations and not turned_away(found)]
    findings = [found for found in entry.findings if found.operation not in absent or found in bound]
    if findings:
        return RowVerdict(row, State.BROKEN, held, findings=tuple(findings))
    if entry.flaky:
        return RowVerdict(row, State.FLAKY, held, "a failure did not repeat", tuple(entry.flaky))
    if row.name not in plan.rows:
        reason = plan.left_out.get(row.name, "")
        state = State.HELD if held and row.when_seen else State.NOT_PLANNED
        return RowVerdict(row, state, held, reason, planned=False)
    beyond = {name: needed for name, needed in entry.lacking.items() if needed in absent}
    if not held and set(plan.rows[row.name]) <= absent | beyond.keys():
        refused = dict.fromkeys(beyond.get(name, name) for name in plan.rows[row.name])
        reason = f"{', '.join(refused)} is refused throughout, and need not be offered"
        return RowVerdict(row, State.NOT_OFFERED, reason=reason)
    missing = [name for name in _missing(row, plan, entry) if name not in absent | beyond.keys()]
    if missing and plan.selection.read_only:
        # What is not there to be read is nobody's fault.
        where = f"not looked at on {', '.join(missing)}" if held else "nothing to read it on"
        return RowVerdict(row, State.HELD if held else State.NOT_PLANNED, held, where, planned=bool(held))
    if missing:
        where = f"not looked at on {', '.join(missing)}" if row.each or not entry.reasons else ""
        reason = "; ".join(filter(None, (*entry.reasons, where)))
        return RowVerdict(row, State.UNDECIDED, held, reason)
    return RowVerdict(row, State.HELD, held)


def _missing(row: Requirement, plan: Plan, entry: Entry) -> Iterator[str]:
    planned = plan.rows[row.name]
    if row.each:
        yield from (operation for operation in planned if not entry.held[operation])
    elif not sum(entry.held.values()):
        yield "any operation"


def _workflows(found: list[WorkflowVerdict]) -> str:
    return f"{len(found)} workflow{'s' * (len(found) != 1)}"


def _rows(rows: list[RowVerdict]) -> str:
    level = "MUST " if all(row.row.level == "MUST" for row in rows) else ""
    return f"{len(rows)} {level}row{'s' * (len(rows) != 1)}"
