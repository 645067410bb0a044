"""OpenAPI Overlay 1.0: a document with the additions and removals that an overlay asks for."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from jsonpath import JSONPathEnvironment, JSONPathMatch
from jsonpath.exceptions import JSONPathError

from conformance.openapi import ContractError

# RFC 9535 and nothing beyond it: what the overlay's own specification asks for.
PATHS = JSONPathEnvironment(strict=True)


def overlaid(document: Mapping[str, Any], overlay: Any) -> dict[str, Any]:
    """A copy of the document with the actions of an overlay applied in their order; raises ContractError."""
    if not isinstance(overlay, dict) or not str(overlay.get("overlay", "")).startswith("1."):
        raise ContractError("not an OpenAPI Overlay 1 document")
    actions = overlay.get("actions")
    if not isinstance(actions, list) or not actions:
        raise ContractError("an overlay without actions")
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    for number, action in enumerate(actions, 1):
        try:
            _apply(changed, action)
        except (ContractError, JSONPathError) as error:
            raise ContractError(f"action {number}: {' '.join(str(error).split())}") from error
    return changed


def _apply(document: dict[str, Any], action: Any) -> None:
    if not isinstance(action, dict) or not isinstance(action.get("target"), str):
        raise ContractError("no target")
    found = list(PATHS.finditer(action["target"], document))
    if action.get("remove") is True:
        # From the back: an index before it stays what it is.
        for match in reversed(found):
            _remove(match)
        return
    if "update" not in action:
        raise ContractError("neither update nor remove")
    for match in found:
        _update(match, action["update"])


def _remove(match: JSONPathMatch) -> None:
    if match.parent is None:
        raise ContractError("the whole document cannot be removed")
    holder: Any = match.parent.obj
    del holder[match.parts[-1]]


def _update(match: JSONPathMatch, update: Any) -> None:
    node = match.obj
    if isinstance(node, list):
        node.append(copy.deepcopy(update))
    elif isinstance(node, dict) and isinstance(update, dict):
        _merge(node, update)
    else:
        raise ContractError(f"{match.path} cannot be updated with this: an object or an array is needed")


def _merge(node: dict[str, Any], update: Mapping[str, Any]) -> None:
    for name, value in update.items():
        kept = node.get(name)
        if isinstance(kept, dict) and isinstance(value, dict):
            _merge(kept, value)
        elif isinstance(kept, list) and isinstance(value, list):
            kept += copy.deepcopy(value)
        else:
            node[name] = copy.deepcopy(value)
