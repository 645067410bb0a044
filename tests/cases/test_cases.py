"""Valid requests: they fit the contract, carry nothing doubtful, and are the same for the same seed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import strategies as st

from conformance.api import ABSENT
from conformance.cases.draft import Draft
from conformance.cases.generate import MAKES_IMODELS, examples, for_each, narrowed, valid
from conformance.cases.plants import OF_SANDBOX, PATHS, PLANTS, QUERY, READ, WRITTEN
from conformance.cases.send import AFTER
from conformance.cases.values import cleaned, plain
from conformance.contract import Operation, load
from conformance.exchange import Broken
from conformance.pictures import JPEG, PNG, size_of
from conformance.story import SetupFailed

CONTRACT = load()
OPERATIONS = list(CONTRACT.operations.values())


def _drawn(operation: Operation, number: int = 15, of: int = 1) -> list[Draft]:
    drafts: list[Draft] = []
    for_each(valid(CONTRACT, operation), drafts.append, number=number, of=of, shrink=False)
    return drafts


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_generated_requests_fit_the_contract(operation: Operation) -> None:
    for draft in [plain(CONTRACT, operation), *_drawn(operation)]:
        for name, value in draft.query.items():
            parameter = operation.parameter(name)
            assert parameter is not None
            assert CONTRACT.validator(parameter.schema).is_valid(value)
        if draft.body is not ABSENT and operation.body and operation.body.schema:
            assert CONTRACT.validator(operation.body.schema).is_valid(draft.body)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_nothing_doubtful_is_generated(operation: Operation) -> None:
    expected = {"content-type"} if operation.body and operation.body.is_file else {"prefer"}
    for draft in _drawn(operation):
        assert "$continuationToken" not in draft.query
        assert set(draft.headers) <= expected
        if isinstance(draft.body, dict):
            assert None not in draft.body.values()
            assert not draft.body.keys() & {"containersEnabled"}
            assert draft.body.get("creationMode") != "fromIModelVersion"


def test_files_of_any_size_and_either_format_are_generated() -> None:
    drafts = _drawn(CONTRACT.operations["upload-imodel-thumbnail"])
    assert {draft.headers["content-type"] for draft in drafts} == {PNG, JPEG}
    assert len({draft.body for draft in drafts}) > 5
    for draft in drafts:
        assert (size_of(draft.body) is not None) == (draft.headers["content-type"] == PNG)


def test_a_seed_gives_the_same_requests_anywhere() -> None:
    operation = CONTRACT.operations["create-imodel"]
    code = (
        "from conformance.cases.generate import for_each, valid; from conformance.contract import load\n"
        "drafts = []; contract = load()\n"
        "for_each(valid(contract, contract.operations['create-imodel']), drafts.append,"
        " number=15, of=7, shrink=False)\nprint(repr([draft.body for draft in drafts]).encode())"
    )
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    here = [draft.body for draft in _drawn(operation, of=7)]
    assert elsewhere.stdout.strip() == str(repr(here).encode())
    assert here != [draft.body for draft in _drawn(operation, of=8)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" a\x00b\u200b ", "ab"),
        ("\U0001f600", "generated"),
        ({"size": 3.0, "name": ""}, {"size": 3, "name": "generated"}),
        ([1.5, True], [1.5, True]),
    ],
)
def test_cleaned_values(value: Any, expected: Any) -> None:
    assert cleaned(value) == expected


def test_plants_name_things_of_the_contract() -> None:
    members = {parameter.name for operation in OPERATIONS for parameter in operation.parameters}
    assert members >= READ.keys() | WRITTEN.keys() | QUERY.keys()
    assert CONTRACT.operations.keys() >= PLANTS.keys() | AFTER.keys() | MAKES_IMODELS
    assert CONTRACT.operations.keys() >= {key.partition(" ")[0] for key in PATHS} | OF_SANDBOX


def test_every_path_parameter_can_be_planted() -> None:
    for operation in OPERATIONS:
        for parameter in operation.parameters:
            if parameter.location == "path":
                shared = operation.method == "GET" and operation.id not in OF_SANDBOX
                planted = READ if shared else WRITTEN
                assert parameter.name in planted, f"{operation.id} {parameter.name}"


def test_a_live_target_makes_no_iModel_for_an_example() -> None:
    for operation in OPERATIONS:
        on_live, on_mock = examples(operation, False), examples(operation, True)
        assert on_live <= on_mock
        assert not (on_live and operation.id in MAKES_IMODELS)


def test_the_narrowed_contract_leaves_the_contract_alone() -> None:
    before = repr(CONTRACT.document)
    document = narrowed(CONTRACT)
    assert repr(CONTRACT.document) == before
    body = document["paths"]["/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["additionalProperties"] is False


def test_the_smallest_broken_promise_is_raised_bare() -> None:
    def act(number: int) -> None:
        if number > 9:
            raise Broken([]) from ValueError(str(number))

    with pytest.raises(Broken) as caught:
        for_each(st.integers(0, 1000), act, number=50, of=1, shrink=True)
    assert str(caught.value.__cause__) == "10"


def test_a_flaky_failure_stays_a_broken_promise() -> None:
    seen: list[int] = []

    def act(number: int) -> None:
        seen.append(number)
        if len(seen) == 3:
            raise Broken([])

    with pytest.raises(Broken):
        for_each(st.integers(0, 1000), act, number=20, of=1, shrink=True)


def test_failed_set_up_is_not_tried_again() -> None:
    seen: list[int] = []

    def act(number: int) -> None:
        seen.append(number)
        raise SetupFailed("no")

    with pytest.raises(SetupFailed):
        for_each(st.integers(0, 1000), act, number=20, of=1, shrink=True)
    assert len(seen) == 1
