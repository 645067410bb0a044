"""The workflows that a run was given, each a story of its own."""

from __future__ import annotations

import pytest

from conformance.api import Api
from conformance.make import Maker
from conformance.report.allure import DYNAMIC
from conformance.workflows.model import Workflow
from conformance.workflows.telling import Teller


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each workflow."""
    from conformance.plugin import RUN

    told = metafunc.config.stash[RUN].workflows
    metafunc.parametrize("workflow", told, ids=[workflow.id for workflow in told])


def test_workflow(api: Api, make: Maker, workflow: Workflow) -> None:
    """A workflow is told to its end, and all its criteria are met."""
    DYNAMIC.title(workflow.title)
    Teller(api, make).tell(workflow)
