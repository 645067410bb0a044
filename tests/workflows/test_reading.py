"""Whatever is wrong with a workflow stops the run before it begins: one line, exit code 2."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.contract import load
from conformance.workflows.expressions import WorkflowError
from conformance.workflows.keywords import OPTIONAL, REQUIRED
from conformance.workflows.reading import read_workflows
from tests.workflows.conftest import CREATE, INPUTS, READ, Write, document


def _step(**changes: Any) -> dict[str, Any]:
    return document({name: value for name, value in (CREATE | changes).items() if value is not None})


def _met(**criterion: Any) -> dict[str, Any]:
    return _step(successCriteria=[criterion])


def _acts(kind: str, **action: Any) -> dict[str, Any]:
    return _step(**{kind: [{"name": "then", **action}]})


def _sent(**changes: Any) -> dict[str, Any]:
    parameters = [READ["parameters"][0] | changes]
    return document(CREATE, READ | {"parameters": parameters})


def _given(**member: Any) -> dict[str, Any]:
    return document(CREATE, inputs={**INPUTS, "properties": {**INPUTS["properties"], "more": member}})


BAD: dict[str, tuple[Any, str]] = {
    "no YAML": ("a: [", "not YAML"),
    "no object": ("- a", "this document is not an object"),
    "an empty file": ("", "this document is not an object"),
    "no bytes of a text": ("\x01", "not YAML"),
    "another version": (document(CREATE) | {"arazzo": "1.1.0"}, "Arazzo 1.0.x is read, not 1.1.0"),
    "no version": ({"info": {}}, "no arazzo"),
    "no title": (document(CREATE) | {"info": {"version": "1"}}, "info: no title"),
    "no workflows": (document(CREATE) | {"workflows": []}, "workflows is not a list of at least one"),
    "no sources": (document(CREATE) | {"sourceDescriptions": []}, "sourceDescriptions is not a list"),
    "components": (document(CREATE) | {"components": {}}, "'components' is not read in a document"),
    "another source": (
        document(CREATE) | {"sourceDescriptions": [{"name": "a", "url": "b", "type": "arazzo"}]},
        "a source of type arazzo is not read",
    ),
    "no steps": (document(), "workflow story: steps is not a list of at least one"),
    "default actions": (document(CREATE, failureActions=[]), "'failureActions' is not read in a workflow"),
    "a name with spaces": (document(CREATE, workflowId="my story"), "workflowId has signs that no"),
    "a need of nothing": (document(CREATE, dependsOn=["other"]), "dependsOn names no workflow of this file"),
    "a need of itself": (document(CREATE, dependsOn=["story"]), "dependsOn goes in a circle: story → story"),
    "two of one name": (
        document(CREATE) | {"workflows": document(CREATE)["workflows"] * 2},
        "two workflows have one workflowId",
    ),
    "two steps of one name": (document(CREATE, CREATE), "two steps are called create"),
    "a shared parameter nobody takes": (
        document(CREATE, parameters=[{"name": "nowhere", "in": "query", "value": 1}]),
        "no step takes the parameter nowhere",
    ),
    "inputs of no schema": (document(CREATE, inputs={"type": "thing"}), "inputs is not a JSON Schema"),
    "a default that does not fit": (_given(type="string", default=5), "does not fit the schema"),
    "a gift nobody has": (_given(**{"x-given": "luck"}), "input more: x-given is one of name, itwin"),
    "an input nobody gives": (
        document(CREATE, inputs={"type": "object"}),
        "$inputs.itwin: no input of that name with a default or x-given",
    ),
    "no operation": (_step(operationId=None), "one of operationId and operationPath"),
    "two operations": (_step(operationPath="x"), "one of operationId and operationPath"),
    "another workflow": (_step(operationId=None, workflowId="a"), "'workflowId' is not read in a step"),
    "an unknown operation": (
        _step(operationId="create-imodl"),
        "step create: unknown operation 'create-imodl'; did you mean create-imodel",
    ),
    "an operation in another case": (_step(operationId="Create-iModel"), "did you mean create-imodel?"),
    "an unknown source": (
        _step(operationId="$sourceDescriptions.other.create-imodel"),
        "no source description is called other",
    ),
    "a path of no source": (_step(operationId=None, operationPath="/{id}"), "operationPath is {$source"),
    "an unknown path": (
        _step(operationId=None, operationPath="{$sourceDescriptions.imodels.url}#/paths/~1a~1b/get"),
        "unknown operation GET /a/b",
    ),
    "an unknown keyword": (_step(timeout=5), "'timeout' is not read in a step"),
    "an unknown extension": (_step(**{"x-uplaod": {}}), "'x-uplaod' is not read in a step"),
    "a cookie": (_sent(**{"in": "cookie"}), "in is one of path, query, header, not cookie"),
    "an unknown parameter": (_sent(name="iTwin", **{"in": "query"}), "takes no query parameter iTwin"),
    "a token of its own": (_sent(name="Authorization", **{"in": "header"}), "takes no header parameter"),
    "no path parameter": (document(CREATE, READ | {"parameters": []}), "needs the path parameter id"),
    "a form": (
        _step(requestBody={"contentType": "text/plain", "payload": "a"}),
        "a body is sent as application/json, not as text/plain",
    ),
    "replacements": (
        _step(requestBody={"payload": {}, "replacements": []}),
        "'replacements' is not read in a request body",
    ),
    "a text as payload": (_step(requestBody={"payload": "{a: 1}"}), "the payload is a text and no JSON"),
    "an answer before the request": (
        _step(requestBody={"payload": {"name": "$response.body#/a"}}),
        "$response.body#/a: there is no answer yet",
    ),
    "an unknown expression": (_step(outputs={"a": "$request.body"}), "not an expression that can be read"),
    "a step nobody knows": (_sent(value="$steps.make.outputs.id"), "no step of this workflow is called make"),
    "an output nobody has": (_sent(value="$steps.create.outputs.url"), "create has no output url"),
    "a workflow nobody needs": (
        _sent(value="$workflows.other.outputs.id"),
        "no workflow it depends on is called other",
    ),
    "no condition": (_met(type="simple"), "no condition"),
    "a condition that cannot be read": (_met(condition="$statusCode = 1"), "cannot read the condition"),
    "xpath": (
        _met(condition="//a", context="$response.body", type="xpath"),
        "a criterion is simple, regex or jsonpath, not xpath",
    ),
    "a version of jsonpath": (
        _met(condition="$", context="$response.body", type={"type": "jsonpath", "version": "x"}),
        "a criterion is simple, regex or jsonpath, not {",
    ),
    "a regex without context": (_met(condition="a", type="regex"), "of type regex needs a context"),
    "a context nobody reads": (
        _met(condition="$statusCode == 1", context="$response.body"),
        "a simple condition has no context",
    ),
    "no regex": (_met(condition="(", context="$response.body", type="regex"), "not a regular expression"),
    "no jsonpath": (_met(condition="$[", context="$response.body", type="jsonpath"), "not a JSONPath"),
    "a retry of success": (_acts("onSuccess", type="retry"), "a success action of type retry is not read"),
    "an unknown action": (_acts("onFailure", type="stop"), "a failure action of type stop is not read"),
    "a limit without retry": (_acts("onFailure", type="end", retryLimit=2), "retryLimit belongs to the type"),
    "half a retry": (_acts("onFailure", type="retry", retryLimit=1.5), "retryLimit is not a whole number"),
    "a wait into the past": (_acts("onFailure", type="retry", retryAfter=-1), "retryAfter is not a number"),
    "a way to nowhere": (_acts("onSuccess", type="goto", stepId="x"), "goto names no step of this workflow"),
    "a way to another workflow": (
        _acts("onSuccess", type="goto", workflowId="x"),
        "'workflowId' is not read in a success action",
    ),
    "an upload of nothing": (_step(**{"x-upload": {"link": "$response.body"}}), "x-upload: no content"),
    "a cut without a part": (
        _step(**{"x-cut": {"a": {"from": "$statusCode", "pattern": "."}}}),
        "x-cut: the pattern has one group",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_workflow_gets_one_line(
    case: str,
    written: Write,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    content, said = BAD[case]
    assert cli.main(["run", "--workflow", written(content)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"imodels-conformance: {tmp_path}/story.arazzo.yaml: ")
    assert said in told.err
    assert len(told.err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["story.arazzo.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--workflow", "nowhere.yaml"), "nowhere.yaml: No such file"),
        (("--workflow", "."), ".: Is a directory"),
        (("--workflow", "push", "--workflow", "push"), "a workflow push was given before"),
        (("--workflow", "push", "--requirement", "changesets/chain"), "not with --requirement"),
        (("--workflow", "push", "--operation", "create-imodel"), "not with --operation"),
        (("--workflow", "push", "--resource", "iModels"), "not with --resource"),
        (("--workflow", "push", "--cross-section"), "not with --cross-section"),
        (("--workflow", "push", "--shard", "1/2"), "not with --shard"),
        (("--workflow", "push", "--workers", "2"), "not with --workers"),
        (("--workflow", "push", "--profile", "soak"), "not with --profile soak"),
    ],
)
def test_what_does_not_go_with_workflows(
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["run", *arguments]) == 2
    told = capsys.readouterr()
    assert (told.out, said in told.err, len(told.err.splitlines())) == ("", True, 1)
    assert not list(tmp_path.iterdir())


def test_a_workflow_without_a_fault_is_read(written: Write) -> None:
    (read,) = read_workflows([written(document(CREATE, READ))], load())
    assert [step.operation.id for step in read.steps] == ["create-imodel", "get-imodel-details"]
    assert read.given == {"itwin": "itwin", "name": "name"}


@pytest.mark.parametrize(
    "called",
    [
        {"operationId": "$sourceDescriptions.imodels.create-imodel"},
        {"operationId": "CreateIModel"},
        {"operationId": None, "operationPath": "{$sourceDescriptions.imodels.url}#/paths/~1/post"},
    ],
)
def test_an_operation_goes_by_every_name_it_has(called: dict[str, Any], written: Write) -> None:
    (read,) = read_workflows([written(_step(**called))], load())
    assert read.steps[0].operation.id == "create-imodel"


def test_only_what_nothing_depends_on_is_told_by_itself() -> None:
    (read,) = read_workflows(["push"], load())
    assert (read.id, [need.id for need in read.needs]) == ("push", ["imodel-to-push-to"])


def test_a_file_goes_before_a_workflow_of_the_suite(
    written: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written("a: [", "push")
    with pytest.raises(WorkflowError, match=r"^push: not YAML"):
        read_workflows(["push"], load())


def test_the_guide_names_every_keyword(root: Path) -> None:
    guide = (root / "docs" / "workflows.md").read_text("utf-8")
    keywords = {key for keys in (*REQUIRED.values(), *OPTIONAL.values()) for key in keys}
    assert not [
        key
        for key in keywords - {"title", "version", "url"}
        if not re.search(rf"`\{{?{key}\b|[{{ ]{key}[,}}:]", guide)
    ]
