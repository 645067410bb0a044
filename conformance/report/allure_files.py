"""The files beside Allure's results: categories, environment, and who executed the run."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.report.summary import contract_words

CATEGORIES = [
    {"name": "Broken promises", "matchedStatuses": ["failed"]},
    {"name": "Set-up failed or target unreachable", "matchedStatuses": ["broken"]},
    {"name": "Waived", "matchedStatuses": ["skipped"], "messageRegex": "(?s).*Waived: .*"},
    {
        "name": "Undecided or flaky",
        "matchedStatuses": ["skipped"],
        "messageRegex": "(?s).*(undecided|flaky).*",
    },
    {"name": "Not looked at", "matchedStatuses": ["skipped"]},
]


def write_allure_files(folder: Path, verdict: dict[str, Any]) -> None:
    """Write what Allure reads besides the results, where there are results."""
    if not folder.is_dir():
        return
    environment = "".join(f"{name}={_escaped(value)}\n" for name, value in _environment(verdict).items())
    _write(folder / "categories.json", json.dumps(CATEGORIES, indent=1))
    _write(folder / "environment.properties", environment)
    if executor := executor_of(os.environ, verdict["verdict"]):
        _write(folder / "executor.json", json.dumps(executor, indent=1))


def executor_of(environ: Mapping[str, str], name: str) -> dict[str, str]:
    """Who runs this, when the environment is that of a known CI service; else nothing."""
    if environ.get("GITHUB_ACTIONS"):
        url = "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}"
        return _executor(environ, name, "github", "GitHub Actions", "GITHUB_RUN_NUMBER", url)
    if environ.get("GITLAB_CI"):
        return _executor(environ, name, "gitlab", "GitLab CI", "CI_PIPELINE_IID", "{CI_PIPELINE_URL}")
    if environ.get("JENKINS_URL"):
        return _executor(environ, name, "jenkins", "Jenkins", "BUILD_NUMBER", "{BUILD_URL}")
    if environ.get("TF_BUILD"):
        url = "{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}"
        return _executor(environ, name, "azure", "Azure Pipelines", "BUILD_BUILDID", url)
    return {}


def _executor(
    environ: Mapping[str, str], report: str, kind: str, name: str, order: str, url: str
) -> dict[str, str]:
    number = environ.get(order, "")
    return {
        "name": name,
        "type": kind,
        "buildName": f"{name} #{number}",
        "buildOrder": number,
        "buildUrl": url.format_map(_Known(environ)),
        "reportName": report,
    }


class _Known(dict[str, str]):
    """Values of the environment; what is not there is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def _environment(verdict: dict[str, Any]) -> dict[str, str]:
    run = verdict["run"]
    return {
        "Verdict": verdict["verdict"],
        "Target": verdict["target"]["url"],
        "Identities": ", ".join(verdict["target"]["identities"]),
        "Profile": run["profile"],
        "Seed": str(run["seed"]),
        "Contract": contract_words(verdict["contract"]),
        "Register": verdict["register"]["sha256"][:12],
        "Suite": verdict["suite"]["version"],
        "Python": verdict["suite"]["python"],
        "Run": run["id"],
    }


def _escaped(value: str) -> str:
    """A value as a Java properties file has it."""
    flat = " ".join(value.split()).replace("\\", "\\\\")
    return "".join(sign if sign.isascii() else f"\\u{ord(sign):04x}" for sign in flat)


def _write(path: Path, text: str) -> None:
    path.write_text(text + ("" if text.endswith("\n") else "\n"), encoding="utf-8")
