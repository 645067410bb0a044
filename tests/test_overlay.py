"""OpenAPI overlays: what they add and remove, and how a bad one is told."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.openapi import ContractError
from conformance.overlay import overlaid

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "security": [{"oauth": []}],
    "paths": {
        "/": {
            "get": {"responses": {"200": {"description": "."}}},
            "parameters": [{"name": "a"}, {"name": "b"}],
        },
        "/{id}": {"delete": {"responses": {"204": {"description": "."}}}},
    },
}


def _overlay(*actions: Any) -> dict[str, Any]:
    return {"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": list(actions)}


def _with(**action: Any) -> dict[str, Any]:
    return overlaid(DOCUMENT, _overlay(action))


def test_an_object_is_merged_into_and_the_document_stays() -> None:
    changed = _with(target="$.paths.*[?@.responses].responses", update={"404": {"description": "gone"}})
    assert changed["paths"]["/"]["get"]["responses"].keys() == {"200", "404"}
    assert changed["paths"]["/{id}"]["delete"]["responses"].keys() == {"204", "404"}
    assert changed["paths"]["/"]["parameters"] == DOCUMENT["paths"]["/"]["parameters"]
    assert "404" not in DOCUMENT["paths"]["/"]["get"]["responses"]


def test_a_merge_goes_deep_and_replaces_what_is_no_object() -> None:
    update = {"paths": {"/": {"get": {"responses": {"200": {"description": "new"}}, "tags": ["x"]}}}}
    get = _with(target="$", update=update)["paths"]["/"]["get"]
    assert get == {"responses": {"200": {"description": "new"}}, "tags": ["x"]}


def test_an_array_is_appended_to() -> None:
    assert _with(target="$.security", update={"bearer": []})["security"] == [{"oauth": []}, {"bearer": []}]


def test_what_is_found_can_be_removed() -> None:
    assert _with(target="$.paths['/'].parameters[*]", remove=True)["paths"]["/"]["parameters"] == []
    assert "/{id}" not in _with(target="$.paths['/{id}']", remove=True)["paths"]


def test_actions_follow_each_other() -> None:
    first = {"target": "$.security", "remove": True}
    changed = overlaid(DOCUMENT, _overlay(first, {"target": "$", "update": {"security": [{"bearer": []}]}}))
    assert changed["security"] == [{"bearer": []}]


def test_a_target_that_finds_nothing_changes_nothing() -> None:
    assert _with(target="$.paths['/nowhere']", update={"get": {}}) == DOCUMENT


@pytest.mark.parametrize(
    ("overlay", "told"),
    [
        (None, "not an OpenAPI Overlay"),
        ([], "not an OpenAPI Overlay"),
        ({"openapi": "3.1.0"}, "not an OpenAPI Overlay"),
        ({"overlay": "2.0.0", "actions": [{}]}, "not an OpenAPI Overlay"),
        (_overlay(), "without actions"),
        (_overlay("text"), "action 1: no target"),
        (_overlay({"target": 3}), "action 1: no target"),
        (_overlay({"target": "$.paths"}), "action 1: neither update nor remove"),
        (_overlay({"target": "$.paths", "update": {}}, {"target": "$.[", "update": {}}), "action 2: "),
        (_overlay({"target": "paths", "update": {}}), "action 1: "),
        (_overlay({"target": "$.openapi", "update": {"a": 1}}), "cannot be updated"),
        (_overlay({"target": "$.paths", "update": "text"}), "cannot be updated"),
        (_overlay({"target": "$", "remove": True}), "cannot be removed"),
    ],
)
def test_a_bad_one_is_told_in_one_line(overlay: Any, told: str) -> None:
    with pytest.raises(ContractError) as caught:
        overlaid(DOCUMENT, overlay)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
