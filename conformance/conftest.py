"""What the generated tests share."""

from __future__ import annotations

import pytest

from conformance.cases.ground import Ground
from conformance.configure import WEBVIEW, configure
from conformance.fixtures import Shared, Timeline
from conformance.runner.run import Run
from conformance.story import NotOffered


@pytest.fixture(scope="session")
def ground(run: Run, timeline: Timeline, unfinished: Shared, workshops: Shared) -> Ground:
    """What valid requests stand on; made as it is asked for."""
    return Ground(run, timeline, unfinished, workshops)


@pytest.fixture(scope="session")
def guarded(run: Run, timeline: Timeline, unfinished: Shared, workshops: Shared) -> Ground:
    """What requests stand on whose iModel has permissions of its own, and few of them."""
    with run.story("set-up: guarded"):
        ground = Ground(run, timeline, unfinished, workshops)
        named = {"writer": (WEBVIEW,)} if "writer" in run.target.abilities else {}
        try:
            configure(ground.make, ground.sandbox.id, "user", **named)
        except NotOffered:
            if not {"main", *named} <= run.target.roles.keys():
                raise
            configure(ground.make, ground.sandbox.id, "role", **named)
        ground.sandbox.secured = True
        return ground
