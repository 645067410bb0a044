"""The adapter to schemathesis' engine: the events it reads, the bridge, and what becomes of failures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from schemathesis.engine import Status, StopReason, events
from schemathesis.engine.run import PhaseName

from conformance.exploration.bridge import NUMBER, TOKEN, Bridge
from conformance.exploration.engine import (
    ON_LIVE,
    ON_MOCK,
    PHASES,
    SCOPE,
    STORY,
    Budget,
    configuration,
    explore,
    planting,
)
from conformance.exploration.stage import Stage
from conformance.exploration.stock import EXCLUDED
from conformance.runner.options import Options
from conformance.runner.run import Run

FUZZED = Budget(requests=150, imodels=2, fuzzing=2, stateful=1, steps=2, phases=("fuzzing",))
SMALL = Budget(requests=60, imodels=2, fuzzing=1, stateful=2, steps=3, phases=("examples", "stateful"))


@pytest.fixture
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Run]:
    """A run against a mock, which a parameter may give a fault."""
    made = Run(Options(reports=str(tmp_path), faults=getattr(request, "param", ())))
    yield made
    made.finish()


@pytest.fixture
def bridge(run: Run) -> Iterator[Bridge]:
    """A bridge to the run's target, with a stage that is not set up."""
    with run.story(STORY) as story:
        stage = Stage(run.target.itwins[0], run.id, SCOPE, run.journal, {})
        yield Bridge(run.api(scope=SCOPE), story, stage, requests=2, imodels=1)


def _asked(
    bridge: Bridge, method: str, path: str, body: bytes = b"", query: str = ""
) -> tuple[int, dict[str, str], Any]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"authorization", TOKEN.encode()), (b"host", b"testserver")],
    }
    asyncio.run(bridge(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, json.loads(sent[1]["body"] or b"null")


def test_the_events_the_adapter_reads_are_there() -> None:
    assert {"phase", "recorder", "status", "label", "is_final"} <= set(events.ScenarioFinished.__slots__)
    assert {"value", "phase", "label"} <= set(events.NonFatalError.__slots__)
    assert {"exception"} <= set(events.FatalError.__slots__)
    assert {"stop_reason"} <= set(events.EngineFinished.__slots__)
    assert str(StopReason.COMPLETED) == "completed"
    assert {status.value for status in Status} == {"success", "failure", "error", "interrupted", "skip"}


def test_each_phase_of_ours_is_one_of_the_engine() -> None:
    names = {str(name.value).lower() for name in PhaseName}
    assert all(any(phase in name for name in names) for phase in PHASES)


def test_the_configuration_is_one_the_engine_takes() -> None:
    from schemathesis.config import SchemathesisConfig

    for budget in (ON_MOCK, ON_LIVE):
        settled = configuration(7, budget)
        SchemathesisConfig.from_dict(settled)
        assert settled["workers"] == 1
        assert settled["checks"].keys() == EXCLUDED.keys()
    assert not configuration(7, ON_LIVE)["phases"]["coverage"]["enabled"]


def test_a_request_goes_to_the_target_and_is_kept(bridge: Bridge) -> None:
    status, headers, body = _asked(bridge, "GET", "/", query=f"iTwinId={bridge.stage.itwin}")
    assert status == 200
    assert "iModels" in body
    assert bridge.exchanges[int(headers[NUMBER])].name == "get-itwin-imodels"


def test_what_the_guard_refuses_is_not_sent(bridge: Bridge) -> None:
    status, headers, body = _asked(bridge, "DELETE", "/00000000-0000-4000-8000-000000000001")
    assert (status, body["error"]["code"]) == (404, "iModelNotFound")
    assert NUMBER not in headers
    assert not bridge.exchanges


def test_the_budget_is_kept(bridge: Bridge) -> None:
    def create(name: str) -> int:
        body = {"iTwinId": bridge.stage.itwin, "name": f"{bridge.stage.run} {name}"}
        return _asked(bridge, "POST", "/", json.dumps(body).encode())[0]

    assert [create("one"), create("two")] == [201, 404]
    query = f"iTwinId={bridge.stage.itwin}"
    assert _asked(bridge, "GET", "/", query=query)[0] == 200
    assert _asked(bridge, "GET", "/", query=query)[0] == 404
    assert bridge.spent == {"requests": 2, "imodels": 1}


def test_the_engine_runs_to_its_end(run: Run) -> None:
    explored = explore(run, SMALL)
    assert explored.stopped == "completed"
    assert not explored.trouble
    assert not explored.findings
    assert {phase for phase, _ in explored.looked_at} == {"examples", "stateful"}


def test_the_same_seed_asks_the_same(tmp_path: Path) -> None:
    digests = []
    for number in range(2):
        run = Run(Options(reports=str(tmp_path / str(number))))
        try:
            explore(run, SMALL)
            digests.append(run.transcript.digest())
        finally:
            run.finish()
    assert digests[0] == digests[1]


@pytest.mark.parametrize("run", [("lists/envelope",), ("imodels/display-name-is-name",)], indirect=True)
def test_what_our_checks_find_is_found_on_the_way(run: Run) -> None:
    explored = explore(run, FUZZED)
    found = {finding.requirement for findings in explored.findings.values() for finding in findings}
    assert found == set(run.options.faults)


def test_the_hook_is_gone_afterwards(run: Run) -> None:
    from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

    stage = Stage(run.target.itwins[0], run.id, SCOPE, run.journal, {})
    with planting(stage):
        assert GLOBAL_HOOK_DISPATCHER.get_all_by_name("before_call")
    assert not GLOBAL_HOOK_DISPATCHER.get_all_by_name("before_call")


def test_invented_ids_give_way_and_seen_ones_stay(run: Run) -> None:
    own = "00000000-0000-4000-8000-00000000000a"
    stage = Stage(run.target.itwins[0], run.id, SCOPE, run.journal, {"id": own, "briefcaseId": "5"})
    stage.learn({"briefcases": [{"id": "7", "briefcaseId": 7}]})

    class Case:
        method = "GET"
        path = "/{id}/briefcases/{briefcaseId}"
        media_type: str | None = None
        path_parameters = {"id": "00000000-0000-4000-8000-000000000001", "briefcaseId": "7"}  # noqa: RUF012
        query: dict[str, Any] | None = None
        body: Any = None

    case = Case()
    stage.plant(case, valid=True)
    assert case.path_parameters == {"id": own, "briefcaseId": "7"}
    stage.data = "e30="
    assert stage.body({"data": "QUJD"}) == {"data": "e30="}
    assert stage.body({"data": "no base64"}) == {"data": "no base64"}
    case.path_parameters = {"id": "no-guid", "briefcaseId": "9"}
    stage.plant(case, valid=False)
    assert case.path_parameters == {"id": "no-guid", "briefcaseId": "5"}
    invented = "00000000-0000-4000-8000-000000000001"
    for path, planted in (("/{id}", invented), ("/favorites/{id}", own)):
        case.method, case.path, case.path_parameters = "DELETE", path, {"id": invented}
        stage.plant(case, valid=True)
        assert case.path_parameters == {"id": planted}
    case.media_type = "image/png"
    for valid in (False, True):
        stage.plant(case, valid=valid)
        assert str(case.body).startswith("b'\\x89PNG") is valid
