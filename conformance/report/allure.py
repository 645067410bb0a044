"""What a test tells Allure: labels once a test, a few exchanges as attachments, nothing secret."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import allure
import allure_commons

from conformance.contract import Contract
from conformance.exchange import Exchange, Finding
from conformance.report.curl import curl
from conformance.report.documents import clause, told
from conformance.report.html import pretty
from conformance.requirements import LEVELS, promise_of
from conformance.runner.run import Run
from conformance.transport.redaction import Redaction

EPIC = "iTwin iModels API v2"
SEVERITY = {"MUST": "critical", "SHOULD": "normal", "INFO": "minor"}
DYNAMIC: Any = allure.dynamic
LARGEST_SAMPLE = 2 * 1024 * 1024
LARGEST = 5 * 1024 * 1024


@dataclass(frozen=True)
class Labels:
    """What a test is about: its sentence, the rows it decides, the operation it was made for (if for one)."""

    title: str
    rows: tuple[str, ...]
    operation: str | None

    def apply(self, contract: Contract) -> None:
        """Put the labels on the running test."""
        operations = self._operations()
        tags = dict.fromkeys(contract.operations[id_].tag for id_ in operations if id_ in contract.operations)
        DYNAMIC.epic(EPIC)
        for tag in tags or ["All resources"]:
            DYNAMIC.feature(tag)
        for operation in operations:
            DYNAMIC.story(operation)
        if self.operation:
            DYNAMIC.parameter("operation", self.operation)
        if self.title:
            DYNAMIC.title(" · ".join(filter(None, (self.title, self.operation))))
        self._rows()

    def _operations(self) -> list[str]:
        if self.operation:
            return [self.operation]
        return list(dict.fromkeys(id_ for name in self.rows for id_ in promise_of(name).operations[:1]))

    def _rows(self) -> None:
        rows = [promise_of(name) for name in self.rows]
        for row in rows:
            DYNAMIC.label("requirement", row.name)
            DYNAMIC.tag(row.name)
        level = min((row.level for row in rows), key=LEVELS.index, default="SHOULD")
        DYNAMIC.severity(SEVERITY[level])
        lines = [f"* `{row.name}` ({row.level}, {clause(row.clause)}): {row.says}" for row in rows]
        DYNAMIC.description("\n".join((self.title, "", *lines)).strip())


class Attachments:
    """Attaches exchanges to the running test: all that show a finding, else a sample; bounded in total."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._written = 0

    def add(self, findings: Iterable[Finding], exchanges: list[Exchange]) -> None:
        """Attach the exchanges that show findings, or the first of those a test caused."""
        shown = {exchange.number: exchange for finding in findings for exchange in finding.exchanges}
        for exchange in shown.values():
            self._attach(exchange, LARGEST)
        for exchange in [] if shown else exchanges[:1]:
            self._attach(exchange, LARGEST_SAMPLE)

    def _attach(self, exchange: Exchange, limit: int) -> None:
        data = told(self._run, exchange)
        request, answer = data["request"], data["answer"]
        name = f"#{exchange.number} {exchange.name}"
        texts = {
            f"{name} request": _message(f"{request['method']} {request['url']}", request),
            f"{name} → {answer['status']}": _message(str(answer["status"]), answer),
            f"{name} curl": curl(exchange, self._run.redaction, self._run.target.tokens),
        }
        size = sum(len(text.encode()) for text in texts.values())
        if self._written + size > limit:
            return
        self._written += size
        for title, text in texts.items():
            allure.attach(text, title, allure.attachment_type.TEXT)


class Finishing:
    """Alters each result just before Allure's own writer stores it: an id of its own, and redacted texts."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: Any) -> None:
        """Finish the result of one test."""
        parameters = [f"{parameter.name}={parameter.value}" for parameter in result.parameters]
        told = "\n".join((str(result.fullName), *sorted(parameters)))
        # One test function serves many operations: without this they would share one history.
        result.historyId = hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()
        result.testCaseId = result.historyId
        _shorten(result)
        self._texts(result)

    @allure_commons.hookimpl(tryfirst=True)
    def report_container(self, container: Any) -> None:
        """Finish the record of one fixture."""
        for step in (*container.befores, *container.afters):
            self._texts(step)

    def _texts(self, result: Any) -> None:
        details = result.statusDetails
        if details is not None:
            for name in ("message", "trace"):
                setattr(details, name, self._told(getattr(details, name)))
        for parameter in result.parameters or ():
            parameter.value = self._told(parameter.value)

    def _told(self, text: str | None) -> str | None:
        if text is None:
            return None
        return self._redaction.text(text)


def _shorten(result: Any) -> None:
    """Take the first line of what the runner tells as the message; a skipped test has no more to say."""
    details = result.statusDetails
    if details is None or not details.trace:
        return
    if result.status == "skipped":
        details.message, details.trace = details.message.rpartition("conformance.story.")[2], None
    else:
        details.message = details.trace.partition("\n")[0]


def _message(first: str, message: dict[str, Any]) -> str:
    headers = (f"{name}: {value}" for name, value in message["headers"].items())
    return "\n".join((first, *headers, "", pretty(message["body"]))).rstrip()
