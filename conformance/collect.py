"""Going on after a broken promise, so that one test can report all it finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from conformance.exchange import Broken, Finding
from conformance.transport.guard import Refused


@dataclass
class Collected:
    """The findings of a test that looks at several things in turn."""

    findings: list[Finding] = field(default_factory=list)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Keep the findings of a broken promise for the end; what the guard refuses was never sent."""
        try:
            yield
        except Broken as broken:
            self.findings += broken.findings
        except Refused:
            return

    def conclude(self) -> None:
        """Raise everything that was found, as one."""
        if self.findings:
            raise Broken(self.findings)
