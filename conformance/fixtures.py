"""Fixtures that stories and generated tests share: the API, set-up, and resources made for the test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from conformance.api import Api
from conformance.make import Entity, Maker
from conformance.runner.run import Run

TIMELINE_LENGTH = 5


@dataclass(frozen=True)
class Timeline:
    """A read-only iModel with a short history; every test that only reads shares it."""

    imodel: Entity
    briefcases: list[Entity]
    changesets: list[Entity]
    contents: dict[str, bytes]
    versions: list[Entity] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id of the iModel."""
        return str(self.imodel["id"])


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """The run that is under way."""
    from conformance.plugin import RUN

    return request.config.stash[RUN]


@pytest.fixture
def api(run: Run) -> Api:
    """The API as the main identity."""
    return run.api()


@pytest.fixture
def make(run: Run) -> Maker:
    """Set-up as the main identity."""
    return run.maker()


@pytest.fixture(scope="session")
def itwin(run: Run) -> str:
    """The id of the iTwin the run may make iModels in."""
    return run.target.itwins[0]


@pytest.fixture
def imodel(make: Maker) -> Iterator[Entity]:
    """An initialized iModel for one test, deleted after it."""
    made = make.imodel()
    yield made
    make.delete(made["id"])


@pytest.fixture(scope="session")
def timeline(run: Run) -> Timeline:
    """Five changesets by two briefcases, named versions on the baseline, the second and the fourth."""
    with run.story("set-up: timeline"):
        make = run.maker()
        imodel = make.imodel(description="read-only timeline", extent=EXTENT)
        briefcases = [make.briefcase(imodel["id"], device) for device in ("one", "two")]
        contents: dict[str, bytes] = {}
        changesets: list[Entity] = []
        for place in range(TIMELINE_LENGTH):
            data = make.content(64 + place)
            parent = changesets[-1]["id"] if changesets else None
            briefcase = briefcases[place % 2]["briefcaseId"]
            # The last one says nothing of itself.
            words = {"description": f"step {place + 1}"} if place + 1 < TIMELINE_LENGTH else {}
            body = {"containingChanges": 4} | words
            changesets.append(make.push(imodel["id"], briefcase, parent, data=data, **body))
            contents[changesets[-1]["id"]] = data
        versions = [make.baseline_version(imodel["id"], changesets[0]["id"])]
        versions += [make.named_version(imodel["id"], changesets[place]["id"]) for place in (1, 3)]
        return Timeline(imodel, briefcases, changesets, contents, versions)


@pytest.fixture(scope="session")
def waiting(run: Run) -> Entity:
    """An iModel that waits for its baseline file, for good, and so is not initialized."""
    with run.story("set-up: waiting"):
        return run.maker().imodel(creationMode="fromBaseline", baselineFile={"size": 512})


@pytest.fixture(scope="session")
def fork(run: Run, timeline: Timeline) -> str:
    """A fork of the timeline without its history; NotOffered where the target makes no forks."""
    with run.story("set-up: fork"):
        return run.maker().copy(timeline.id, "fork-imodel")


EXTENT = {
    "southWest": {"latitude": 46.1, "longitude": 7.2},
    "northEast": {"latitude": 46.5, "longitude": 7.9},
}
