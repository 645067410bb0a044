"""Workflows written for a test."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Document = dict[str, Any]
Write = Callable[..., str]

CREATE: Document = {
    "stepId": "create",
    "operationId": "create-imodel",
    "requestBody": {"payload": {"iTwinId": "$inputs.itwin", "name": "$inputs.name"}},
    "outputs": {"id": "$response.body#/iModel/id"},
}
READ: Document = {
    "stepId": "read",
    "operationId": "get-imodel-details",
    "parameters": [{"name": "id", "in": "path", "value": "$steps.create.outputs.id"}],
}
INPUTS: Document = {
    "type": "object",
    "properties": {
        "itwin": {"type": "string", "x-given": "itwin"},
        "name": {"type": "string", "x-given": "name"},
    },
}


def document(*steps: Document, **workflow: Any) -> Document:
    """An Arazzo document with one workflow of these steps."""
    return copy.deepcopy(
        {
            "arazzo": "1.0.1",
            "info": {"title": "a story", "version": "1"},
            "sourceDescriptions": [{"name": "imodels", "url": "x.yaml", "type": "openapi"}],
            "workflows": [{"workflowId": "story", "inputs": INPUTS, "steps": list(steps), **workflow}],
        }
    )


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write a document, or a text, to a file; returns its name."""

    def write(content: Any, name: str = "story.arazzo.yaml") -> str:
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write
