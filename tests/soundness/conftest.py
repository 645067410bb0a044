"""The runs that the chosen tests ask for, two at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.soundness.cases import Case, Freedom, Mutant, Outcome, run

WORKERS = 2
Outcomes = dict[Case, "Future[Outcome]"]


@pytest.fixture(scope="session")
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcomes]:
    """The outcomes to come of all cases of this session, begun together."""
    specs = [getattr(item, "callspec", None) for item in request.session.items]
    given = (spec.params.get("case") for spec in specs if spec)
    cases = dict.fromkeys(case for case in given if isinstance(case, (Freedom, Mutant)))
    with ThreadPoolExecutor(WORKERS) as pool:
        yield {case: pool.submit(run, case, tmp_path_factory.mktemp("run")) for case in cases}
        pool.shutdown(cancel_futures=True)
