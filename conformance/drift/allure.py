"""Rows of drift as Allure results: one test a difference, so that a report shows its history."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Label, StatusDetails, TestResult

from conformance.drift.output import shown
from conformance.drift.rows import Row, fails

SEVERITIES = {"breaking": "critical", "warning": "normal", "info": "minor"}
NO_DRIFT = Row("no drift", "", "")


def write_results(rows: Sequence[Row], folder: Path, fail_on: str) -> None:
    """Write them beside what is there; what decides the exit code has failed, what does not is skipped."""
    # The library has no annotations.
    logger: Any = cast(Any, AllureFileLogger)(folder)
    for row in rows or (NO_DRIFT,):
        logger.report_result(_result(row, fail_on))


def _result(row: Row, fail_on: str) -> TestResult:
    now = int(time.time() * 1000)
    return TestResult(
        uuid=str(uuid.uuid4()),
        historyId=row.fingerprint,
        testCaseId=row.fingerprint,
        fullName=f"drift {row.operation} {row.rule} {row.place}",
        name=f"{row.rule} {row.place}".strip(),
        status="passed" if row is NO_DRIFT else "failed" if fails([row], fail_on) else "skipped",
        statusDetails=StatusDetails(message=f"{shown(row)}\n{row.why}".strip(), known=row.known),
        labels=[Label(name=name, value=value) for name, value in _labels(row) if value],
        stage="finished",
        start=now,
        stop=now,
    )


def _labels(row: Row) -> Iterator[tuple[str, str]]:
    yield "epic", "drift"
    yield "feature", row.operation or "document"
    yield "story", row.rule
    yield "severity", SEVERITIES[row.level]
    yield "tag", f"for providers: {row.provider_level}"
    yield "tag", row.requirement
    yield "tag", f"moved: {row.side}" if row.side else ""
