"""The book of a run: for each requirement how often it held, where it broke, why it stayed undecided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.exchange import Finding
from conformance.requirements import promise_of


@dataclass
class Entry:
    """What is known of one requirement; `held` counts decisions by operation.

    `not_offered` holds the operations on which it cannot be looked at, since the service does not offer what
    that takes.
    """

    held: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    flaky: list[Finding] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    not_offered: set[str] = field(default_factory=set)


class Ledger:
    """Collects the decisions of all tests; knows neither the runner nor the reports."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.refused: set[str] = set()
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

    def broken(self, finding: Finding) -> None:
        """Keep a finding; of several with one fingerprint the last, which Hypothesis has made smallest."""
        entry = self.entry(finding.requirement)
        entry.findings = [f for f in entry.findings if f.fingerprint != finding.fingerprint] + [finding]

    def undecided(self, requirement: str, reason: str) -> None:
        """Remember why a requirement could not be decided."""
        entry = self.entry(requirement)
        if reason not in entry.reasons:
            entry.reasons.append(reason)

    def not_offered(self, requirement: str, missing: str, operations: Iterable[str]) -> None:
        """Remember that a requirement cannot be looked at on these operations without the missing one."""
        self.entry(requirement).not_offered.update(operations)
        self.refused.add(missing)

    def unoffered(self) -> set[str]:
        """The operations that were refused for not being offered and never succeeded."""
        succeeded = {operation for operation, status, _ in self.reached if 200 <= status < 300}
        return self.refused - succeeded

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
