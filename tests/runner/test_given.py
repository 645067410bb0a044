"""A run held against somebody's document: set-up knows the API, and only what the document has is judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.exchange import Broken
from conformance.runner.options import Options
from conformance.runner.run import Run


@pytest.fixture(params=["api", "published"])
def run(request: pytest.FixtureRequest, root: Path, tmp_path: Path) -> Iterator[Run]:
    """A run of the published document against each view of the mock."""
    contract, overlay = root / "spec/published.openapi.yaml", root / "spec/published.overlay.yaml"
    opened = Run(
        Options(contract=str(contract), overlays=(str(overlay),), view=request.param, reports=str(tmp_path))
    )
    yield opened
    opened.finish()


def test_set_up_reads_wrapped_flat_and_missing_bodies(run: Run) -> None:
    with run.story("set-up"):
        make = run.maker()
        imodel = make.imodel()
        briefcase = make.briefcase(imodel["id"])
        first, second = make.pushes(imodel["id"], briefcase["briefcaseId"], 2)
        marks = [
            make.baseline_version(imodel["id"], first["id"]),
            make.named_version(imodel["id"], second["id"]),
        ]
    assert briefcase["id"] == str(briefcase["briefcaseId"])
    assert (second["parentId"], second["state"]) == (first["id"], "fileUploaded")
    assert marks[1]["changesetIndex"] == second["index"] == 2
    assert len({mark["id"] for mark in marks}) == 2


def test_set_up_is_not_judged_and_a_test_is(run: Run) -> None:
    with run.story("judged"):
        imodel = run.maker().imodel()["id"]
        assert run.ledger.findings() == []
        if run.options.view == "published":
            assert run.api()("get-imodel-details", id=imodel).entity["id"] == imodel
        else:
            with pytest.raises(Broken, match="the documented members"):
                run.api()("get-imodel-details", id=imodel)


def test_what_the_document_does_not_have_is_not_judged(run: Run) -> None:
    with run.story("beyond"):
        imodel = run.maker().imodel()["id"]
        beyond = run.api()("get-create-imodel-operation-details", id=imodel)
    assert beyond.status == (200 if run.options.view == "api" else 404)
    assert (run.ledger.findings(), run.ledger.reached) == ([], {})
