"""Runs that were given workflows: the verdict, the exit code, the reports, and what is left behind."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.api import Api
from conformance.exchange import Answer, Exchange
from conformance.mock.server import MockServer
from conformance.workflows import calling, telling
from conformance.workflows.expressions import Scope
from conformance.workflows.model import Step
from tests.workflows.conftest import CREATE, READ, Write, document

OWN = ("create-and-wait", "push", "version", "clone-and-wait", "delete")
WRONG = {"successCriteria": [{"condition": "$response.body#/iModel/state == 'gone'"}]}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder."""
    monkeypatch.chdir(tmp_path)


def _run(*arguments: str) -> tuple[int, dict[str, Any]]:
    code = cli.main(["run", "--reports", "reports", *arguments])
    verdict: dict[str, Any] = json.loads(Path("reports/verdict.json").read_text())
    assert verdict["exit"] == code
    return code, verdict


def _given(*files: str) -> list[str]:
    return [part for file in files for part in ("--workflow", file)]


def _states(verdict: dict[str, Any]) -> dict[str, str]:
    return {workflow["name"]: workflow["state"] for workflow in verdict["workflows"]}


def test_the_suites_own_workflows_hold_and_leave_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started, start = list[MockServer](), MockServer.start

    def noted(mock: MockServer) -> MockServer:
        started.append(mock)
        return start(mock)

    monkeypatch.setattr(MockServer, "start", noted)
    code, verdict = _run(*_given(*OWN), "--liberty", "late-lists", "--liberty", "slow-work")
    assert (code, verdict["verdict"]) == (0, "conformant (workflows only)")
    assert _states(verdict) == dict.fromkeys(OWN, "held")
    assert verdict["imodels"] >= len(OWN)
    assert verdict["left_behind"] == []
    assert "workflows      5 of 5 told as they are written" in capsys.readouterr().out
    assert [len(mock.service.store.imodels) for mock in started] == [0]


def test_a_criterion_that_is_not_met_fails_the_run(
    written: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    code, verdict = _run(*_given(written(document(CREATE, READ | WRONG)), "push"))
    assert (code, verdict["verdict"]) == (1, "not conformant: 1 workflow failed")
    assert _states(verdict) == {"story": "broken", "push": "held"}
    reason = verdict["workflows"][0]["reason"]
    assert reason.startswith("step read: $response.body#/iModel/state == 'gone' is not met:")
    assert verdict["counts"]["states"]["broken"] == 0
    assert f"story (story.arazzo.yaml): {reason}" in capsys.readouterr().out
    assert reason.partition(":")[0] in Path("reports/report.html").read_text()
    failed = ET.parse("reports/junit.xml").getroot().find(".//failure")
    assert failed is not None
    assert failed.attrib["message"] == reason
    results = [json.loads(f.read_text()) for f in Path("reports/allure-results").glob("*-result.json")]
    assert {result["status"] for result in results} == {"failed", "passed"}
    assert verdict["left_behind"] == []


def test_every_answer_is_held_against_the_register(written: Write) -> None:
    fault = "imodels/create-is-readable"
    code, verdict = _run(*_given(written(document(CREATE, READ))), "--fault", fault)
    assert (code, verdict["verdict"]) == (1, "not conformant: 1 MUST row broken")
    assert verdict["workflows"][0]["state"] == "undecided"
    assert verdict["workflows"][0]["reason"] == f"{fault} broke first"


def test_what_ends_undecided_is_not_green(written: Write) -> None:
    slow = READ | WRONG | {"onFailure": [{"name": "slow", "type": "end", "x-undecided": "it takes its time"}]}
    code, verdict = _run(*_given(written(document(CREATE, slow))))
    assert code == 3
    told = "inconclusive: 1 workflow could not be told: story: step read: it takes its time ("
    assert verdict["verdict"].startswith(told)
    assert verdict["trouble"] == []
    assert _states(verdict) == {"story": "undecided"}


def test_a_failure_that_does_not_repeat_is_not_green(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    met, asked = calling.call, list[str]()

    def once(api: Api, step: Step, scope: Scope) -> Exchange:
        asked.append(step.id)
        answered = met(api, step, scope)
        return replace(answered, answer=Answer(404)) if asked == ["create", "read"] else answered

    monkeypatch.setattr(telling, "call", once)
    code, verdict = _run(*_given(written(document(CREATE, READ))))
    assert (code, _states(verdict)) == (3, {"story": "undecided"})
    told = "it did not repeat: step read: get-imodel-details answered 404, no success"
    assert verdict["workflows"][0]["reason"] == told


def test_what_the_guard_refuses_is_not_green(written: Write) -> None:
    delete = {
        "stepId": "delete",
        "operationId": "delete-imodel",
        "parameters": [{"name": "id", "in": "path", "value": "5a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012"}],
    }
    code, verdict = _run(*_given(written(document(delete))))
    assert (code, _states(verdict)) == (3, {"story": "undecided"})
    assert "did not make" in verdict["workflows"][0]["reason"]


def test_no_secret_is_told(written: Write) -> None:
    told = READ | {"successCriteria": [{"condition": "$inputs.secret == 1"}]}
    content = document(CREATE, told)
    content["workflows"][0]["inputs"]["properties"]["secret"] = {
        "default": "Bearer abcdefghijklmnopqrstuvwxyz"
    }
    _, verdict = _run(*_given(written(content)))
    assert "abcdefghijklmnopqrstuvwxyz" not in json.dumps(verdict)


def test_a_resumed_run_tells_its_workflows_again(written: Write) -> None:
    code, verdict = _run(*_given(written(document(CREATE, READ | WRONG))))
    assert cli.main(["run", "--resume", "reports"]) == code == 1
    again = json.loads(Path("reports/verdict.json").read_text())
    assert again["workflows"] == verdict["workflows"]
    assert again["tests"] == verdict["tests"]
