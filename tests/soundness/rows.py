"""The tables about rows: how many there are, which statements nobody can decide, what a mutant implies.

`python -m tests.soundness.rows` from the checkout writes them into docs/soundness.md and leaves
the rest as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from statistics import median

from conformance.explanation import decided_by
from conformance.reference import LABELS, slug, statements
from conformance.requirements import LEVELS, Requirement, register
from tests.soundness.cases import IMPLIED, MUTANTS, Mutant
from tests.soundness.page import put

COMMAND = "python -m tests.soundness.rows"
LINK = re.compile(r"\]\((?=[\w-]+\.md)")
TITLE = "## Rows and statements"


def part() -> str:
    """The part of the page that is about rows."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield TITLE
    yield ""
    yield f"Written by `{COMMAND}`."
    yield ""
    yield from _by_level()
    yield ""
    yield from _implied()
    yield ""
    yield from _undecided()


def _by_level() -> Iterator[str]:
    rows = list(register().values())
    mutated = {Mutant(name).row for name in MUTANTS}
    yield "| level | label | rows | decided by a check or a test | with a mutant |"
    yield "|---|---|---|---|---|"
    for level in LEVELS:
        for label in LABELS:
            if some := [row for row in rows if (row.level, row.label) == (level, label)]:
                yield _count(f"| {level} | {label} |", some, mutated)
    yield _count("| all | |", rows, mutated)


def _count(head: str, rows: list[Requirement], mutated: set[str]) -> str:
    decided = sum(bool(decided_by(row.name)) for row in rows)
    return f"{head} {len(rows)} | {decided} | {sum(row.name in mutated for row in rows)} |"


def _implied() -> Iterator[str]:
    numbers = [len(IMPLIED.get(name, ())) for name in MUTANTS]
    yield f"{len(MUTANTS)} mutants; rows that one breaks by meaning besides its own:"
    yield f"median {median(numbers):g}, at most {max(numbers)}; {sum(map(bool, numbers))} mutants have any."
    yield ""
    yield "| mutant | implies |"
    yield "|---|---|"
    for name, implied in sorted(IMPLIED.items()):
        yield f"| {name} | {', '.join(implied)} |"


def _undecided() -> Iterator[str]:
    found = [statement for statement in statements() if statement.reason]
    pages = Counter(statement.page for statement in found)
    yield f"{len(found)} of {len(statements())} statements of the reference are not decided:"
    yield ", ".join(f"{page} {number}" for page, number in sorted(pages.items())) + "."
    yield ""
    yield "| where | statement | why not |"
    yield "|---|---|---|"
    for each in found:
        where = f"[{each.page}](reference/{each.page}.md#{slug(each.heading)})"
        said = f"{each.words.replace('|', '·')} | {each.reason}"
        yield f"| {where} | {LINK.sub('](reference/', said)} |"


if __name__ == "__main__":
    put(part())
