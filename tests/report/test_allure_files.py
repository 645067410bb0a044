"""The files beside Allure's results, and the rendered report without its analytics."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.report import ALLURE, documents_of
from conformance.report.allure_files import executor_of, write_allure_files
from conformance.report.render import render_allure, without_analytics
from conformance.report.verdict import decide
from conformance.runner.run import Run

RENDERER = """#!/bin/sh
while [ "$1" != -o ]; do shift; done
/bin/mkdir "$2"
/bin/cp "${0%/*}/page" "$2/index.html"
"""
PAGE = """<body>
    <script async src="https://www.googletagmanager.com/gtag/js?id=G-XYZ"></script>
    <script>
        window.dataLayer = window.dataLayer || [];
        function gtag(){dataLayer.push(arguments);}
    </script>
    <script>window.report = 1</script>
</body>"""


def test_environment_and_categories_are_written(run: Run) -> None:
    folder = run.folder / ALLURE
    folder.mkdir()
    write_allure_files(folder, documents_of(run, decide(run.plan, run.ledger, run.contract))["verdict.json"])
    environment = (folder / "environment.properties").read_text("utf-8")
    assert "Target=https://imodels.example\n" in environment
    assert "Seed=2026\n" in environment
    assert environment.isascii()
    assert {entry["name"] for entry in json.loads((folder / "categories.json").read_text("utf-8"))}


def test_without_results_nothing_is_written(run: Run) -> None:
    write_allure_files(run.folder / ALLURE, {})
    assert not (run.folder / ALLURE).exists()


@pytest.mark.parametrize(
    ("environ", "kind", "url"),
    [
        (
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_SERVER_URL": "https://git.example",
                "GITHUB_REPOSITORY": "a/b",
                "GITHUB_RUN_ID": "7",
            },
            "github",
            "https://git.example/a/b/actions/runs/7",
        ),
        ({"GITLAB_CI": "true", "CI_PIPELINE_URL": "https://ci.example/7"}, "gitlab", "https://ci.example/7"),
        ({"JENKINS_URL": "x", "BUILD_URL": "https://ci.example/8"}, "jenkins", "https://ci.example/8"),
    ],
)
def test_a_known_ci_service_is_named(environ: dict[str, str], kind: str, url: str) -> None:
    told = executor_of(environ, "verdict")
    assert (told["type"], told["buildUrl"]) == (kind, url)


def test_nobody_is_named_elsewhere() -> None:
    assert executor_of({}, "verdict") == {}


def test_analytics_are_taken_out_and_nothing_else() -> None:
    left = without_analytics(PAGE)
    assert "gtag" not in left
    assert "window.report = 1" in left


def test_a_failing_renderer_is_no_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "allure").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "allure").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert render_allure(tmp_path / "results", tmp_path / "out") is None


def test_a_rendered_report_is_cleaned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "page").write_text(PAGE)
    (tmp_path / "allure").write_text(RENDERER)
    (tmp_path / "allure").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    page = render_allure(tmp_path / "results", tmp_path / "out")
    assert page is not None
    assert "gtag" not in page.read_text("utf-8")
