"""Races: what several callers ask for at the same moment, one of them gets."""

from __future__ import annotations

from functools import partial

import pytest

from conformance.api import Api, succeed
from conformance.exchange import Exchange
from conformance.histories import Chain
from conformance.make import Entity, Maker
from conformance.race import Race
from conformance.runner.run import Run
from conformance.story import CURRENT, promise
from scenarios.racing import Writers, explains, one_gets_it

pytestmark = pytest.mark.races
RACERS, ROUNDS = 3, 4
WRITERS = ("main", "second", "writer", "manager")


@pytest.fixture
def briefcases(make: Maker, workshop: Entity) -> list[int]:
    return [int(make.briefcase(workshop["id"])["briefcaseId"]) for _ in range(RACERS)]


@pytest.fixture
def object_id() -> str:
    """An object that no other test locks."""
    return f"0x{CURRENT.get().random.getrandbits(48) | 1 << 48:x}"


def lock(api: Api, imodel: str, object_id: str, briefcase: int, level: str) -> Exchange:
    """Ask for one lock."""
    locked = [{"lockLevel": level, "objectIds": [object_id]}]
    body = {"briefcaseId": briefcase, "lockedObjects": locked}
    return api("update-imodel-locks", id=imodel, body=body)


def test_one_of_many_gets_an_exclusive_lock(
    api: Api, workshop: Entity, briefcases: list[int], object_id: str
) -> None:
    race, ask = Race(), partial(lock, api, workshop["id"], object_id)

    def claim(briefcase: int) -> None:
        race.ask(briefcase, "claims", object_id, partial(ask, briefcase, "exclusive"))

    race.run(*(partial(claim, briefcase) for briefcase in briefcases))
    with promise("locks/won-once"):
        one_gets_it(race.steps, "409 ConflictWithAnotherUser")


@pytest.mark.profile("full")
def test_a_lock_goes_from_hand_to_hand(
    api: Api, workshop: Entity, briefcases: list[int], object_id: str
) -> None:
    race, ask = Race(), partial(lock, api, workshop["id"], object_id)

    def rounds(briefcase: int) -> None:
        for _ in range(ROUNDS):
            if race.ask(briefcase, "claims", object_id, partial(ask, briefcase, "exclusive")).ok:
                race.ask(briefcase, "releases", object_id, partial(ask, briefcase, "none"))

    race.run(*(partial(rounds, briefcase) for briefcase in briefcases))
    with promise("locks/won-once"):
        one_gets_it(race.steps, "409 ConflictWithAnotherUser")


@pytest.mark.profile("full")
def test_all_push_and_the_chain_stays_linear(run: Run, make: Maker, workshop: Entity) -> None:
    imodel, before = workshop["id"], make.head(workshop["id"]) or ""
    writers = Writers(make, imodel, before)
    names = [name for name in WRITERS if name == "main" or name in run.target.abilities]
    briefcases = {name: make.as_(name).briefcase(imodel)["briefcaseId"] for name in names}
    bodies = {name: make.push_body(briefcases[name], None, make.content()) for name in names}
    writers.race.run(*(partial(writers.push, name, bodies[name]) for name in names))
    with promise("changesets/parent-won-once"):
        explains(Chain(), writers.race.steps)
        told = make.soon(lambda: make.history(imodel), lambda seen: writers.pushers.keys() <= _ids(seen))
        mine = [changeset for changeset in told if changeset["id"] in writers.pushers]
        assert sorted(c["id"] for c in mine) == sorted(body["id"] for body in bodies.values())
        assert [c["parentId"] or "" for c in mine] == [before, *(c["id"] for c in mine[:-1])]


@pytest.mark.profile("full")
def test_a_push_that_is_completed_at_once_by_many_is_there_once(
    api: Api, make: Maker, workshop: Entity, briefcases: list[int]
) -> None:
    imodel, data = workshop["id"], make.content()
    body = make.push_body(briefcases[0], make.head(imodel), data)
    begun = succeed(api("create-imodel-changeset", id=imodel, body=body))
    api.upload(begun["_links"]["upload"], data)
    Race().run(*[partial(make.complete, imodel, body["id"], briefcases[0])] * RACERS)
    with promise("changesets/completed-once"):
        told = make.soon(lambda: make.history(imodel), lambda seen: body["id"] in _ids(seen))
        assert [c["id"] for c in told].count(body["id"]) == 1
        assert told[-1]["id"] == body["id"]


@pytest.fixture
def points(make: Maker, workshop: Entity, briefcases: list[int]) -> list[str]:
    """As many changesets of the workshop without a named version."""
    pushed = make.pushes(workshop["id"], briefcases[0], RACERS, make.head(workshop["id"]))
    return [changeset["id"] for changeset in pushed]


@pytest.mark.profile("full")
def test_one_named_version_gets_a_name(api: Api, make: Maker, workshop: Entity, points: list[str]) -> None:
    race, name = Race(), make.name()

    def claim(point: str) -> None:
        body = {"name": name, "changesetId": point}
        send = partial(api, "create-imodel-named-version", id=workshop["id"], body=body)
        race.ask(f"the version of {point[:8]}", "claims", "the name", send)

    race.run(*(partial(claim, point) for point in points))
    with promise("named-versions/name-won-once"):
        one_gets_it(race.steps, "409 NamedVersionExists")


@pytest.mark.profile("full")
def test_one_named_version_gets_a_changeset(
    api: Api, make: Maker, workshop: Entity, points: list[str]
) -> None:
    race, names = Race(), [make.name() for _ in points]

    def claim(name: str) -> None:
        body = {"name": name, "changesetId": points[0]}
        send = partial(api, "create-imodel-named-version", id=workshop["id"], body=body)
        race.ask(name, "claims", "the changeset", send)

    race.run(*(partial(claim, name) for name in names))
    with promise("named-versions/changeset-won-once"):
        one_gets_it(race.steps, "409 NamedVersionOnChangesetExists")


@pytest.mark.profile("full")
def test_one_named_version_takes_over_a_name(
    api: Api, make: Maker, workshop: Entity, points: list[str]
) -> None:
    race, name = Race(), make.name("wanted")
    versions = [make.named_version(workshop["id"], point)["id"] for point in points]

    def claim(version: str) -> None:
        path, body = {"id": workshop["id"], "namedVersionId": version}, {"name": name}
        race.ask(version, "claims", "name", partial(api, "update-imodel-named-version", body=body, **path))

    race.run(*(partial(claim, version) for version in versions))
    with promise("named-versions/rename-won-once"):
        one_gets_it(race.steps, "409 NamedVersionExists")


@pytest.mark.profile("full")
def test_a_list_is_read_while_others_write(
    api: Api, make: Maker, workshop: Entity, points: list[str], briefcases: list[int]
) -> None:
    imodel, pages = workshop["id"], []
    # What is written comes before what is there, in the order that is usual.
    later = make.pushes(imodel, briefcases[0], 1, points[-1])
    make.named_version(imodel, later[0]["id"])
    names = {point: make.name() for point in points}

    def write() -> None:
        for point, name in names.items():
            api("create-imodel-named-version", id=imodel, body={"name": name, "changesetId": point})

    def read() -> None:
        for _ in range(ROUNDS):
            pages.append(api("get-imodel-named-versions", id=imodel, query={"$top": 1000}))

    Race().run(write, read)
    with promise("lists/untorn"):
        for page in pages:
            succeed(page)
            ids = [version["id"] for version in page.json["namedVersions"]]
            assert len(ids) == len(set(ids)), f"{len(ids) - len(set(ids))} named versions are there twice"


@pytest.mark.profile("full")
def test_one_imodel_gets_a_name(api: Api, make: Maker, itwin: str) -> None:
    race, body = Race(), {"iTwinId": itwin, "name": make.name()}

    def claim(number: int) -> None:
        race.ask(f"caller {number}", "claims", "the name", partial(api, "create-imodel", body=body))

    race.run(*(partial(claim, number) for number in range(RACERS)))
    with promise("imodels/name-won-once"):
        one_gets_it(race.steps, "409 iModelExists")


@pytest.mark.profile("full")
def test_one_imodel_takes_over_a_name(api: Api, make: Maker) -> None:
    race, name = Race(), make.name("wanted")

    def claim(imodel: str) -> None:
        race.ask(imodel, "claims", "the name", partial(api, "update-imodel", id=imodel, body={"name": name}))

    race.run(*(partial(claim, make.imodel()["id"]) for _ in range(RACERS)))
    with promise("imodels/rename-won-once"):
        one_gets_it(race.steps, "409 iModelExists")


def _ids(changesets: list[Entity]) -> set[str]:
    return {changeset["id"] for changeset in changesets}
