"""What is shipped, what it stands on, and that every place gives the same commands."""

import ast
import configparser
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

INSTALL = (
    "python3 -m venv .venv && .venv/bin/pip install -r constraints.txt"
    " && .venv/bin/pip install --no-deps --no-build-isolation -e ."
)
RUN = "imodels-conformance run"
TEST = "python -m pytest -n auto --dist loadgroup"

# Paths of one machine, registries' hosts: a reader elsewhere can do nothing with them.
FOREIGN = re.compile(
    r"(?<![\w.}])/(tmp|work|root|home|opt)/|\.\./shared"
    r"|pypi\.org|pythonhosted\.org|registry\.npm|npmjs\.|debian\.org"
)
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ;[^\\]+)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.M)


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    """The project table of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return table


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    """The wheel, built from the checkout without a network."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(root)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    with ZipFile(next(out.glob("*.whl"))) as archive:
        yield archive


@pytest.fixture(scope="module")
def tox(root: Path) -> configparser.ConfigParser:
    """tox.ini, read."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(root / "tox.ini", encoding="utf-8")
    return config


def tracked(root: Path) -> list[Path]:
    """The files that are, or on the next commit would be, part of the project."""
    git = ["git", "-c", f"safe.directory={root}", "-C", str(root)]
    listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run([*git, *listing], capture_output=True, text=True, check=True).stdout
    return [path for name in names.split("\0") if name and (path := root / name).is_file()]


def below(folder: Path, pattern: str) -> set[str]:
    """Names of the files in a folder, as a wheel would list them."""
    found = (path for path in folder.rglob(pattern) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


def imported(folder: Path) -> set[str]:
    """Top-level names of all modules that the code in a folder imports."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


def test_wheel_carries_the_contract(root: Path, wheel: ZipFile) -> None:
    shipped = {name.removeprefix("conformance/_spec/") for name in wheel.namelist() if "/_spec/" in name}

    assert shipped == below(root / "spec", "*")


def test_wheel_carries_the_reference(root: Path, wheel: ZipFile) -> None:
    shipped = {name.removeprefix("conformance/_reference/") for name in wheel.namelist() if "/_ref" in name}

    assert shipped == below(root / "docs" / "reference", "*")


@pytest.mark.parametrize("package", ["conformance", "scenarios"])
def test_wheel_carries_every_module(root: Path, wheel: ZipFile, package: str) -> None:
    modules = {f"{package}/{name}" for name in below(root / package, "*.py")}

    assert modules
    assert modules <= set(wheel.namelist())


def test_wheel_carries_nothing_else(wheel: ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}

    assert tops == {"conformance", "scenarios", "imodels_conformance-0.1.0.dist-info"}


def test_wheel_brings_command_and_licence(wheel: ZipFile) -> None:
    info = "imodels_conformance-0.1.0.dist-info"

    assert "imodels-conformance = conformance.start:main" in wheel.read(f"{info}/entry_points.txt").decode()
    assert f"{info}/licenses/LICENSE" in wheel.namelist()


@pytest.mark.parametrize("package", ["conformance", "scenarios"])
def test_shipped_code_imports_only_declared_dependencies(
    root: Path, project: dict[str, Any], package: str
) -> None:
    declared = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    providers = packages_distributions()
    foreign = imported(root / package) - sys.stdlib_module_names - {"conformance", "scenarios"}
    undeclared = {
        name for name in foreign if declared.isdisjoint(map(canonicalize_name, providers.get(name, [])))
    }

    assert not undeclared


def test_constraints_pin_every_dependency_within_its_range(root: Path, project: dict[str, Any]) -> None:
    pins = dict(PIN.findall((root / "constraints.txt").read_text("utf-8")))
    wanted = map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["dev"]])
    loose = [str(need) for need in wanted if not need.specifier.contains(pins[canonicalize_name(need.name)])]

    assert not loose


def test_constraints_are_versions_and_hashes_alone(root: Path) -> None:
    text = (root / "constraints.txt").read_text("utf-8")
    rest = [line for line in PIN.sub("", text).splitlines() if not line.startswith("#")]

    assert not rest
    assert "://" not in text


@pytest.mark.parametrize("last", [RUN, TEST])
def test_readme_gives_each_command_once_and_whole(root: Path, last: str) -> None:
    blocks = re.findall(r"^```(?:ba)?sh\n(.*?)^```$", (root / "README.md").read_text("utf-8"), re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines()]

    assert lines.count(f"{INSTALL} && .venv/bin/{last}") == 1
    assert sum(line.endswith(f"/{last}") for line in lines) == 1


def test_ci_takes_its_commands_from_the_readme(root: Path) -> None:
    script = (root / ".ci/run").read_text("utf-8")

    assert {f'readme "{RUN}"', f'readme "{TEST}"'} <= set(re.findall(r"\$\((readme [^)]+)\)", script))
    assert (root / ".ci/run").stat().st_mode & 0o111


@pytest.mark.parametrize(("section", "command"), [("testenv:mock", RUN), ("testenv", TEST)])
def test_tox_runs_the_same_commands(tox: configparser.ConfigParser, section: str, command: str) -> None:
    assert tox[section]["commands"].removesuffix(" {posargs}") == command


@pytest.mark.parametrize("section", ["testenv:lint", "testenv:types"])
def test_ci_checks_style_and_types_as_tox_does(
    root: Path, tox: configparser.ConfigParser, section: str
) -> None:
    steps = re.findall(r'^step "\.venv/bin/(.+)"$', (root / ".ci/run").read_text("utf-8"), re.M)

    assert set(tox[section]["commands"].strip().splitlines()) <= set(steps)


def test_no_file_speaks_of_one_machine(root: Path) -> None:
    found = {
        path.relative_to(root).as_posix(): match[0]
        for path in tracked(root)
        if (match := FOREIGN.search(path.read_text("utf-8", errors="ignore")))
    }

    assert not found
