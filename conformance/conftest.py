"""What the generated tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.cases.ground import Ground
from conformance.configure import WEBVIEW, Gallery
from conformance.fixtures import Timeline
from conformance.make import Entity
from conformance.runner.run import Run
from conformance.shared import Shared
from conformance.story import NotOffered
from conformance.target import MAIN


@pytest.fixture(scope="session")
def ground(
    run: Run, timeline: Timeline, unfinished: Shared, workshops: Shared, galleries: dict[str, Gallery]
) -> Ground:
    """What valid requests stand on; made as it is asked for."""
    return Ground(run, timeline, unfinished, workshops, galleries)


@pytest.fixture(autouse=True)
def resown(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a test that met a contradiction be repeated on ground where nothing was told yet."""
    from conformance.plugin import OUTCOME

    yield
    findings = request.node.stash[OUTCOME].findings
    if "ground" in request.fixturenames and any(len(finding.exchanges) > 1 for finding in findings):
        request.getfixturevalue("ground").soil()


@pytest.fixture(scope="session")
def guarded(
    run: Run, timeline: Timeline, unfinished: Shared, workshops: Shared, galleries: dict[str, Gallery]
) -> Ground:
    """What requests stand on whose iModel permits a writer to look, and nobody else anything."""
    with run.story("set-up: guarded"):
        ground = Ground(run, timeline, unfinished, workshops, galleries)
        ground.enter(str(_guarded(run, galleries)["id"]), secured=True)
        return ground


def _guarded(run: Run, galleries: dict[str, Gallery]) -> Entity:
    named = {"writer": (WEBVIEW,)} if "writer" in run.target.abilities else {}
    try:
        return galleries["user"].permit(**named)
    except NotOffered:
        if not {MAIN, *named} <= run.target.roles.keys():
            raise
        return galleries["role"].permit(**named)
