"""The book of a run: for each requirement how often it held, where it broke, why it stayed undecided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.exchange import Finding
from conformance.requirements import promise_of
from conformance.waivers import Waiver, waiver_of


@dataclass
class Entry:
    """What is known of one requirement; `held` counts decisions by operation.

    `lacking` names for operations what it takes to look at them, where the target turned that away.
    """

    held: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    flaky: list[Finding] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    lacking: dict[str, str] = field(default_factory=dict)


class Ledger:
    """Collects the decisions of all tests; knows neither the runner nor the reports.

    `spared` holds by test, and by fingerprint, the findings that would have ended it but for a waiver.
    """

    def __init__(self, waivers: Iterable[Waiver] = ()) -> None:
        self.waivers = tuple(waivers)
        self.spared: dict[str, dict[str, Finding]] = {}
        self.entries: dict[str, Entry] = {}
        self.lacking: dict[str, str] = {}
        self.waits: dict[str, list[float]] = {}
        self.reached: Counter[tuple[str, int, str]] = Counter()
        self.first: dict[tuple[str, int, str], str] = {}

    def entry(self, requirement: str) -> Entry:
        """The entry of a requirement; raises RegisterError for a name nobody defined."""
        if requirement not in self.entries:
            promise_of(requirement)
            self.entries[requirement] = Entry()
        return self.entries[requirement]

    def held(self, requirement: str, operations: Iterable[str]) -> None:
        """Count one decision in favour for each of the operations."""
        self.entry(requirement).held.update(operations)

    def broken(self, finding: Finding) -> bool:
        """Keep a finding and tell whether it ends its test: it does for a MUST row, but for a waiver.

        Of several with one fingerprint the last is kept, which Hypothesis has made smallest.
        """
        entry = self.entry(finding.requirement)
        entry.findings = [f for f in entry.findings if f.fingerprint != finding.fingerprint] + [finding]
        if promise_of(finding.requirement).level != "MUST":
            return False
        if self.waiver(finding):
            self.spared.setdefault(finding.test, {})[finding.fingerprint] = finding
            return False
        return True

    def waiver(self, finding: Finding) -> Waiver | None:
        """The waiver that covers a finding, if one does."""
        return waiver_of(finding, self.waivers)

    def undecided(self, requirement: str, reason: str) -> None:
        """Remember why a requirement could not be decided."""
        entry = self.entry(requirement)
        if reason not in entry.reasons:
            entry.reasons.append(reason)

    def lacks(self, requirement: str, needed: str, operations: Iterable[str]) -> None:
        """Remember that a requirement cannot be looked at on the operations without another one."""
        self.entry(requirement).lacking.update(dict.fromkeys(operations, needed))

    def waited(self, what: str, seconds: float) -> None:
        """Remember how long something took until it could be seen, 0 for at once."""
        self.waits.setdefault(what, []).append(seconds)

    def forgive(self, fingerprints: set[str]) -> None:
        """Move findings that did not repeat on fresh resources from broken to flaky."""
        for entry in self.entries.values():
            entry.flaky += [f for f in entry.findings if f.fingerprint in fingerprints]
            entry.findings = [f for f in entry.findings if f.fingerprint not in fingerprints]

    def findings(self) -> list[Finding]:
        """Every finding, in the order of the requirements' first decision."""
        return [finding for entry in self.entries.values() for finding in entry.findings]

    def saw(self, operation: str, status: int, code: str, test: str) -> None:
        """Count an answer of an operation by status and error code (`""` for none); keep its first test."""
        self.reached[operation, status, code] += 1
        self.first.setdefault((operation, status, code), test)

    def statuses(self, operation: str) -> set[int]:
        """The statuses an operation was answered with."""
        return {status for name, status, _ in self.reached if name == operation}
