"""The recipe for every night: commands of this suite, a state that is carried on, the exit code of drift."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from click import Context, Group

from conformance.cli import cli
from tests.test_recipes import _scripts

FOLDER = Path(__file__).parents[2] / "docs/ci/drift"
RECIPES = sorted(FOLDER.glob("*.yml"))
SCRIPT = FOLDER / "night.sh"
STANDIN = """#!/bin/sh
echo "$*" >> calls
case "$1 $2" in
  "run --file")
    mkdir -p today; echo "$TODAY" > today/exchanges.jsonl.gz; echo {} > today/verdict.json; exit 3;;
  "drift observe") exit "$OBSERVED";;
esac
"""
"""Takes the place of the command: writes down what it is asked, and ends as it is told to."""


def test_there_is_one_for_each_platform() -> None:
    assert [recipe.stem for recipe in RECIPES] == ["azure-pipelines", "github-actions", "gitlab-ci"]


@pytest.mark.parametrize("recipe", [*RECIPES, SCRIPT], ids=lambda recipe: recipe.stem)
def test_every_command_and_option_exists(recipe: Path) -> None:
    text = recipe.read_text("utf-8").replace("\\\n", " ")
    found = [shlex.split(one) for one in re.findall(r"imodels-conformance ([^\n|;#]*)", text)]

    assert found
    for words in found:
        command = cli.get_command(Context(cli), words[0])
        if isinstance(command, Group):
            command = command.get_command(Context(command), words[1])
        assert command is not None
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)
def test_a_recipe_compares_sweeps_and_keeps_its_state(recipe: Path) -> None:
    text = recipe.read_text("utf-8")
    scripts = list(_scripts(yaml.safe_load(text)))

    assert [one for one in scripts if "sh docs/ci/drift/night.sh" in one]
    assert [one for one in scripts if " sweep " in one]
    assert re.search(r"actions/cache/save|artifact: state|when: always", text)
    assert re.search(r"secrets\.IMODELS_TOKEN|\$\(IMODELS_TOKEN\)|masked and protected", text)
    for script in scripts:
        plain = re.sub(r"\$\{\{.*?\}\}|\$\([a-zA-Z_.]+\)", "1", script)
        done = subprocess.run(["bash", "-n"], input=plain, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), script


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder where the command is a stand-in."""
    command = tmp_path / "bin/imodels-conformance"
    command.parent.mkdir()
    command.write_text(STANDIN, "utf-8")
    command.chmod(0o755)
    return tmp_path


def _night(home: Path, today: str, observed: int) -> tuple[int, list[str]]:
    (home / "calls").unlink(missing_ok=True)
    path = f"{home / 'bin'}:{os.environ['PATH']}"
    told = {"PATH": path, "TODAY": today, "OBSERVED": str(observed)}
    done = subprocess.run(
        ["sh", str(SCRIPT)], cwd=home, env=told, capture_output=True, text=True, check=False
    )
    return done.returncode, [
        line.split(" --")[0] for line in (home / "calls").read_text("utf-8").splitlines()
    ]


def test_the_first_night_and_the_second(home: Path) -> None:
    assert _night(home, "first", 0) == (0, ["run", "drift observe today"])
    assert _night(home, "second", 1) == (
        1,
        ["run", "drift observe today", "drift runs state/yesterday today"],
    )
    assert (home / "state/yesterday/exchanges.jsonl.gz").read_text("utf-8") == "second\n"


def test_a_night_without_a_recording_keeps_the_last_one(home: Path) -> None:
    _night(home, "first", 0)
    (home / "bin/imodels-conformance").write_text("#!/bin/sh\nrm -rf today\nexit 2\n", "utf-8")
    done = subprocess.run(
        ["sh", str(SCRIPT)],
        cwd=home,
        env={"PATH": f"{home / 'bin'}:{os.environ['PATH']}"},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 2
    assert (home / "state/yesterday/exchanges.jsonl.gz").read_text("utf-8") == "first\n"
