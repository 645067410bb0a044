"""What a mock can be told to do: every rule, fault and liberty by name."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules

from conformance.mock import faults, liberties, lists, lookup, resources, storage, throttle, validate, views
from conformance.mock.faults import fault
from conformance.mock.liberties import liberty
from conformance.mock.rules import RULES
from conformance.mock.twists import Twist


class UnknownName(ValueError):
    """A rule, fault or liberty that does not exist."""

    def __init__(self, noun: str, name: str, known: list[str]) -> None:
        near = get_close_matches(name, known, 1)
        super().__init__(f"no {noun} is called {name}" + (f"; did you mean {near[0]}?" if near else ""))


def list_rules() -> list[str]:
    """The names of all rules."""
    return sorted(RULES)


def list_faults() -> list[str]:
    """The names of all faults."""
    return sorted(fault.twists)


def list_liberties() -> list[str]:
    """The names of all liberties."""
    return sorted(liberty.twists)


def rule_named(name: str) -> str:
    """The rule of that name."""
    if name not in RULES:
        raise UnknownName("rule", name, list_rules())
    return name


def fault_or_rule(name: str) -> Twist | str:
    """The fault of that name, or the rule to drop."""
    if name in fault.twists:
        return fault.twists[name]
    if name not in RULES:
        raise UnknownName("fault", name, list_faults() + list_rules())
    return name


def liberty_named(name: str) -> Twist:
    """The liberty of that name."""
    if name not in liberty.twists:
        raise UnknownName("liberty", name, list_liberties())
    return liberty.twists[name]


# Importing a module registers what it holds.
REGISTERED = (lists, lookup, storage, throttle, validate, views)
for _package in (resources, faults, liberties):
    for _module in iter_modules(_package.__path__, f"{_package.__name__}."):
        import_module(_module.name)
