"""How a test ended: what it raised, told apart into findings, open questions and trouble of the suite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from conformance.exchange import Broken, Finding
from conformance.story import NotOffered, SetupFailed, Undecided, Unmet, Waived
from conformance.transport.wire import Unreachable


class Kind(StrEnum):
    """The ways a test can end."""

    PASSED = "passed"
    BROKEN = "broken"
    UNMET = "unmet"
    FLAKY = "flaky"
    WAIVED = "waived"
    UNDECIDED = "undecided"
    TROUBLE = "in trouble"


@dataclass(frozen=True)
class Outcome:
    """One way with what belongs to it: the findings raised, and what went wrong besides them."""

    kind: Kind
    findings: tuple[Finding, ...] = ()
    troubles: tuple[str, ...] = ()
    unreachable: bool = False
    lacking: str = ""

    @property
    def reason(self) -> str:
        """Why the test did not come to its end."""
        names = sorted({finding.requirement for finding in self.findings})
        return f"{', '.join(names)} broke first" if names else "; ".join(self.troubles)


def outcome_of(error: BaseException) -> Outcome:
    """Tell what an exception of a test stands for; a group stands for all that is in it."""
    leaves = list(_leaves(error))
    findings = tuple(finding for leaf in leaves if isinstance(leaf, Broken) for finding in leaf.findings)
    troubles = tuple(told(leaf) for leaf in leaves if not isinstance(leaf, Broken))
    unreachable = any(isinstance(leaf, Unreachable) for leaf in leaves)
    # Named, not imported: the generator that raises it is known to the generated tests alone.
    if any(base.__name__ == "Flaky" for base in type(error).__mro__):
        return Outcome(Kind.FLAKY, findings, troubles)
    if all(isinstance(leaf, Unmet) for leaf in leaves):
        return Outcome(Kind.UNMET, (), troubles)
    if all(isinstance(leaf, Waived) for leaf in leaves):
        return Outcome(Kind.WAIVED, (), troubles)
    if all(isinstance(leaf, Undecided) for leaf in leaves):
        lacking = next((leaf.operation for leaf in leaves if isinstance(leaf, NotOffered)), "")
        return Outcome(Kind.UNDECIDED, (), troubles, lacking=lacking)
    return Outcome(Kind.TROUBLE if troubles else Kind.BROKEN, findings, troubles, unreachable)


def told(error: BaseException) -> str:
    """The first line of an error; what is no word of the suite's own carries its type."""
    text = next(iter(str(error).splitlines()), "")
    if isinstance(error, SetupFailed | Unreachable | Undecided | Unmet | Waived):
        return text
    return f"{type(error).__name__}: {text}".removesuffix(": ")


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup) and error.exceptions:
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
