"""Correct servers that once got a red, each as small as it takes, with what was asked of it when it did.

The next one goes to the end of SERVERS. `does` becomes the name of its test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.api import succeed
from conformance.cases.generate import described
from conformance.configure import ALL, WEBVIEW, Gallery
from conformance.exchange import Expected
from conformance.exploration.stock import second_opinion
from conformance.fixtures import EXTENT, Timeline
from conformance.make import Entity
from conformance.mock.call import Answer, Call
from conformance.mock.twists import Twist
from conformance.runner.run import Run
from conformance.shared import Shared
from scenarios.test_imodels import test_an_extent_is_stored_as_sent
from scenarios.test_long_timeline import grown, test_a_long_history_is_read_in_both_orders_and_in_parts
from scenarios.test_permissions import test_a_configuration_decides_alone
from scenarios.test_timeline import (
    test_a_push_takes_three_steps,
    test_a_range_of_the_history_can_be_asked_for,
)

TURNED = {"southWest": EXTENT["northEast"], "northEast": EXTENT["southWest"]}


@dataclass(frozen=True)
class Server:
    """The mock with `liberties`, or with a way of its own (`bent`).

    `holds`: rows that have to come out as held, and of which operation: nobody is green for having been
    left out.
    """

    does: str
    asks: Callable[[Run], None]
    holds: Mapping[str, str]
    liberties: tuple[str, ...] = ()
    bent: Twist | None = None


def _request_drawn_at_random(run: Run) -> None:
    run.api()("get-imodel-released-locks", id=run.maker().imodel()["id"])


def _request_that_may_be_refused_in_many_ways(run: Run) -> None:
    expected = Expected("requests/undocumented-fault", (400, 404, 422), what="no iTwinId")
    run.api()("get-itwin-imodels", expected=expected)


def _configured(run: Run) -> None:
    test_a_configuration_decides_alone(run.api(), _gallery(run))


def _configured_and_told_again(run: Run) -> None:
    gallery = _gallery(run)
    for _ in range(2):
        with run.story("told again"):
            test_a_configuration_decides_alone(run.api(), gallery)


def _gallery(run: Run) -> Entity:
    imodels = Shared(run, "gallery", lambda make: make.imodel())
    return Gallery(imodels, "role", imodels).permit(reader=ALL, writer=(WEBVIEW,))


def _without_a_token(run: Run) -> None:
    imodel = run.maker().imodel()["id"]
    answered = run.api("")("get-imodel-details", id=imodel)
    operation = run.contract.operations["get-imodel-details"]
    second_opinion(described(run.contract, operation).Case(path_parameters={"id": imodel}), answered)


def _bare_error(_: Call, answer: Answer) -> None:
    if answer.status == 401 and answer.body:
        answer.body = answer.body["error"]


def _extent_stored(run: Run) -> None:
    test_an_extent_is_stored_as_sent(run.api(), run.maker().imodel())


def _extent_turned(run: Run) -> None:
    made = run.maker().imodel()["id"]
    succeed(run.api()("update-imodel", id=made, body={"extent": TURNED}))
    succeed(run.api()("get-imodel-details", id=made))


def _corners_in_order(_: Call, answer: Answer) -> None:
    entity = (answer.body or {}).get("iModel", {})
    if entity.get("extent") == TURNED:
        entity["extent"] = EXTENT


def _range_of_a_timeline(run: Run) -> None:
    make = run.maker()
    imodel = make.imodel()
    pushed = make.pushes(imodel["id"], make.briefcase(imodel["id"])["briefcaseId"], 5)
    test_a_range_of_the_history_can_be_asked_for(make, Timeline(imodel, [], pushed, {}, []))


def _push_right_after_another(run: Run) -> None:
    make = run.maker()
    imodel = make.imodel()
    briefcase = make.briefcase(imodel["id"])["briefcaseId"]
    make.push(imodel["id"], briefcase, None)
    test_a_push_takes_three_steps(run.api(), make, imodel, briefcase)


def _long_timeline_read_at_once(run: Run) -> None:
    test_a_long_history_is_read_in_both_orders_and_in_parts(run.maker(), grown(run))


def _permissions_of_users(run: Run) -> None:
    run.api()("get-imodel-user-permissions", id=run.maker().imodel()["id"])


def _form_of_its_own(_: Call, answer: Answer) -> None:
    answer.body = {"users": [{"permissions": "all"}]}


SERVERS = (
    Server(
        "refuses a list that lacks a parameter with 400",
        _request_drawn_at_random,
        {"errors/details-say-what": "get-imodel-released-locks"},
        ("missing-parameter-400",),
    ),
    Server(
        "refuses with an undocumented status what may be refused in many ways",
        _request_that_may_be_refused_in_many_ways,
        {"requests/undocumented-fault": "get-itwin-imodels"},
        ("missing-parameter-400",),
    ),
    Server(
        "says nothing but 403",
        _configured,
        {"access/itwin-level-stays": "delete-imodel"},
        ("bare-refusals",),
    ),
    Server(
        "takes one named version for each changeset",
        _configured_and_told_again,
        {"access/imodel-level-widens": "update-imodel"},
    ),
    Server(
        "answers 401 without the wrapping error",
        _without_a_token,
        {"answers/documented-refusal": "get-imodel-details"},
        bent=Twist("flat-401", when="problem", after=_bare_error),
    ),
    Server(
        "adds members nobody announced",
        _extent_stored,
        {"imodels/update-applies": "update-imodel", "imodels/extent-order-kept": "create-imodel"},
        ("extra-members",),
    ),
    Server(
        "puts the corners of an extent in order",
        _extent_turned,
        {"imodels/update-applies": "update-imodel", "imodels/update-is-readable": "get-imodel-details"},
        bent=Twist("corners-in-order", after=_corners_in_order),
    ),
    Server(
        "lists in an order of its own",
        _range_of_a_timeline,
        {"changesets/range-filter": "get-imodel-changesets"},
        ("other-default-order",),
    ),
    Server(
        "lists a changeset some time after it was completed",
        _push_right_after_another,
        {"changesets/listed": "get-imodel-changesets"},
        ("late-lists",),
    ),
    Server(
        "answers a preview in a form of its own",
        _permissions_of_users,
        {"answers/documented-success": "get-imodel-user-permissions"},
        bent=Twist("own-form", frozenset({"get-imodel-user-permissions"}), after=_form_of_its_own),
    ),
    Server(
        "lists the end of a long timeline late",
        _long_timeline_read_at_once,
        {"lists/pages-add-up": "get-imodel-changesets"},
        ("late-lists",),
    ),
)
