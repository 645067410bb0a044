"""The plan of a run: which requirements it sets out to decide, on which operations, by which tests."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from conformance.contract import Contract
from conformance.requirements import PROFILES, Requirement, promise_of, register
from conformance.runner.telling import tellable
from conformance.silence import silent
from conformance.target import DEDICATED, Target

DECIDERS = {"promise", "check", "decides", "relates"}
DISTURBING = {"add-imodel-to-my-recents": DEDICATED, "remove-imodel-from-my-recents": DEDICATED}
"""Operation → the ability without which it is left alone: each iModel noted pushes out another."""
SAMPLED = frozenset(
    {
        "access/bad-token",
        "access/empty-token",
        "access/imodel-level-narrows",
        "access/outsider-sees-nothing",
        "access/reader-reads",
        "access/unnamed-sees-nothing",
        "access/write-needs-permission",
        "access/wrong-scheme",
        "imodels/malformed-id",
        "imodels/unknown-id",
        "requests/content-type-ignored-on-reads",
    }
)
"""Rows about what stands before every operation: a frugal run looks at one operation of each resource."""
ONCE = frozenset({"access/expired-token", "lists/prev-leads-back"})
"""Rows about what all operations have in common: a frugal run looks at one of them."""
CHECKS = "checks"
SILENT = "no contract data"


@dataclass(frozen=True)
class Selection:
    """What the user asked for; empty sets mean everything; `cross_section` adds the tests of smoke."""

    profile: str = "gate"
    requirements: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    cross_section: bool = False
    read_only: bool = False
    workflows: bool = False

    @property
    def narrows(self) -> bool:
        """Whether less than everything was asked for."""
        return bool(self.requirements or self.operations or self.resources)


@dataclass
class Plan:
    """Planned rows with the operations that must be looked at, and why other rows are not in it.

    `impossible` are the rows that lack an identity or the like; a `frugal` run counts its iModels
    and its requests.
    """

    selection: Selection
    operations: tuple[str, ...]
    rows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    impossible: frozenset[str] = frozenset()
    frugal: bool = False

    def includes_test(
        self,
        names: frozenset[str],
        profile: str,
        operation: str | None,
        *,
        costly: bool = False,
        reads: bool = False,
    ) -> bool:
        """Whether a test belongs in the run: by profile, by the rows it decides, by its operation."""
        if self.selection.read_only and not reads:
            return False
        if not self.reaches(profile) and not names & self.selection.requirements:
            return False
        if operation is not None and operation not in self.operations:
            return False
        if costly and self.frugal:
            return False
        if operation and names and not any(self.looks_at(name, operation) for name in names):
            return False
        # A generated test decides many rows and asks by itself who is there; a story needs all it names.
        if operation is None and names & self.impossible:
            return False
        if not self.selection.narrows or (self.selection.cross_section and profile == "smoke"):
            return True
        wanted = (names & self.rows.keys()) or self._by_checks_alone()
        return any(operation is None or operation in self.rows[name] for name in wanted)

    def looks_at(self, name: str, operation: str) -> bool:
        """Whether a row is looked at on an operation, as far as requests are counted."""
        return not self.frugal or name not in SAMPLED | ONCE or operation in self.rows.get(name, ())

    @property
    def subjects(self) -> frozenset[str]:
        """The operations that the planned rows are about."""
        return frozenset(operation for operations in self.rows.values() for operation in operations)

    def reaches(self, profile: str) -> bool:
        """Whether the run is at least of this profile."""
        return PROFILES.index(profile) <= PROFILES.index(self.selection.profile)

    def _by_checks_alone(self) -> frozenset[str]:
        """Planned rows that no test names: every story and generated test may decide them."""
        named = frozenset().union(*(names for test, names in deciders().items() if test != CHECKS))
        return (deciders()[CHECKS] & self.rows.keys()) - named


def make_plan(contract: Contract, target: Target, selection: Selection) -> Plan:
    """Plan the rows whose profile, identities, contract data and decider are given."""
    operations = tuple(
        id_
        for id_, operation in contract.operations.items()
        if (not selection.operations or id_ in selection.operations)
        and (not selection.resources or operation.tag in selection.resources)
        and id_ not in target.not_offered
        and (operation.method == "GET" or not selection.read_only)
        and DISTURBING.get(id_) in (None, *target.abilities)
    )
    impossible = frozenset(name for name, row in register().items() if _missing(row, target))
    plan = Plan(selection, operations, impossible=impossible)
    counted = not target.embedded or selection.profile == "smoke"
    plan.frugal = counted and not selection.narrows and not plan.reaches("full")
    for name, row in register().items():
        own = tuple(operation for operation in operations if row.concerns(operation))
        said = tuple(o for o in own if _is_known(contract, o) and not silent(contract, name, o))
        reason = _left_out(row, own, target, selection) or _untold(row, said, contract)
        if reason:
            plan.left_out[name] = reason
        else:
            plan.rows[name] = _sample(contract, name, said) if plan.frugal else said
    return plan


def _sample(contract: Contract, name: str, operations: tuple[str, ...]) -> tuple[str, ...]:
    """The operations a frugal run looks at: of some rows the first, of others the first of each resource."""
    if name not in SAMPLED:
        return operations[:1] if name in ONCE else operations
    first: dict[str, str] = {}
    for operation in operations:
        first.setdefault(contract.operations[operation].tag, operation)
    return tuple(first.values())


def _is_known(contract: Contract, operation: str) -> bool:
    return contract.own is None or operation in contract.own.operations


def _left_out(row: Requirement, operations: Iterable[str], target: Target, chosen: Selection) -> str:
    named, missing = row.name in chosen.requirements, _missing(row, target)
    if chosen.workflows:
        return "only workflows are told"
    if chosen.requirements and not named:
        return "not selected"
    if not operations and chosen.read_only:
        return "only reads are sent"
    if not operations and chosen.narrows:
        return "its operations are not selected or not offered"
    if row.when_seen and not named:
        return "judged when it occurs"
    if PROFILES.index(row.profile) > PROFILES.index(chosen.profile) and not named:
        return f"profile {row.profile}"
    return f"no {', no '.join(missing)}" if missing else ""


def _untold(row: Requirement, said: Iterable[str], contract: Contract) -> str:
    """Why nothing decides a row under the contract."""
    tests = [(test, names) for test, names in deciders().items() if row.name in names]
    if not tests:
        return "nothing decides it"
    if not said or not any(test == CHECKS or tellable(contract, test, names) for test, names in tests):
        return SILENT if contract.own else "its operations are not offered"
    return ""


def _missing(row: Requirement, target: Target) -> list[str]:
    return [need for need in row.needs if need not in target.abilities]


@cache
def deciders() -> dict[str, frozenset[str]]:
    """Which rows each test decides, by `module.function`; `checks` holds what checks decide.

    Found by reading the source for literal names in `promise(…)`, `@check(…)`, `decides(…)` and `relates(…)`.
    """
    import conformance
    import scenarios

    found: dict[str, frozenset[str]] = {CHECKS: frozenset()}
    for package in (conformance, scenarios):
        root = Path(str(package.__file__)).parent
        for file in sorted(root.rglob("*.py")):
            if "mock" in file.relative_to(root).parts:
                continue
            module = ".".join((package.__name__, *file.relative_to(root).with_suffix("").parts))
            _scan(module, ast.parse(file.read_text(encoding="utf-8")), found)
    return found


def _scan(module: str, tree: ast.Module, found: dict[str, frozenset[str]]) -> None:
    for node in tree.body:
        names = frozenset(_literals(node))
        for name in names:
            promise_of(name)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found[f"{module}.{node.name}"] = names
        elif names:
            found[CHECKS] |= names


def _literals(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and _called(call.func) in DECIDERS:
            yield from (
                a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
            )


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
