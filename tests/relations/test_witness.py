"""An answer that is wrong by itself is no witness against later ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.exchange import Broken
from conformance.runner.options import Options
from conformance.runner.run import Run


def test_what_a_wrong_answer_said_is_not_held_against_the_next(tmp_path: Path) -> None:
    run = Run(Options(reports=str(tmp_path), faults=("imodels/update-applies",)))
    try:
        with run.story("an update that is answered wrongly"):
            imodel = run.maker().imodel()["id"]
            with pytest.raises(Broken):
                run.api()("update-imodel", id=imodel, body={"description": "stone"})
            run.api()("get-imodel-details", id=imodel)
    finally:
        run.finish()
    assert {finding.requirement for finding in run.ledger.findings()} == {"imodels/update-applies"}
