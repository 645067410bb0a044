"""The reference and the register hold together: every statement is mapped, every row is grounded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.reference import Statement, headings, pages, slug, statements_of

ROOT = Path(__file__).parents[1]
LEVELS = {"D": "MUST", "P": "MUST", "S": "MUST", "C": "SHOULD", "O": "SHOULD", "I": "INFO"}
PROFILES = {"smoke", "gate", "full", "soak"}
IDENTITIES = {"second", "writer", "reader", "viewer", "manager", "outsider", "expired", "dedicated"}
ROLES = {"main-role", "writer-role", "reader-role", "outsider-role"}
NEEDS = IDENTITIES | ROLES | {"second-itwin", "real-bytes", "real-baseline"}
MEMBERS = {"says", "label", "level", "clause", "operations", "each", "profile", "needs", "when-seen", "data"}
DATA = {"operation", "request", "answer", "codes"}
NAME = re.compile(r"[a-z]+(-[a-z]+)*/[a-z0-9]+(-[a-z0-9]+)*")
MAPPING = re.compile(rf"not decided: \S.*|`{NAME.pattern}`(, `{NAME.pattern}`)*")

Rows = dict[str, dict[str, Any]]
Problems = Iterator[str]


@dataclass(frozen=True)
class Reference:
    """What the tests compare: rows by name, pages by name, names as written, operations of the contract."""

    rows: Rows
    pages: dict[str, str]
    written: list[str]
    operations: set[str]

    def statements(self) -> list[Statement]:
        """Every statement of every page."""
        return [found for page, text in self.pages.items() for found in statements_of(page, text)]


@cache
def _reference() -> Reference:
    files = sorted((ROOT / "spec" / "requirements").glob("*.yaml"))
    rows: Rows = {}
    for file in files:
        rows |= yaml.safe_load(file.read_text(encoding="utf-8"))
    written = [
        name for file in files for name in re.findall(r"^(\S+):", file.read_text(encoding="utf-8"), re.M)
    ]
    contract = (ROOT / "spec" / "imodels.openapi.yaml").read_text(encoding="utf-8")
    return Reference(rows, pages(), written, set(re.findall(r"^ +operationId: (\S+)$", contract, re.M)))


def clauses_exist(reference: Reference) -> Problems:
    """Each row's clause names a page and a heading on it, and that page maps a statement to the row."""
    mapped = {(each.page, name) for each in reference.statements() for name in each.rows}
    for name, row in reference.rows.items():
        page, _, anchor = row["clause"].partition("#")
        if anchor not in map(slug, headings(reference.pages.get(page, ""))):
            yield f"{name}: no heading {row['clause']}"
        if (page, name) not in mapped:
            yield f"{name}: no statement on page {page} is mapped to it"


def statements_are_mapped(reference: Reference) -> Problems:
    """Each statement has a label and ends in known rows or in a reason."""
    for statement in reference.statements():
        where = f"{statement.page}: {statement.text[:60]!r}"
        if not MAPPING.fullmatch(statement.mapping):
            yield f"{where} carries no mapping"
        if not re.search(r"\[[DPCOIS]\]", statement.text):
            yield f"{where} carries no label"
        unknown = set(re.findall(rf"`({NAME.pattern})`", statement.mapping)) if statement.mapping else set()
        yield from (f"{where} names unknown {row[0]}" for row in unknown if row[0] not in reference.rows)


def levels_follow_labels(reference: Reference) -> Problems:
    """The level follows from the label; only a client's row may say MUST, where its statement 'breaks'."""
    for name, row in reference.rows.items():
        label, level = row.get("label"), row.get("level")
        stated = [each.text for each in reference.statements() if name in each.rows]
        if label not in LEVELS:
            yield f"{name}: label {label!r}"
        elif not any(f"[{label}]" in text for text in stated):
            yield f"{name}: no statement mapped to it has the label [{label}]"
        if level is not None and (label, level) != ("C", "MUST"):
            yield f"{name}: level {level!r} contradicts label {label!r}"
        if level == "MUST" and not any(re.search(r"\bbreaks\b", text) for text in stated):
            yield f"{name}: MUST, but no statement says that it breaks clients"


def rows_are_well_formed(reference: Reference) -> Problems:
    """Names, members and their values come from one vocabulary."""
    yield from (f"{name} twice" for name, times in Counter(reference.written).items() if times > 1)
    for name, row in reference.rows.items():
        if not NAME.fullmatch(name):
            yield f"{name}: not a name"
        if not row.keys() <= MEMBERS or row.get("profile", "gate") not in PROFILES:
            yield f"{name}: unknown member or profile"
        if not set(row.get("needs", ["second"])) <= NEEDS or row.get("needs") == []:
            yield f"{name}: needs {row.get('needs')}"
        if not (isinstance(row.get("data", []), list) or row["data"] in DATA) or row.get("data") == []:
            yield f"{name}: data {row.get('data')}"
        if {row.get("each", True), row.get("when-seen", True)} != {True}:
            yield f"{name}: a flag is written only when it is true"


def operations_exist(reference: Reference) -> Problems:
    """Rows speak of operations of the contract, and each of these has one heading."""
    for name, row in reference.rows.items():
        named = [] if row["operations"] == "all" else row["operations"]
        yield from (f"{name}: unknown operation {each}" for each in named if each not in reference.operations)
        if len(named) != len(set(named)) or not row["operations"]:
            yield f"{name}: operations empty or named twice"
    found = Counter(heading for text in reference.pages.values() for heading in headings(text))
    yield from (f"{each}: {found[each]} headings" for each in reference.operations if found[each] != 1)


def sentences_differ(reference: Reference) -> Problems:
    """Each row says something of its own, in one sentence with a full stop."""
    says = {name: str(row.get("says", "")) for name, row in reference.rows.items()}
    again = Counter(says.values())
    for name, sentence in says.items():
        if not sentence.endswith(".") or "\n" in sentence or ". " in sentence:
            yield f"{name}: {sentence!r} is not one sentence"
        if again[sentence] > 1:
            yield f"{name}: says the same as another row"


CHECKS = [
    clauses_exist,
    statements_are_mapped,
    levels_follow_labels,
    rows_are_well_formed,
    operations_exist,
    sentences_differ,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_reference_and_register_agree(check: Callable[[Reference], Problems]) -> None:
    """The project's own reference and register have no problem."""
    assert list(check(_reference())) == []


def _row(**members: Any) -> Reference:
    plain = {"says": "It holds.", "label": "D", "clause": "page#read-it", "operations": ["read-it"]}
    row = {key: value for key, value in (plain | members).items() if value is not None}
    return replace(_page("* It holds. [D][C][I] → `page/holds`\n"), rows={"page/holds": row})


def _page(text: str) -> Reference:
    row = {"says": "It holds.", "label": "D", "clause": "page#read-it", "operations": "all"}
    return Reference({"page/holds": row}, {"page": f"## read-it\n\n{text}"}, ["page/holds"], {"read-it"})


def _twice() -> Reference:
    one = _row()
    return replace(one, rows=one.rows | {"page/again": one.rows["page/holds"]}, written=["page/holds"] * 2)


def _with(**parts: Any) -> Reference:
    return replace(_row(), **parts)


BROKEN = [
    (clauses_exist, _row(clause="page#elsewhere"), "no heading page#elsewhere"),
    (clauses_exist, _row(clause="nowhere#read-it"), "no heading nowhere#read-it"),
    (clauses_exist, _page("* It holds. [D] → not decided: why not\n"), "no statement on page page"),
    (statements_are_mapped, _page("* It holds. [D]\n"), "carries no mapping"),
    (statements_are_mapped, _page("* It holds. [D] → not decided:\n"), "carries no mapping"),
    (statements_are_mapped, _page("* It holds, `page/holds`. [D] → see above\n"), "carries no mapping"),
    (statements_are_mapped, _page("|a|decided by|\n|---|---|\n| it [D] | |\n"), "carries no mapping"),
    (statements_are_mapped, _page("|a|b|\n|---|---|\n| it [D] | `page/holds` |\n"), "carries no mapping"),
    (statements_are_mapped, _page("* It holds. → `page/holds`\n"), "carries no label"),
    (
        statements_are_mapped,
        _page("* It holds. [D] →\n  `page/holds`, `page/typo`\n"),
        "names unknown page/typo",
    ),
    (levels_follow_labels, _row(label="X"), "label 'X'"),
    (levels_follow_labels, _row(label="S"), "has the label [S]"),
    (levels_follow_labels, _row(label="I", level="MUST"), "contradicts label 'I'"),
    (levels_follow_labels, _row(level="SHOULD"), "contradicts label 'D'"),
    (levels_follow_labels, _row(label="C", level="MUST"), "breaks clients"),
    (rows_are_well_formed, _with(rows={"page/It": {}}), "not a name"),
    (rows_are_well_formed, _twice(), "page/holds twice"),
    (rows_are_well_formed, _row(profile="nightly"), "unknown member or profile"),
    (rows_are_well_formed, _row(when_seen=True), "unknown member or profile"),
    (rows_are_well_formed, _row(needs=["luck"]), "needs ['luck']"),
    (rows_are_well_formed, _row(each=False), "a flag"),
    (rows_are_well_formed, _row(data="luck"), "data luck"),
    (rows_are_well_formed, _row(data=[]), "data []"),
    (operations_exist, _row(operations=["fly"]), "unknown operation fly"),
    (operations_exist, _row(operations=["read-it", "read-it"]), "named twice"),
    (operations_exist, _with(operations={"read-it", "fly"}), "fly: 0 headings"),
    (sentences_differ, _row(says=None), "is not one sentence"),
    (sentences_differ, _row(says="It holds"), "is not one sentence"),
    (sentences_differ, _twice(), "says the same"),
]


@pytest.mark.parametrize(("check", "reference", "problem"), BROKEN)
def test_problem_is_noticed(
    check: Callable[[Reference], Problems], reference: Reference, problem: str
) -> None:
    """Each way of breaking the two apart is seen by the check that is there for it."""
    assert any(problem in found for found in check(reference))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_sound_reference_has_no_problem(check: Callable[[Reference], Problems]) -> None:
    """The plain example from which the broken ones are made is sound."""
    assert list(check(_row())) == []
