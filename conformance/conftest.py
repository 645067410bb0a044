"""What the generated tests share."""

from __future__ import annotations

import pytest

from conformance.cases.ground import Ground
from conformance.fixtures import Shared, Timeline
from conformance.runner.run import Run


@pytest.fixture(scope="session")
def ground(run: Run, timeline: Timeline, unfinished: Shared, workshops: Shared) -> Ground:
    """What valid requests stand on; made as it is asked for."""
    return Ground(run, timeline, unfinished, workshops)
