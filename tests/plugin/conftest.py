"""Small tests, written for the purpose, run by the plugin against a real mock."""

from __future__ import annotations

import ast
import json
import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance import items, plugin
from conformance.plugin import execute
from conformance.report.verdict import State, Verdict
from conformance.runner import plan, session
from conformance.runner.conduct import Conduct
from conformance.runner.options import Options
from conformance.runner.run import Run

ROW, OTHER = "imodels/create-is-readable", "imodels/create-is-listed"
HEAD = """
import pytest
from conformance.exchange import Broken
from conformance.story import SetupFailed, Undecided, promise
from conformance.transport.wire import Unreachable

TIMES = []
"""


@dataclass
class Told:
    """What a run of small tests left behind."""

    run: Run
    verdict: Verdict

    def state(self, name: str = ROW) -> State:
        """What became of a row."""
        return next(row.state for row in self.verdict.rows if row.row.name == name)

    def reason(self, name: str = ROW) -> str:
        """Why a row is not held."""
        return next(row.reason for row in self.verdict.rows if row.row.name == name)

    def junit(self) -> ET.Element:
        """The JUnit file."""
        return ET.parse(self.run.folder / "junit.xml").getroot()

    def allure(self) -> list[dict[str, Any]]:
        """The Allure results, in their order."""
        found = [
            json.loads(f.read_text()) for f in (self.run.folder / "allure-results").glob("*-result.json")
        ]
        return sorted(found, key=lambda result: result["start"])


Tell = Callable[..., Told]


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Run small tests, given as source."""
    real, names = session.arguments, dict(plan.deciders())

    def run_tests(source: str, **options: Any) -> Told:
        module = f"test_{tmp_path.name}"
        file = tmp_path / f"{module}.py"
        file.write_text(HEAD + textwrap.dedent(source))
        plan._scan(module, ast.parse(file.read_text()), names)
        chosen = {"requirements": (ROW, OTHER)} | options
        run = Run(Options(reports=str(tmp_path / "reports"), **chosen))
        kept = [part for part in real(run.folder) if not part.endswith(".py")]
        monkeypatch.setattr(
            plugin, "arguments", lambda folder, chosen=(): [*kept, f"--rootdir={tmp_path}", str(file)]
        )
        monkeypatch.setattr(items, "deciders", lambda: names)
        return Told(run, execute(Conduct.of(run)))

    return run_tests
