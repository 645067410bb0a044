"""The table of the proof, as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from tests.soundness.rows import part


@dataclass(frozen=True)
class Result:
    """What came of one case: the rows reported besides a mutant's own, and what is wrong, if anything.

    `state`: the hash of the code it was tried with.
    """

    key: str
    name: str
    mutant: bool
    beside: list[str]
    problem: str
    line: str
    state: str = ""


def table(results: list[Result]) -> str:
    """The page."""
    return "\n".join((*_lines(sorted(results, key=lambda result: result.key)), "", part()))


def _lines(results: list[Result]) -> Iterator[str]:
    mutants = [result for result in results if result.mutant]
    honest = [result for result in results if not result.mutant and not result.name]
    free = [result for result in results if not result.mutant and result.name]
    implied = [len(result.beside) for result in mutants] or [0]
    yield "# Soundness"
    yield ""
    states = Counter(result.state for result in results)
    tried = ", ".join(f"{state} ({number})" for state, number in states.most_common())
    yield f"Written by `tox -e soundness` on {datetime.now(UTC):%Y-%m-%d}; code, and cases tried with it:"
    yield f"{tried}."
    yield ""
    yield f"* {_good(mutants)} mutants are told by their own row, and by no other that they do not imply;"
    yield f"  rows besides the own one: median {median(implied):g}, at most {max(implied)}."
    yield f"* {_good(honest)} runs of the honest mock, each with another seed, are conformant."
    alone = [result for result in free if "+" not in result.name]
    company = [result for result in free if "+" in result.name]
    yield (
        f"* {_good(company)} runs with several liberties at once, each with another seed, are conformant"
        + (f", and {_good(alone)} with one." if alone else ".")
    )
    yield ""
    yield "| mutant | told right | besides its own row |"
    yield "|---|---|---|"
    for result in mutants:
        yield f"| {result.name} | {result.problem or 'yes'} | {', '.join(result.beside)} |"
    yield ""
    yield "| liberty | conformant runs with it |"
    yield "|---|---|"
    for name in sorted({name for result in free for name in result.name.split("+")}):
        yield f"| {name} | {_good([result for result in free if name in result.name.split('+')])} |"


def _good(results: list[Result]) -> str:
    return f"{sum(not result.problem for result in results)} of {len(results)}"
