"""Workflows told against the mock: what follows a step, what ends a story, what is never sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from conformance.exchange import Answer, Exchange
from conformance.runner.options import Options
from conformance.runner.run import Run
from conformance.story import SetupFailed, Undecided, Unmet
from conformance.transport.guard import Refused
from conformance.workflows.reading import located, read_workflows
from conformance.workflows.telling import MOST, Teller
from tests.workflows.conftest import CREATE, READ, Write, document

WRONG = {"successCriteria": [{"condition": "$response.body#/iModel/state == 'gone'"}]}
AGAIN = {"name": "again", "type": "retry", "retryAfter": 0}
Tell = Callable[[Any], list[Exchange]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A run against a mock of its own."""
    run = Run(Options(reports=str(tmp_path_factory.mktemp("reports"))))
    yield run
    run.finish()


@pytest.fixture
def seen() -> list[Exchange]:
    """What the workflow of a test has caused, also where it did not come to its end."""
    return []


@pytest.fixture
def tell(run: Run, written: Write, seen: list[Exchange]) -> Iterator[Tell]:
    """Tell the one workflow of a document; returns its exchanges."""

    def told(content: Any) -> list[Exchange]:
        (workflow,) = read_workflows([written(content)], run.contract)
        with run.story("a workflow"):
            Teller(run.api(), run.maker()).tell(workflow)
        return seen

    run.road.listeners.append(seen.append)
    yield told
    run.road.listeners.remove(seen.append)


def _names(exchanges: list[Exchange]) -> list[str]:
    return [exchange.name for exchange in exchanges]


def _reading(**changes: Any) -> Any:
    return document(CREATE, READ | changes)


def test_steps_are_told_in_their_order(tell: Tell) -> None:
    told = tell(_reading())
    assert _names(told) == ["create-imodel", "get-imodel-details"]
    assert told[1].path == {"id": told[0].entity["id"]}


def test_a_criterion_that_is_not_met_ends_the_story(tell: Tell, seen: list[Exchange]) -> None:
    with pytest.raises(Unmet) as caught:
        tell(document(CREATE, READ | WRONG, READ | {"stepId": "later"}))
    words = (
        "$response.body#/iModel/state == 'gone' is not met: $response.body#/iModel/state is \"initialized\""
    )
    assert str(caught.value) == f"step read: {words}"
    assert len(seen) == 2


@pytest.mark.parametrize("status", [200, 404])
def test_without_a_criterion_a_success_is_expected(tell: Tell, status: int) -> None:
    content = _reading()
    content["workflows"][0]["steps"][1]["parameters"][0]["value"] = "00000000-0000-4000-8000-000000000000"
    if status == 404:
        with pytest.raises(Unmet, match="get-imodel-details answered 404, no success"):
            tell(content)
    else:
        tell(_reading())


@pytest.mark.parametrize(("limit", "calls"), [({}, 2), ({"retryLimit": 0}, 1), ({"retryLimit": 3}, 4)])
def test_a_retry_has_its_limit(tell: Tell, seen: list[Exchange], limit: dict[str, int], calls: int) -> None:
    with pytest.raises(Unmet):
        tell(_reading(**WRONG, onFailure=[AGAIN | limit]))
    assert _names(seen) == ["create-imodel", *["get-imodel-details"] * calls]


def test_the_first_action_whose_criteria_are_met_is_taken(tell: Tell, seen: list[Exchange]) -> None:
    never = AGAIN | {"criteria": [{"condition": "$statusCode == 500"}], "retryLimit": 9}
    once = AGAIN | {"name": "once", "criteria": [{"condition": "$statusCode == 200"}]}
    last = {"name": "last", "type": "end", "x-undecided": "it takes its time"}
    with pytest.raises(Undecided, match="step read: it takes its time"):
        tell(_reading(**WRONG, onFailure=[never, once, last]))
    assert len(seen) == 3


def test_a_failure_that_is_taken_care_of_is_none(tell: Tell) -> None:
    wrong = READ | WRONG | {"onFailure": [{"name": "on", "type": "goto", "stepId": "last"}]}
    told = tell(document(CREATE, wrong, READ | WRONG | {"stepId": "between"}, READ | {"stepId": "last"}))
    assert len(told) == 3


def test_an_end_passes_over_what_follows(tell: Tell) -> None:
    end = {"onSuccess": [{"name": "done", "type": "end"}]}
    assert len(tell(document(CREATE, READ | end, READ | WRONG | {"stepId": "later"}))) == 2


def test_a_step_that_is_passed_over_hands_on_nothing(tell: Tell, seen: list[Exchange]) -> None:
    end = {"onSuccess": [{"name": "done", "type": "end"}]}
    outputs = {"made": "$steps.create.outputs.id", "read": "$steps.read.outputs.id"}
    read = READ | {"outputs": {"id": "$response.body#/iModel/id"}}
    content = document(CREATE | end, read, workflowId="first", outputs=outputs)
    own = {"name": "id", "in": "path", "value": "$workflows.first.outputs.made"}
    content["workflows"] += document(READ | {"parameters": [own]}, dependsOn=["first"])["workflows"]
    assert len(tell(content)) == 2
    content["workflows"][1]["steps"][0]["parameters"][0]["value"] = "$workflows.first.outputs.read"
    with pytest.raises(SetupFailed, match="there is nothing to read"):
        tell(content)


def test_a_circle_is_left(tell: Tell, seen: list[Exchange], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.workflows.telling.MOST", 7)
    assert MOST > 7
    with pytest.raises(SetupFailed, match="not at its end after 7 steps"):
        tell(_reading(onSuccess=[{"name": "round", "type": "goto", "stepId": "read"}]))
    assert len(seen) == 7


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outputs": {"owner": "$response.body#/iModel/owner"}}, "the output owner: nothing is there at"),
        (
            {"x-cut": {"part": {"from": "$response.body#/iModel/id", "pattern": "(z+)"}}},
            "has nothing like (z+)",
        ),
        (
            {"x-upload": {"link": "$response.body#/iModel/_links/upload", "content": "a"}},
            "no storage link is there at $response.body#/iModel/_links/upload: nothing",
        ),
    ],
)
def test_what_an_answer_lacks_is_not_as_the_story_says(tell: Tell, changes: Any, words: str) -> None:
    with pytest.raises(Unmet) as caught:
        tell(_reading(**changes))
    assert words in str(caught.value)


def test_a_text_payload_is_filled_in_as_json(tell: Tell) -> None:
    text = '{"iTwinId": "{$inputs.itwin}", "name": "{$inputs.name}", "description": "{$inputs.quoted}"}'
    content = document(CREATE | {"requestBody": {"payload": text}})
    content["workflows"][0]["inputs"]["properties"]["quoted"] = {"default": 'say "hi"\n'}
    assert tell(content)[0].entity["description"] == 'say "hi"\n'


def test_a_cut_is_an_output(tell: Tell) -> None:
    create = CREATE | {
        "outputs": {},
        "x-cut": {"id": {"from": "$response.header.location", "pattern": "([^/]+)$"}},
    }
    told = tell(document(create, READ))
    assert told[1].path == {"id": told[0].entity["id"]}


def test_files_go_to_storage_and_come_back(tell: Tell, seen: list[Exchange]) -> None:
    content = yaml.safe_load(located("push").read_text("utf-8"))
    read = next(step for step in content["workflows"][1]["steps"] if step["stepId"] == "read")
    read["x-download"] = {"link": "$response.body#/changeset/_links/download", "content": "walls and doors"}
    stored = [exchange for exchange in tell(content) if exchange.name == "storage"]
    assert [exchange.request.method for exchange in stored] == ["PUT", "GET"]
    assert stored[0].request.body == stored[1].answer.body == b"walls and doors"
    read["x-download"]["content"] = "walls"
    with pytest.raises(Unmet, match="is another: 15 bytes"):
        tell(content)


def test_what_the_guard_refuses_is_never_sent(tell: Tell, seen: list[Exchange]) -> None:
    delete = {
        "stepId": "delete",
        "operationId": "delete-imodel",
        "parameters": [{"name": "id", "in": "path", "value": "5a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012"}],
    }
    with pytest.raises(Refused):
        tell(document(delete))
    assert not seen


def test_no_file_leaves_for_a_link_that_is_none_of_the_targets(tell: Tell, seen: list[Exchange]) -> None:
    content = document(CREATE | {"x-upload": {"link": "$inputs.link", "content": "a"}})
    elsewhere = {"default": {"href": "http://127.0.0.1:9/secret", "storageType": "azure"}}
    content["workflows"][0]["inputs"]["properties"]["link"] = elsewhere
    with pytest.raises(Refused):
        tell(content)
    assert _names(seen) == ["create-imodel"]


def test_what_a_workflow_needs_is_told_first(tell: Tell) -> None:
    content = document(CREATE, workflowId="first", outputs={"id": "$steps.create.outputs.id"})
    own = READ | {"parameters": [{"name": "id", "in": "path", "value": "$workflows.first.outputs.id"}]}
    content["workflows"] += document(own, dependsOn=["first"])["workflows"]
    content["workflows"].reverse()
    assert _names(tell(content)) == ["create-imodel", "get-imodel-details"]


def test_an_answer_says_how_long_to_wait(
    run: Run, tell: Tell, monkeypatch: pytest.MonkeyPatch, seen: list[Exchange]
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("conformance.workflows.telling.time.sleep", waited.append)
    sent = run.wire.__class__.send

    def slowed(wire: Any, request: Any, scope: str = "") -> Answer:
        answer = sent(wire, request, scope)
        return Answer(answer.status, {**answer.headers, "retry-after": "7"}, answer.body)

    with pytest.raises(Unmet):
        tell(_reading(**WRONG, onFailure=[AGAIN | {"retryAfter": 3}]))
    monkeypatch.setattr(run.wire.__class__, "send", slowed)
    for embedded in (True, False):
        monkeypatch.setattr(run.wire, "target", replace(run.wire.target, embedded=embedded))
        with pytest.raises(Unmet):
            tell(_reading(**WRONG, onFailure=[AGAIN | {"retryAfter": 3}]))
    assert waited == [run.wire.target.poll, run.wire.target.poll, 7.0]


def test_a_failure_names_the_workflow_that_was_only_needed(tell: Tell) -> None:
    content = document(CREATE | WRONG, workflowId="first")
    content["workflows"] += document(CREATE, dependsOn=["first"])["workflows"]
    with pytest.raises(Unmet, match=r"^first, step create: "):
        tell(content)
