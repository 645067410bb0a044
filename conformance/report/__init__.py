"""From decisions to what people and machines read: verdict, findings, tables, Allure, HTML."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from conformance.report.allure_files import write_allure_files
from conformance.report.documents import findings_document, redacted, verdict_document
from conformance.report.errors import errors_table
from conformance.report.history import Previous
from conformance.report.html import page
from conformance.report.operations import operations_document
from conformance.report.summary import summary
from conformance.report.verdict import Verdict
from conformance.runner.run import Run

VERDICT, FINDINGS, OPERATIONS = "verdict.json", "findings.json", "operations.json"
SUMMARY, PAGE, ERRORS = "summary.txt", "report.html", "errors.md"
JUNIT, ALLURE = "junit.xml", "allure-results"


def documents_of(run: Run, verdict: Verdict, before: Previous | None = None) -> dict[str, Any]:
    """Everything a run has to say, as data by file name, free of secrets."""
    documents = {
        VERDICT: verdict_document(run, verdict, before),
        FINDINGS: findings_document(run, verdict, before),
        OPERATIONS: operations_document(run),
    }
    return {name: redacted(document, run.redaction) for name, document in documents.items()}


def write_reports(run: Run, verdict: Verdict, before: Previous | None = None) -> None:
    """Write every report of a run into its folder, each file whole or not at all."""
    documents = documents_of(run, verdict, before)
    for name, document in documents.items():
        write(run.folder / name, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    write_allure_files(run.folder / ALLURE, documents[VERDICT])
    write(run.folder / SUMMARY, "\n".join(summary_of(documents)) + "\n")
    write(run.folder / ERRORS, errors_table(documents[OPERATIONS]["operations"]))
    write(run.folder / PAGE, page_of(documents))


def page_of(documents: dict[str, Any]) -> str:
    """The page of a run's documents."""
    return page(documents[VERDICT], documents[FINDINGS]["findings"], documents[OPERATIONS]["operations"])


def read_reports(folder: Path) -> dict[str, Any]:
    """Read what `write_reports` wrote as data, by file name."""
    names = (VERDICT, FINDINGS, OPERATIONS)
    return {name: json.loads((folder / name).read_text(encoding="utf-8")) for name in names}


def summary_of(documents: dict[str, Any], *, whole: bool = True) -> list[str]:
    """The lines of the summary of a run's documents."""
    findings, operations = documents[FINDINGS]["findings"], documents[OPERATIONS]["operations"]
    return summary(documents[VERDICT], findings, operations, whole=whole)


def write(path: Path, text: str) -> None:
    """Write a file so that a reader, or a crash, meets the old one or the new one, never half of it."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)  # noqa: PTH105 - Path.replace says less about being atomic
