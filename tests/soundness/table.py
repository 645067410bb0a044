"""The table of the proof, as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from tests.soundness.cases import Case, Freedom, Mutant

KINDS = {
    "honest": "of the honest mock, each with another seed,",
    "full": "of the honest mock with the profile `full`",
    "alone": "with one liberty",
    "company": "with several liberties, each with another seed,",
    "all": "with all liberties at once, each with another seed,",
}
"""What the runs of each kind were."""


@dataclass(frozen=True)
class Result:
    """What came of one case: the rows reported besides a mutant's own, and what is wrong, if anything.

    `seconds`: how long the run took. `state`: the hash of the code it was tried with.
    """

    beside: list[str]
    problem: str
    line: str
    seconds: float = 0.0
    state: str = ""


def table(results: dict[Case, Result]) -> str:
    """The head of the page."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: dict[Case, Result]) -> Iterator[str]:
    mutants = {case.name: result for case, result in results.items() if isinstance(case, Mutant)}
    free = {case: result for case, result in results.items() if isinstance(case, Freedom)}
    implied = [len(result.beside) for result in mutants.values()] or [0]
    yield "# Soundness"
    yield ""
    states = Counter(result.state for result in results.values())
    tried = ", ".join(f"{state} ({number})" for state, number in states.most_common())
    yield f"Written by `tox -e soundness` on {datetime.now(UTC):%Y-%m-%d}; code, and cases tried with it:"
    yield f"{tried}."
    yield ""
    yield f"* {_good(mutants.values())} mutants are told by their own row, and by no other that they do not"
    yield f"  imply; rows besides the own one: median {median(implied):g}, at most {max(implied)}."
    for kind, words in KINDS.items():
        if some := [result for case, result in free.items() if case.kind == kind]:
            longest = max(result.seconds for result in some)
            took = f"; the longest took {longest:.0f} s" if longest else ""
            yield f"* {_good(some)} runs {words} are conformant{took}."
    yield ""
    yield "| mutant | told right | besides its own row |"
    yield "|---|---|---|"
    for name, result in sorted(mutants.items()):
        yield f"| {name} | {result.problem or 'yes'} | {', '.join(result.beside)} |"
    yield ""
    yield "| liberty | conformant runs with it |"
    yield "|---|---|"
    for name in sorted({name for case in free for name in case.liberties}):
        yield f"| {name} | {_good([result for case, result in free.items() if name in case.liberties])} |"


def _good(results: Collection[Result]) -> str:
    return f"{sum(not result.problem for result in results)} of {len(results)}"
