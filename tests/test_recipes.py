"""The recipes for CI: valid YAML whose commands are ones this suite has."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Context

from conformance.cli import cli

RECIPES = sorted((Path(__file__).parents[1] / "docs/ci").glob("*.yml"))
OURS = re.compile(r"imodels-conformance ([^\n|;]*)")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _commands(recipe: Path) -> list[list[str]]:
    texts = _texts(yaml.safe_load(recipe.read_text(encoding="utf-8")))
    return [
        shlex.split(found) for text in texts for found in OURS.findall(re.sub(r"\$\{\{.*?\}\}", "1", text))
    ]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)
def test_every_command_and_option_exists(recipe: Path) -> None:
    commands = _commands(recipe)
    assert {words[0] for words in commands} >= {"run", "sweep"}
    for name, *words in commands:
        command = cli.get_command(Context(cli), name)
        assert command is not None
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)
def test_secrets_come_from_the_store_and_exit_3_is_shown(recipe: Path) -> None:
    text = recipe.read_text(encoding="utf-8")
    assert re.search(r"secrets\.IMODELS_TOKEN|\$\(IMODELS_TOKEN\)|masked and protected", text)
    assert re.search(r'"\$code" = 3|exit_codes: \[3\]', text)
    assert "always" in text


def test_there_is_one_for_each_platform() -> None:
    assert [recipe.stem for recipe in RECIPES] == ["azure-pipelines", "github-actions", "gitlab-ci"]


SHELL = {"run", "script", "before_script", "after_script"}
"""Members that hold lines for a shell."""


def _scripts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in SHELL and not isinstance(inner, dict):
                yield "\n".join(_texts(inner))
            else:
                yield from _scripts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _scripts(inner)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)
def test_every_script_is_one_that_a_shell_can_read(recipe: Path) -> None:
    scripts = [*_scripts(yaml.safe_load(recipe.read_text(encoding="utf-8")))]
    assert len(scripts) >= 3
    for script in scripts:
        plain = re.sub(r"\$\{\{.*?\}\}|\$\([a-zA-Z_]+\)", "1", script)
        done = subprocess.run(["bash", "-n"], input=plain, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), script


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)
def test_each_has_a_gate_a_full_run_and_a_night_and_publishes(recipe: Path) -> None:
    text = recipe.read_text(encoding="utf-8")
    assert re.search(r"cron: |\"schedule\"", text)
    assert re.search(r"--profile full|value: full", text)
    assert re.search(r"pull_request|merge_request_event|branches", text)
    assert re.search(r"upload-artifact|publish: out|paths: \[out", text)


def _jobs(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of a recipe that holds a script, with its text."""
    if isinstance(value, dict):
        for name in SHELL & value.keys():
            if not isinstance(value[name], dict):
                yield "\n".join(_texts(value[name])), value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _jobs(inner)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)
def test_every_verdict_shows_that_nothing_is_proved(recipe: Path) -> None:
    judging = [
        (text, job.get("allow_failure"))
        for text, job in _jobs(yaml.safe_load(recipe.read_text(encoding="utf-8")))
        if re.search(r"imodels-conformance (run(?!.*--shard)|merge)", text)
    ]
    assert judging
    assert [
        text for text, allowed in judging if '"$code" = 3' not in text and allowed != {"exit_codes": [3]}
    ] == []
