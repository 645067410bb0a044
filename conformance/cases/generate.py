"""Generation: schemathesis' strategies over a copy of the contract that only allows what nobody doubts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.strategies import SearchStrategy
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NotSet
from schemathesis.generation import GenerationMode

from conformance.api import ABSENT
from conformance.cases.draft import Draft
from conformance.contract import JSON, WEAK, Contract, Operation, Schema
from conformance.exchange import Broken
from conformance.pictures import JPEG, PNG, SIDES, picture

# Hypothesis would draw words from the source of every module at hand: an edit anywhere, or another choice of
# tests, would change all requests of a seed.
providers.is_local_module_file = lambda path: False  # type: ignore[attr-defined, assignment]

ON_MOCK, ON_LIVE = 12, 1
"""Generated examples for each operation."""
MAKES_IMODELS = frozenset(
    {"create-imodel", "clone-imodel", "fork-imodel", "delete-imodel", "complete-imodel-baseline-file-upload"}
)
"""Operations that cost an iModel for each example: on a live target the plain request has to do."""
LARGEST = 2**31 - 1
LONGEST_LIST = 4
_SIDE = st.integers(*SIDES)
FILES = st.builds(
    lambda media_type, *rest: (media_type, picture(media_type, *rest)),
    st.sampled_from((PNG, JPEG)),
    st.tuples(_SIDE, _SIDE),
    st.tuples(*[st.integers(0, 255)] * 3),
)
"""Files to upload, with their media types: pictures of any size."""

CONFIG: dict[str, Any] = {
    "generation": {
        "allow-x00": False,
        "allow-extra-parameters": False,
        "with-security-parameters": False,
        "database": "none",
    }
}


def examples(operation: Operation, generous: bool) -> int:
    """How many generated examples an operation gets besides its plain request."""
    choices = [p for p in operation.parameters if p.location != "path"] or operation.body
    if not choices or (operation.id in MAKES_IMODELS and not generous):
        return 0
    return ON_MOCK if generous else ON_LIVE


def loaded(document: Mapping[str, Any], config: Mapping[str, Any] | None = None) -> Any:
    """A document as schemathesis reads it."""
    return schemathesis.openapi.from_dict(
        # It writes links of its own into what it is given.
        deepcopy(dict(document)),
        config=SchemathesisConfig.from_dict(dict(config or CONFIG)),
    )


@cache
def _generator(contract: Contract) -> Any:
    return loaded(narrowed(contract))


def described(contract: Contract, operation: Operation) -> Any:
    """The operation as schemathesis knows it."""
    return _generator(contract)[operation.path][operation.method]


def valid(contract: Contract, operation: Operation) -> SearchStrategy[Draft]:
    """Strategy of requests whose query, headers and body fit the contract; ids are planted later."""
    strategy: SearchStrategy[Any] = described(contract, operation).as_strategy(GenerationMode.POSITIVE)
    drafts = strategy.map(lambda case: _draft(operation, case))
    return st.builds(_with_file, drafts, FILES) if operation.body and operation.body.is_file else drafts


def _with_file(draft: Draft, file: tuple[str, bytes]) -> Draft:
    media_type, data = file
    return replace(draft, headers={**draft.headers, "content-type": media_type}, body=data)


def _draft(operation: Operation, case: Any) -> Draft:
    body = ABSENT if isinstance(case.body, NotSet) else case.body
    headers = {name.lower(): str(value) for name, value in (case.headers or {}).items()}
    return Draft(operation.id, query=dict(case.query or {}), headers=headers, body=body)


def narrowed(contract: Contract) -> dict[str, Any]:
    """The contract with closed request bodies, without nulls, weak members and continuation tokens.

    Answers keep only what rests on documentation, so that stock checks judge nothing else.
    """
    document = answers_strict(contract)
    for operation in contract.operations.values():
        raw = document["paths"][operation.path][operation.method.lower()]
        if operation.body and operation.body.is_file:
            raw.pop("requestBody")
        elif operation.body:
            content = {JSON: {"schema": _narrow(contract, operation.body.schema or {})}}
            raw["requestBody"] = {"required": operation.body.required, "content": content}
    return document


def answers_strict(contract: Contract) -> dict[str, Any]:
    """The contract with answers cut down to what is documented, and without `$continuationToken`."""
    document: dict[str, Any] = dict(contract.document)
    names = document.get("components", {}).get("schemas", {})
    document["x-strict"] = {name: contract.resolve({"$ref": f"#/x-strict/{name}"}) for name in names}
    document["paths"] = {path: _path_item(item) for path, item in document["paths"].items()}
    for operation in contract.operations.values():
        raw = document["paths"][operation.path][operation.method.lower()]
        raw["parameters"] = [_parameter(p) for p in operation.parameters if p.name != "$continuationToken"]
        raw["responses"] = {
            status: _response(contract, answer) for status, answer in raw["responses"].items()
        }
    return document


def _path_item(item: Mapping[str, Any]) -> dict[str, Any]:
    copied = {key: dict(value) if isinstance(value, dict) else value for key, value in item.items()}
    copied.pop("parameters", None)
    return copied


def _parameter(parameter: Any) -> dict[str, Any]:
    schema = parameter.schema
    if isinstance(schema, dict) and schema.get("type") == "integer":
        schema = {"maximum": LARGEST} | schema
    return {
        "name": parameter.name,
        "in": parameter.location,
        "required": parameter.required,
        "schema": schema,
    }


def _response(contract: Contract, answer: Any) -> dict[str, Any]:
    made: dict[str, Any] = {**dict(contract.resolve(answer))}  # type: ignore[arg-type]
    content = made.get("content") or {}
    made["content"] = {
        m: {"schema": contract.strict(kind.get("schema", True))} for m, kind in content.items()
    }
    return made


def _narrow(contract: Contract, schema: Schema) -> Any:
    plain = contract.resolve(schema)
    if not isinstance(plain, dict):
        return plain
    branches = [branch for branch in plain.get("anyOf", ()) if not _doubted(contract, branch)]
    kept = {key: value for key, value in plain.items() if key not in {"anyOf", "x-label", "x-labels"}}
    if branches:
        # A nullable reference narrows to what it refers to.
        kept |= _narrow(contract, branches[0]) if len(branches) == 1 else {"anyOf": branches}
    if isinstance(kept.get("type"), list):
        kept["type"] = next(kind for kind in kept["type"] if kind != "null")
    if "enum" in kept:
        kept["enum"] = [value for value in kept["enum"] if value is not None]
    if kept.get("type") == "integer":
        kept = {"maximum": LARGEST} | kept
    if "items" in kept:
        kept |= {"items": _narrow(contract, kept["items"]), "maxItems": LONGEST_LIST}
    if "properties" in kept:
        kept["properties"] = _properties(contract, kept["properties"])
    if kept.get("type") == "object":
        kept["additionalProperties"] = False
    return kept


def _properties(contract: Contract, properties: Mapping[str, Schema]) -> dict[str, Any]:
    return {
        name: _narrow(contract, schema)
        for name, schema in properties.items()
        if not _doubted(contract, schema)
    }


def _doubted(contract: Contract, schema: Schema) -> bool:
    plain = contract.resolve(schema)
    labels = [part.get("x-label") for part in (schema, plain) if isinstance(part, dict)]
    return bool(WEAK.intersection(labels)) or plain == {"type": "null"}


def for_each(
    strategy: SearchStrategy[Any], act: Callable[[Any], object], *, number: int, of: int, shrink: bool
) -> None:
    """Call `act` with examples of a strategy drawn from the seed `of`.

    A broken promise is shrunk and raised as it is, never inside a group. The first other error ends the
    drawing: set-up that fails would fail again for every smaller example.
    """
    seen: list[Exception] = []

    @seed(of)
    @settings(
        max_examples=max(number, 1),
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        # Every example sends requests, so that slowness says nothing; narrow schemas may filter a lot.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(strategy)
    def draw(example: Any) -> None:
        if seen and not isinstance(seen[-1], Broken):
            return
        try:
            act(example)
        except Exception as error:
            seen.append(error)
            if isinstance(error, Broken):
                raise

    try:
        draw()
    except Exception:
        if not seen:
            raise
    broken = [error for error in seen if isinstance(error, Broken)]
    if seen:
        raise (broken or seen)[-1]
