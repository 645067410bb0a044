"""The summary for a reader who has never seen the suite: verdict first, then what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.report.causes import beside, by_cause

Data = dict[str, Any]
SHORT = 12
INDENT = " " * 4


def summary(verdict: Data, findings: list[Data], operations: list[Data], *, whole: bool = True) -> list[str]:
    """Return the lines of the summary; the short form cuts long lists and names the file that has them."""
    limit = None if whole else SHORT
    must = by_cause(f for f in findings if f["state"] == "broken" and decides(f, verdict))
    warnings = by_cause(f for f in findings if f["state"] == "broken" and not decides(f, verdict))
    return [
        f"verdict: {verdict['verdict']}",
        "",
        *_numbers(verdict),
        *_section("Broken", must, _broken, limit),
        *_section("Workflows that failed", _workflows_in(verdict, "broken"), _plain, limit),
        *_section("Waived", _state(findings, "waived"), _waived, limit),
        *_section("Waivers that cover nothing", _idle(verdict), _plain, limit),
        *_section("Workflows not told to their end", _workflows_in(verdict, "undecided"), _plain, limit),
        *_section("Undecided", _rows_in(verdict, "undecided"), _open, limit),
        *_section("Flaky: a failure that did not repeat", _state(findings, "flaky"), _short, limit),
        *_section("Trouble: the suite could not go on as planned", verdict["trouble"], _plain, limit),
        *_section("Warnings and remarks: they do not change the verdict", warnings, _short, limit),
        *_section("Not offered by the target", _rows_in(verdict, "not offered"), _open, limit),
        *_section("Not looked at", _reasons(verdict), _plain, limit),
        *_table(operations, whole),
        *_section(
            "Operations of the contract without a row (not covered)", verdict["not_covered"], _plain, limit
        ),
        *_since(verdict),
        *_section("Left behind on the target", verdict["left_behind"], _plain, limit),
    ]


def decides(finding: Data, verdict: Data) -> bool:
    """Whether a finding counts for the exit code."""
    return bool(finding["level"] == "MUST" or (verdict["run"]["strict"] and finding["label"] == "O"))


def _numbers(verdict: Data) -> Iterator[str]:
    counts, run = verdict["counts"], verdict["run"]
    planned, decided = counts["planned"], counts["decided"]
    rows = ", ".join(f"{decided[level]} of {planned[level]} {level}" for level in planned)
    yield f"rows decided   {rows}"
    yield f"target         {verdict['target']['url']} as {', '.join(verdict['target']['identities'])}"
    yield f"contract       {contract_words(verdict['contract'])}"
    rounds = f" ({run['rounds']} rounds)" if run["rounds"] > 1 else ""
    yield f"run            {run['id']}, profile {run['profile']}{rounds}, seed {run['seed']}"
    if told := verdict["workflows"]:
        yield f"workflows      {len(told) - len(_untold(verdict))} of {len(told)} told as they are written"
    yield f"traffic        {verdict['requests']} requests, {verdict['imodels']} iModels made"
    yield f"waits          {'; '.join(_waits(verdict['waits']))}"
    bent = [f"{kind} {', '.join(names)}" for kind, names in run["mock"].items() if names]
    if bent:
        yield f"mock           {'; '.join(bent)}"
    yield from (f"note           {remark}" for remark in run["remarks"])


def _waits(waits: Data) -> Iterator[str]:
    for what, words in (("lists", "seen"), ("work", "done")):
        told = waits[what]
        later = f", {told['late']} after up to {told['longest_seconds']:g} s" if told["late"] else ""
        yield f"{what} {words} at once {told['looks'] - told['late']}{later}"


def contract_words(contract: Data) -> str:
    """Which document the run was held against, with the start of each file's SHA-256."""
    files = [contract, *contract["overlays"]]
    return " with ".join(f"{file['file']} SHA-256 {file['sha256'][:12]}" for file in files)


def _section(title: str, items: list[Any], tell: Any, limit: int | None) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield f"{title} ({len(items)})"
    for item in items[:limit]:
        yield from tell(item)
    if limit is not None and len(items) > limit:
        yield f"{INDENT}… and {len(items) - limit} more in summary.txt"


def _broken(group: list[Data]) -> Iterator[str]:
    finding = group[0]
    yield f"  {finding['requirement']}  {finding['level']}  {finding['operation']}"
    yield f"{INDENT}promise    {finding['says']}"
    if finding["expected"] != finding["says"]:
        yield f"{INDENT}expected   {_line(finding['expected'])}"
    yield f"{INDENT}seen       {_line(finding['seen'])}"
    if finding["exchanges"]:
        last = finding["exchanges"][-1]
        yield f"{INDENT}answer     {last['answer']['status']} to #{last['number']}"
        yield f"{INDENT}repeat     {last['curl']}"
    yield f"{INDENT}clause     {finding['clause']}"
    yield f"{INDENT}test       {finding['test']}"
    yield f"{INDENT}finding    {finding['fingerprint']}"
    if others := beside(group):
        yield f"{INDENT}also on    {', '.join(others)}"


def _workflows_in(verdict: Data, state: str) -> list[str]:
    found = [workflow for workflow in verdict["workflows"] if workflow["state"] == state]
    return [f"{workflow['name']} ({workflow['file']}): {workflow['reason']}" for workflow in found]


def _untold(verdict: Data) -> list[Data]:
    return [workflow for workflow in verdict["workflows"] if workflow["state"] != "held"]


def _rows_in(verdict: Data, state: str) -> list[Data]:
    rows = [row for row in verdict["rows"] if row["state"] == state]
    return sorted(rows, key=lambda row: bool(row["level"] != "MUST"))


def _open(row: Data) -> Iterator[str]:
    yield f"  {row['name']}  {row['level']}: {_line(row['reason'], 160)}"


def _state(findings: list[Data], state: str) -> list[list[Data]]:
    return by_cause(finding for finding in findings if finding["state"] == state)


def _short(group: list[Data]) -> Iterator[str]:
    finding, others = group[0], beside(group)
    head = f"  {finding['requirement']}  {finding['level']}  {finding['operation']}"
    more = f" and {len(others)} more operation{'s' * (len(others) != 1)}" if others else ""
    yield f"{head}{more}: {_line(finding['seen'])}"


def _waived(group: list[Data]) -> Iterator[str]:
    yield from _short(group)
    waivers = {waiver_words(finding["waiver"]): finding for finding in group}
    yield from (f"{INDENT}waived     {words}" for words in waivers)


def waiver_words(waiver: Data) -> str:
    """Why something is waived, with the ticket and the day it ends."""
    return f"{waiver['reason']} ({', '.join(filter(None, (waiver['ticket'], 'until ' + waiver['expiry'])))})"


def _idle(verdict: Data) -> list[str]:
    idle = [waiver for waiver in verdict["waivers"] if not waiver["findings"]]
    about = {True: "nothing is wrong any more: take it out", False: "not seen in this run"}
    return [
        f"{' '.join(filter(None, (w['name'], w['operation'], w['code'])))}: {about[w['stale']]}" for w in idle
    ]


def _plain(text: str) -> Iterator[str]:
    yield f"  {_line(text)}"


def _reasons(verdict: Data) -> list[str]:
    missing = verdict["not_looked_at"].items()
    return [f"{number} MUST row{'s' * (number != 1)}: {reason}" for reason, number in missing]


def _table(operations: list[Data], whole: bool) -> Iterator[str]:
    shown = [o for o in operations if o["planned"] and (whole or o["requests"])]
    if not any(operation["requests"] for operation in shown):
        return
    width = max(len(operation["id"]) for operation in shown)
    yield ""
    head = "documented errors reached · not reached" if whole else "documented errors reached"
    yield f"{'Operations':{width + 2}}  {'2xx':>5}  {'rows held':>9}  {head}"
    for operation in shown:
        held, planned = len(operation["requirements"]["held"]), operation["requirements"]["planned"]
        told = _errors(operation["errors"]) if whole else _reached(operation["errors"])
        yield f"  {operation['id']:{width}}  {operation['succeeded']:>5}  {f'{held}/{planned}':>9}  {told}"


def _errors(entries: list[Data]) -> str:
    reached = _codes(entry for entry in entries if entry["seen"])
    missed = _codes(entry for entry in entries if not entry["seen"])
    return f"{reached or '-'} · {missed or '-'}"


def _reached(entries: list[Data]) -> str:
    """How many documented errors were met, by status: `401 4/6, 404 1/1`."""
    met: dict[int, list[bool]] = {}
    for entry in entries:
        met.setdefault(entry["status"], []).append(bool(entry["seen"]))
    return ", ".join(f"{status} {sum(seen)}/{len(seen)}" for status, seen in met.items())


def _codes(entries: Iterator[Data]) -> str:
    by_status: dict[int, list[str]] = {}
    for entry in entries:
        by_status.setdefault(entry["status"], []).append(entry["code"])
    return ", ".join(
        f"{status} {'/'.join(filter(None, codes))}".strip() for status, codes in by_status.items()
    )


def _since(verdict: Data) -> Iterator[str]:
    change = verdict["since_last_run"]
    if change:
        told = ", ".join(f"{len(change[kind])} {kind}" for kind in ("new", "known", "fixed"))
        yield ""
        yield f"Since {change['run']}: {told}"


def _line(text: str, limit: int = 400) -> str:
    """The text on one line, cut when it is very long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[:limit]}…"
