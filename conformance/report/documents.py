"""The verdict and the findings as data, ready for JSON and free of secrets."""

from __future__ import annotations

import hashlib
import platform
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from conformance.categories import of_finding
from conformance.contract import own_document
from conformance.exchange import Finding
from conformance.make import LISTS, WORK
from conformance.report.curl import curl
from conformance.report.history import Previous, since
from conformance.report.verdict import DECIDED, RowVerdict, State, Use, Verdict, WorkflowVerdict
from conformance.requirements import LEVELS, promise_of
from conformance.runner.options import API, MOCK
from conformance.runner.run import Run
from conformance.target import IDENTITIES
from conformance.transport.recording import describe
from conformance.transport.redaction import Redaction
from conformance.version import suite_version

LARGEST_BODY = 8192
REGISTER = "says"
RUNNERS_ADVICE = "Use -v to get more diff"
UNDECIDED = {State.UNDECIDED, State.FLAKY}


def verdict_document(run: Run, verdict: Verdict, before: Previous | None = None) -> dict[str, Any]:
    """Return verdict.json as data."""
    return {
        "format": "imodels-conformance/verdict/1",
        "verdict": verdict.line,
        "exit": int(verdict.exit),
        "stopped": verdict.stopped,
        "suite": {"version": suite_version(), "python": platform.python_version()},
        "contract": contract_identity(run),
        "register": {"sha256": register_hash(), "requirements": len(verdict.rows)},
        "run": _run(run),
        "target": {"url": target_name(run), "itwins": list(run.target.itwins), "identities": identities(run)},
        "requests": run.wire.sent,
        "imodels": run.journal.count(),
        "waits": _waits(run),
        "transcript": run.transcript.digest(),
        "counts": counts(run, verdict),
        "tests": verdict.tests,
        "rows": [_row(row) for row in verdict.rows],
        "workflows": [_workflow(workflow) for workflow in verdict.workflows],
        "waivers": [_use(use, use in verdict.stale) for use in verdict.waivers],
        "not_looked_at": verdict.not_looked_at,
        "not_covered": list(verdict.not_covered),
        "trouble": verdict.trouble,
        "left_behind": verdict.left_behind,
        "since_last_run": since(verdict, before),
    }


def _waits(run: Run) -> dict[str, Any]:
    """How long it took until what was written could be seen, and until work had ended."""
    return {
        what: {
            "looks": len(taken := run.ledger.waits.get(what, [])),
            "late": sum(seconds > 0 for seconds in taken),
            "longest_seconds": round(max(taken, default=0.0), 3),
        }
        for what in (LISTS, WORK)
    }


def findings_document(run: Run, verdict: Verdict, before: Previous | None = None) -> dict[str, Any]:
    """Return findings.json as data: MUST before SHOULD before INFO."""
    known = before.findings if before else {}
    pairs = [(row, finding) for row in verdict.rows for finding in row.findings]
    pairs.sort(key=lambda pair: LEVELS.index(pair[0].row.level))
    findings = [_finding(run, row, finding, finding.fingerprint in known) for row, finding in pairs]
    return {"format": "imodels-conformance/findings/1", "findings": findings}


def redacted(value: Any, redaction: Redaction) -> Any:
    """The same data with every text in it redacted, but for what the register itself says."""
    if isinstance(value, str):
        return redaction.text(value)
    if isinstance(value, dict):
        return {key: inner if key == REGISTER else redacted(inner, redaction) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(inner, redaction) for inner in value]
    return value


def target_name(run: Run) -> str:
    """The base URL of the target; `mock` for the embedded one, whose port changes from run to run."""
    if not run.target.embedded:
        return run.target.base_url
    return MOCK if run.options.view == API else f"{MOCK}, {run.options.view} view"


def identities(run: Run) -> list[str]:
    """The identities the run could be, in their usual order."""
    return [name for name in IDENTITIES if name in run.target.tokens]


def contract_identity(run: Run) -> dict[str, Any]:
    """Which document the run was held against."""
    path = Path(run.options.contract) if run.options.contract else own_document()
    return {
        **_file(path),
        "operations": len(run.contract.operations),
        "overlays": [_file(Path(overlay)) for overlay in run.options.overlays],
    }


def _file(path: Path) -> dict[str, str]:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


@cache
def register_hash() -> str:
    """A hash over all files of the register."""
    digest = hashlib.sha256()
    for file in sorted((own_document().parent / "requirements").glob("*.yaml")):
        digest.update(f"{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def counts(run: Run, verdict: Verdict) -> dict[str, Any]:
    """How many rows were planned, decided, and ended in each state, by level."""
    planned = [row for row in verdict.rows if row.row.name in run.plan.rows]
    decided = [row for row in planned if row.state in DECIDED]
    states = Counter(row.state.value for row in verdict.rows)
    return {
        "planned": _by_level(planned),
        "decided": _by_level(decided),
        "states": {state.value: states[state.value] for state in State},
        "undecided_must": len(verdict.open),
        "broken_must": verdict.count(State.BROKEN, "MUST"),
    }


def _by_level(rows: list[RowVerdict]) -> dict[str, int]:
    levels = Counter(row.row.level for row in rows)
    return {level: levels[level] for level in LEVELS}


def _run(run: Run) -> dict[str, Any]:
    chosen = run.options
    return {
        "id": run.id,
        "started": run.started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": chosen.seed,
        "profile": chosen.profile,
        "rounds": run.round + 1,
        "strict": chosen.strict,
        "require_complete": chosen.require_complete,
        "selection": selection(run),
        "shard": chosen.shard,
        "remarks": list(run.remarks),
        "mock": {
            "faults": list(chosen.faults),
            "liberties": list(chosen.liberties),
            "drops": list(chosen.drops),
        },
    }


def selection(run: Run) -> dict[str, list[str]]:
    """What the user asked for; empty lists mean everything."""
    chosen = run.options
    return {
        "requirements": list(chosen.requirements),
        "operations": list(chosen.operations),
        "resources": list(chosen.resources),
        "workflows": list(chosen.workflows),
    }


def _workflow(workflow: WorkflowVerdict) -> dict[str, Any]:
    return {
        "name": workflow.name,
        "file": workflow.file,
        "state": workflow.state.value,
        "reason": workflow.reason,
    }


def _use(use: Use, stale: bool) -> dict[str, Any]:
    return use.waiver.told() | {"findings": list(use.findings), "stale": stale}


def _row(row: RowVerdict) -> dict[str, Any]:
    return {
        "name": row.row.name,
        "says": row.row.says,
        "level": row.row.level,
        "label": row.row.label,
        "clause": clause(row.row.clause),
        "state": row.state.value,
        "held": row.held,
        "reason": row.reason,
        "operations": list(row.row.operations) or ["all"],
        "findings": [finding.fingerprint for finding in row.findings],
    }


def clause(pointer: str) -> str:
    """The place in the reference a row rests on: `imodels#names` → `docs/reference/imodels.md#names`."""
    page, _, heading = pointer.partition("#")
    return f"docs/reference/{page}.md" + (f"#{heading}" if heading else "")


def _finding(run: Run, verdict: RowVerdict, finding: Finding, known: bool) -> dict[str, Any]:
    row = promise_of(finding.requirement)
    return {
        "fingerprint": finding.fingerprint,
        "cause": finding.cause,
        "requirement": row.name,
        "says": row.says,
        "level": row.level,
        "label": row.label,
        "clause": clause(row.clause),
        "state": verdict.state_of(finding).value,
        "waiver": waiver.told() if (waiver := verdict.waived.get(finding.fingerprint)) else None,
        "known": known,
        "operation": finding.operation,
        "kind": finding.deviation.kind,
        "code": finding.code,
        "wfc": {"code": category.code, "id": category.id} if (category := of_finding(finding)) else None,
        "expected": finding.deviation.expected,
        "seen": seen(finding),
        "test": finding.test,
        "by": finding.by,
        "exchanges": [told(run, exchange) for exchange in evidence(finding)],
    }


def seen(finding: Finding) -> str:
    """What was seen, without the runner's own advice."""
    lines = finding.deviation.seen.splitlines()
    return "\n".join(line for line in lines if line.strip() != RUNNERS_ADVICE)


def evidence(finding: Finding) -> list[Any]:
    """The exchanges of a finding, the one that shows it best last."""
    own = [exchange for exchange in finding.exchanges if exchange.name == finding.operation]
    rest = [exchange for exchange in finding.exchanges if exchange.name != finding.operation]
    return rest + own


def told(run: Run, exchange: Any) -> dict[str, Any]:
    """One exchange as data, with the curl line that repeats its request."""
    data = describe(exchange, run.redaction) | {"curl": curl(exchange, run.redaction, run.target.tokens)}
    for side in ("request", "answer"):
        body = data[side]["body"]
        if len(body) > LARGEST_BODY:
            data[side]["body"] = f"{body[:LARGEST_BODY]}… <{len(body)} characters>"
    return data
