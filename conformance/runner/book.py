"""The book on disk: what a run has decided so far, to be resumed, or joined with others to one verdict."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.contract import Contract
from conformance.credentials import Tokens
from conformance.exchange import Answer, Deviation, Exchange, Finding, Request
from conformance.kept import BookError
from conformance.runner.ledger import Entry, Ledger
from conformance.runner.outcome import Kind
from conformance.runner.run import Run
from conformance.target import MADE_UP, Target
from conformance.transport.recording import describe

BOOK = "ledger.json"
FORMAT = "imodels-conformance/ledger/2"
Data = dict[str, Any]


def book(run: Run, tests: Mapping[str, str], trouble: list[str], **ended: Any) -> Data:
    """What a run has decided, and what it takes to go on or to join it with others; free of secrets."""
    return {
        "format": FORMAT,
        "run": run.id,
        "started": run.started.isoformat(timespec="seconds"),
        "options": run.options.dump(),
        "target": _target(run.target),
        "tests": dict(tests),
        "requests": run.wire.sent,
        "transcript": run.transcript.digest(),
        "trouble": trouble,
        "ended": ended,
        "ledger": _ledger(run),
    }


def read_book(folder: Path) -> Data:
    """Read the book of a run; raises BookError."""
    try:
        data: Data = json.loads((folder / BOOK).read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise KeyError("format")
    except OSError as error:
        raise BookError(f"no run in {folder}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BookError(f"no run in {folder}: {BOOK} is none of this suite's version") from error
    return data


def done(data: Data) -> dict[str, str]:
    """The tests that need not be told again, with how they ended."""
    return {test: kind for test, kind in data["tests"].items() if kind != Kind.TROUBLE}


def recall(data: Data, ledger: Ledger, contract: Contract) -> None:
    """Add what a book says to a ledger."""
    for name, said in data["ledger"]["entries"].items():
        entry = ledger.entry(name)
        entry.held.update(said["held"])
        for finding in said["findings"]:
            ledger.broken(_finding(finding, contract))
        entry.flaky += [_finding(finding, contract) for finding in said["flaky"]]
        for reason in said["reasons"]:
            ledger.undecided(name, reason)
        entry.lacking.update(said["lacking"])
    ledger.lacking.update(data["ledger"]["lacking"])
    for what, seconds in data["ledger"]["waits"].items():
        ledger.waits.setdefault(what, []).extend(seconds)
    for operation, status, code, number, test in data["ledger"]["reached"]:
        ledger.reached[operation, status, code] += number
        ledger.first.setdefault((operation, status, code), test)


def target_of(data: Data) -> Target:
    """The target of a book, as far as a plan goes by it; nothing can be sent there."""
    said = data["target"]
    return Target(
        said["url"],
        tuple(said["itwins"]),
        Tokens.fixed(dict.fromkeys(said["identities"], "")),
        embedded=said["embedded"],
        dedicated=said["dedicated"],
        not_offered=frozenset(said["not_offered"]),
        roles=dict.fromkeys(said["roles"], ""),
        baseline=b"" if said["baseline"] else MADE_UP,
        read_only=said["read_only"],
    )


def _target(target: Target) -> Data:
    return {
        "url": target.base_url,
        "itwins": list(target.itwins),
        "identities": list(target.tokens),
        "embedded": target.embedded,
        "dedicated": target.dedicated,
        "not_offered": sorted(target.not_offered),
        "roles": list(target.roles),
        "baseline": target.baseline != MADE_UP,
        "read_only": target.read_only,
    }


def _ledger(run: Run) -> Data:
    ledger = run.ledger
    reached = [[*key, number, ledger.first.get(key, "")] for key, number in ledger.reached.items()]
    entries = {name: _entry(run, entry) for name, entry in ledger.entries.items()}
    return {"entries": entries, "lacking": ledger.lacking, "reached": reached, "waits": ledger.waits}


def _entry(run: Run, entry: Entry) -> Data:
    text = run.redaction.text
    return {
        "held": dict(entry.held),
        "findings": [_said(run, finding) for finding in entry.findings],
        "flaky": [_said(run, finding) for finding in entry.flaky],
        "reasons": [text(reason) for reason in entry.reasons],
        "lacking": entry.lacking,
    }


def _said(run: Run, finding: Finding) -> Data:
    seen = finding.deviation
    return {
        "requirement": finding.requirement,
        "operation": finding.operation,
        "kind": seen.kind,
        "expected": run.redaction.text(seen.expected),
        "seen": run.redaction.text(seen.seen),
        "test": finding.test,
        "exchanges": [
            describe(exchange, run.redaction) | {"path": dict(exchange.path)}
            for exchange in finding.exchanges
        ],
    }


def _finding(said: Data, contract: Contract) -> Finding:
    deviation = Deviation(said["kind"], said["expected"], said["seen"])
    exchanges = tuple(_exchange(exchange, contract) for exchange in said["exchanges"])
    return Finding(said["requirement"], said["operation"], deviation, exchanges, said["test"])


def _exchange(said: Data, contract: Contract) -> Exchange:
    request, answer = said["request"], said["answer"]
    return Exchange(
        said["number"],
        Request(request["method"], request["url"], request["headers"], request["body"].encode()),
        Answer(answer["status"], answer["headers"], answer["body"].encode(), answer["elapsed"]),
        contract,
        contract.operations.get(said["operation"]),
        said["path"],
        said["identity"],
        test=said["test"],
    )


def counted(tests: Mapping[str, str]) -> dict[str, int]:
    """How many tests ended in which way."""
    return {"planned": len(tests), **Counter(tests.values())}
