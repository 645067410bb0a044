"""What a test says of itself: its markers, rows, operation and title, and whether the plan asks for it."""

from __future__ import annotations

import pytest

from conformance.report.allure import Labels
from conformance.requirements import PROFILES
from conformance.runner.plan import deciders
from conformance.runner.run import Run
from conformance.runner.telling import tellable

MARKERS = (
    "decides(*names): the requirements a generated test decides",
    "profile(name): the smallest profile the test belongs to (default gate)",
    "engine: the exploring unit driven by schemathesis' engine",
    "serial: changes what belongs to the user rather than to an iModel; never beside another such test",
    "early: leaves behind, as it was made, an iModel that later tests share, so it comes first",
    "late: looks again at what other tests told, so it comes last",
    "costly: makes iModels to see what stories show anyway; left out where iModels are counted",
    "reads: sends nothing but GETs where its operation is one",
    "races: judged by its history against a model; never repeated",
)


def included(item: pytest.Item, run: Run) -> bool:
    """Whether the plan asks for a test."""
    if run.options.tests:
        return True
    names, about, costly = decides(item), operation(item), item.get_closest_marker("costly") is not None
    reads = item.get_closest_marker("reads") is not None
    return run.plan.includes_test(names, profile(item), about, costly=costly, reads=reads) and tellable(
        run.contract, key(item), names, about
    )


def turn(item: pytest.Item) -> int:
    """When a test has its turn: early, in between, or late."""
    if item.get_closest_marker("early"):
        return 0
    return 2 if item.get_closest_marker("late") else 1


def unit(item: pytest.Item) -> str:
    """What goes to one machine: a test, or all those that share the engine or what belongs to a user."""
    together = (name for name in ("engine", "serial") if item.get_closest_marker(name))
    return next(together, item.nodeid)


def key(item: pytest.Item) -> str:
    """The test behind an item, as `module.function`."""
    module = getattr(item, "module", None)
    return f"{module.__name__}.{getattr(item, 'originalname', item.name)}" if module else ""


def decides(item: pytest.Item) -> frozenset[str]:
    """The requirements whose names stand in the test."""
    return deciders().get(key(item), frozenset())


def profile(item: pytest.Item) -> str:
    """The smallest profile a test belongs to."""
    marker = item.get_closest_marker("profile")
    name = str(marker.args[0]) if marker else "gate"
    if name not in PROFILES:
        raise pytest.UsageError(f"{item.nodeid}: unknown profile {name!r}")
    return name


def operation(item: pytest.Item) -> str | None:
    """The operation a generated test is made for, if it is made for one."""
    callspec = getattr(item, "callspec", None)
    value = callspec.params.get("operation") if callspec else None
    return str(getattr(value, "id", value)) if value is not None else None


def labels(item: pytest.Item) -> Labels:
    """What Allure calls a test, and what it files it under."""
    text = getattr(getattr(item, "function", None), "__doc__", None) or ""
    spoken = item.name.partition("[")[0].removeprefix("test_").replace("_", " ")
    title = text.strip().partition("\n")[0].rstrip(".") or spoken
    return Labels(title[:1].upper() + title[1:], tuple(sorted(decides(item))), operation(item))
