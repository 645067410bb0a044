"""The version of the suite."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def suite_version() -> str:
    """The version of the installed suite."""
    try:
        return version("imodels-conformance")
    except PackageNotFoundError:
        return "not installed"
