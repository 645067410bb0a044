"""How a test session is started: the suite's own tests and settings, nothing of the user's environment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from platformdirs import user_cache_path

import conformance
import scenarios
from conformance.report import ALLURE, JUNIT

PLUGINS = ("allure_pytest.plugin", "_hypothesis_pytestplugin", "conformance.plugin", "conformance.fixtures")
NAME = "imodels-conformance"
FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "ALLURE_TESTPLAN_PATH")


def arguments(folder: Path, chosen: Iterable[str] = ()) -> list[str]:
    """The command line of a test session that reports into a folder; `chosen` are ids of tests."""
    packages = [Path(str(package.__file__)).parent for package in (conformance, scenarios)]
    root = packages[0].parent
    tests = [str(root / test) for test in chosen] or [
        str(file) for package in packages for file in sorted(package.glob("test_*.py"))
    ]
    return [
        "--disable-plugin-autoload",
        *(part for name in ("no:cacheprovider", "no:terminal", *PLUGINS) for part in ("-p", name)),
        "-c",
        os.devnull,
        f"--rootdir={root}",
        "--strict-markers",
        "--continue-on-collection-errors",
        f"--alluredir={folder / ALLURE}",
        "--clean-alluredir",
        "--allure-no-capture",
        f"--junitxml={folder / JUNIT}",
        "-o",
        "junit_suite_name=imodels-conformance",
        *(tests or map(str, packages)),
    ]


@contextmanager
def own_settings() -> Iterator[None]:
    """Keep what the environment says to pytest, Allure and Hypothesis away from a session."""
    kept = dict(os.environ)
    for name in FOREIGN:
        os.environ.pop(name, None)
    with TemporaryDirectory(prefix=f"{NAME}-") as scratch:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = _tables() or scratch
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(kept)


def _tables() -> str:
    """Where Hypothesis keeps its tables of characters, which take seconds to make, or `""`.

    It keeps nothing else there: no example is remembered from run to run.
    """
    with suppress(OSError):
        folder = user_cache_path(NAME, ensure_exists=True)
        if os.access(folder, os.W_OK):
            return str(folder)
    return ""
