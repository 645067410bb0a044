"""Fixtures that stories and generated tests share: the API, set-up, and resources made for the test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from conformance.api import Api, succeed
from conformance.configure import KINDS, Gallery
from conformance.exchange import Exchange
from conformance.make import REPRESENTATION, Entity, Maker
from conformance.runner.run import Run
from conformance.shared import Shared
from conformance.story import CURRENT, Undecided

TIMELINE_LENGTH = 5
BRIEFCASES = 60
"""How many briefcases stories leave in one workshop: a user holds no more than a hundred."""


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

    def at(self, what: str, place: int) -> Entity:
        """One of its parts, the last where there are fewer; Undecided where there is none."""
        found: list[Entity] = getattr(self, what)
        if not found:
            raise Undecided(f"the iModel has no {what}")
        return found[min(place, len(found) - 1)]


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


@pytest.fixture(scope="session")
def baseline(run: Run) -> bytes:
    """The file that an iModel can start from: a real one where the target file names it."""
    return run.target.baseline


@pytest.fixture
def imodel(make: Maker) -> Iterator[Entity]:
    """An initialized iModel for one test that no other could share, deleted after it."""
    made = make.imodel()
    yield made
    make.delete(made["id"])


@pytest.fixture(scope="session")
def acquired(run: Run) -> Counter[str]:
    """iModel → how many briefcases of it this run acquired."""
    counted: Counter[str] = Counter()

    def count(exchange: Exchange) -> None:
        counted[exchange.path.get("id", "")] += exchange.ok and exchange.name == "acquire-imodel-briefcase"

    run.road.listeners.append(count)
    return counted


@pytest.fixture(scope="session")
def workshops(run: Run, acquired: Counter[str]) -> Shared:
    """Where `workshop` comes from."""
    return Shared(run, "workshop", lambda make: make.imodel(description="tools and paint", extent=EXTENT))


@pytest.fixture
def workshop(workshops: Shared, acquired: Counter[str]) -> Iterator[Entity]:
    """The iModel that stories write to one after the other, each on briefcases and objects of its own."""
    made = workshops()
    yield made
    # Both would stand in the way of stories that push after this one.
    if acquired[made["id"]] >= BRIEFCASES or _open_pushes(CURRENT.get().exchanges):
        workshops.used_up()


def _open_pushes(exchanges: list[Exchange]) -> set[str]:
    done = [exchange for exchange in exchanges if exchange.ok and isinstance(exchange.entity, dict)]
    begun = {str(e.entity.get("id")) for e in done if e.name == "create-imodel-changeset"}
    return begun - {e.path["changeset"] for e in done if e.name == "update-imodel-changeset"}


@pytest.fixture(scope="session")
def unfinished(run: Run) -> Shared:
    """Where `waiting` comes from; one that is completed is used up."""
    mode = {"creationMode": "fromBaseline", "baselineFile": {"size": len(run.target.baseline)}}
    return Shared(run, "waiting", lambda make: make.imodel(**mode))


@pytest.fixture
def waiting(unfinished: Shared) -> Entity:
    """An iModel that waits for the target's baseline file, and so is not initialized."""
    return unfinished()


@pytest.fixture(scope="session")
def clones(run: Run, timeline: Timeline) -> Shared:
    """Where `clone` comes from; a story that is about deletion may delete it."""

    def cloned(make: Maker) -> Entity:
        copy = make.copy(timeline.id, changesetId=timeline.changesets[2]["id"])
        found: Entity = succeed(make.api("get-imodel-details", id=copy))
        return found

    return Shared(run, "clone", cloned)


@pytest.fixture
def clone(clones: Shared) -> Entity:
    """A finished clone of the timeline's first three changesets."""
    return clones()


@pytest.fixture(scope="session")
def neighbours(run: Run) -> Shared:
    """Where `neighbour` comes from."""
    mode = {"creationMode": "empty", "iTwinId": run.target.itwins[-1]}
    return Shared(run, "neighbour", lambda make: make.imodel(**mode))


@pytest.fixture
def neighbour(neighbours: Shared) -> Entity:
    """An iModel of creationMode empty, in the second iTwin where there is one; perhaps not yet ready."""
    return neighbours()


@pytest.fixture(scope="session")
def newborns(run: Run) -> Shared:
    """iModels that nobody has changed; whoever changes one says so or does what disturbs no other."""
    return Shared(run, "newborn", lambda make: make.imodel())


@pytest.fixture(scope="session")
def galleries(run: Run, workshops: Shared) -> dict[str, Gallery]:
    """One gallery for each way to configure an iModel."""
    return {
        by: Gallery(Shared(run, f"gallery by {by}", lambda make: make.imodel()), by, workshops)
        for by in KINDS
    }


@pytest.fixture(scope="session")
def timeline(run: Run) -> Timeline:
    """Five changesets by two briefcases, named versions on the baseline, the second and the fourth."""
    if run.target.read_only:
        return _read(run)
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


def _read(run: Run) -> Timeline:
    """What the first of the iModels that the target file names holds."""
    with run.story("set-up: timeline"):
        make, id_ = run.maker(), run.target.imodels[0]

        def parts(operation: str, collection: str) -> list[Entity]:
            return make.walk(operation, collection, headers=REPRESENTATION, id=id_)

        return Timeline(
            succeed(make.api("get-imodel-details", id=id_)),
            parts("get-imodel-briefcases", "briefcases"),
            parts("get-imodel-changesets", "changesets"),
            {},
            parts("get-imodel-named-versions", "namedVersions"),
        )


@pytest.fixture(scope="session")
def fork(run: Run, timeline: Timeline, newborns: Shared) -> str:
    """A fork of the timeline without its history; NotOffered where the target makes no forks."""
    with run.story("set-up: fork"):
        make = run.maker()
        made = make.copy(timeline.id, "fork-imodel")
        newborns.adopt(succeed(make.api("get-imodel-details", id=made)))
        return made


EXTENT = {
    "southWest": {"latitude": 46.1, "longitude": 7.2},
    "northEast": {"latitude": 46.5, "longitude": 7.9},
}
