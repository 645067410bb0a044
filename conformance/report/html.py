"""One page that stands alone: no request leaves it, whoever opens it and wherever it lies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from conformance.report.causes import beside, by_cause
from conformance.report.summary import decides, waiver_words

Data = dict[str, Any]
NOT_PLANNED = "not planned"
BLOCKED = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def page(verdict: Data, findings: list[Data], operations: list[Data]) -> str:
    """Return the page of a run, made of its three documents."""
    hard = [f for f in findings if f["state"] == "broken" and decides(f, verdict)]
    waived = [f for f in findings if f["state"] == "waived"]
    soft = [finding for finding in findings if finding not in hard and finding not in waived]
    body = "\n".join(
        (
            _banner(verdict),
            _facts(verdict),
            _part("findings", "Broken promises", _findings(hard)),
            _part("workflows", "Workflows", _workflows(verdict)),
            _part("waived", "Waived", _findings(waived)),
            _part("open", "Undecided and in trouble", _open(verdict)),
            _part("warnings", "Warnings and remarks", _findings(soft)),
            _part("requirements", "Requirements", _requirements(verdict)),
            _part("operations", "Operations", _operations(operations)),
            _part("run", "About this run", _environment(verdict)),
        )
    )
    return (
        _file("page.html")
        .replace("{{css}}", _file("page.css"))
        .replace("{{js}}", _file("page.js"))
        .replace("{{policy}}", BLOCKED)
        .replace("{{title}}", _text(verdict["verdict"]))
        .replace("{{body}}", body)
    )


@cache
def _file(name: str) -> str:
    return files("conformance.report").joinpath("page", name).read_text(encoding="utf-8")


def _text(value: object) -> str:
    return escape(str(value))


def _part(anchor: str, title: str, content: str) -> str:
    return f'<section id="{anchor}"><h2>{title}</h2>\n{content}</section>' if content else ""


def _banner(verdict: Data) -> str:
    run, target = verdict["run"], verdict["target"]["url"]
    remark = f"{target} · {run['started']} · profile {run['profile']} · seed {run['seed']}"
    bent = [f"{kind}: {', '.join(names)}" for kind, names in run["mock"].items() if names]
    lines = [f"<h1>{_text(verdict['verdict'])}</h1>", f'<p class="soft">{_text(remark)}</p>']
    lines += [f'<p class="soft">mock with {_text("; ".join(bent))}</p>'] if bent else []
    if change := verdict["since_last_run"]:
        told = ", ".join(f"{len(change[kind])} {kind}" for kind in ("new", "known", "fixed"))
        lines.append(f'<p class="soft">findings since {_text(change["run"])}: {told}</p>')
    if left := verdict["left_behind"]:
        lines.append(f"<p>Left behind on the target: {_text(', '.join(left))}</p>")
    return f'<header class="banner exit-{verdict["exit"]}">{"".join(lines)}</header>'


def _facts(verdict: Data) -> str:
    counts = verdict["counts"]
    planned, decided, states = counts["planned"], counts["decided"], counts["states"]
    facts = [(f"{decided[level]} / {planned[level]}", f"{level} rows decided") for level in planned]
    facts += [
        (counts["broken_must"], "MUST rows broken"),
        (states["broken"] - counts["broken_must"], "warnings"),
    ]
    facts += [(states["undecided"], "undecided"), (states["flaky"], "flaky")]
    facts += [(verdict["requests"], "requests"), (verdict["imodels"], "iModels made")]
    cells = "".join(
        f'<div class="fact"><b>{_text(n)}</b><span class="soft">{_text(w)}</span></div>' for n, w in facts
    )
    return f'<div class="facts">{cells}</div>'


def _findings(findings: list[Data]) -> str:
    return "\n".join(map(_finding, by_cause(findings)))


def _finding(group: list[Data]) -> str:
    finding = group[0]
    facts = {
        "Waived": waiver_words(finding["waiver"]) if finding["waiver"] else "",
        "Promise": finding["says"],
        "Expected": finding["expected"] if finding["expected"] != finding["says"] else "",
        "Seen": finding["seen"],
        "Clause": finding["clause"],
        "Test": finding["test"],
        "Also on": ", ".join(beside(group)),
    }
    told = "".join(f"<dt>{name}</dt><dd>{_text(value)}</dd>" for name, value in facts.items() if value)
    title = f"{finding['requirement']} · {finding['operation']}"
    remark = f"{finding['level']} · {finding['state']} · {finding['fingerprint']}"
    classes = f"finding {finding['level']} {finding['state']}"
    last = len(finding["exchanges"]) - 1
    exchanges = "".join(_exchange(x, place == last) for place, x in enumerate(finding["exchanges"]))
    return (
        f'<article class="{classes}"><h3 class="mono">{_text(title)}</h3>'
        f'<span class="soft">{_text(remark)}</span><dl>{told}</dl>{exchanges}</article>'
    )


def _exchange(exchange: Data, opened: bool) -> str:
    request, answer = exchange["request"], exchange["answer"]
    title = f"#{exchange['number']} {request['method']} {request['url']} → {answer['status']}"
    sent = _message(f"{request['method']} {request['url']}", request)
    came = _message(f"{answer['status']} after {answer['elapsed'] * 1000:.0f} ms", answer)
    return (
        f"<details{' open' * opened}><summary class='mono'>{_text(title)}</summary>"
        f"<pre>{_text(sent)}</pre><pre>{_text(came)}</pre><pre>{_text(exchange['curl'])}</pre></details>"
    )


def _message(first: str, message: Data) -> str:
    headers = [f"{name}: {value}" for name, value in message["headers"].items()]
    return "\n".join((first, *headers, "", pretty(message["body"]))).rstrip()


def pretty(body: str) -> str:
    """A JSON body with line breaks; any other text, and what no file could hold, as it is."""
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
        text.encode()
        return text
    except (ValueError, RecursionError):
        return body


def _workflows(verdict: Data) -> str:
    lines = [
        f"<code>{_text(w['name'])}</code> ({_text(w['file'])}) {w['state']} {_text(w['reason'])}".rstrip()
        for w in verdict["workflows"]
    ]
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>" if lines else ""


def _open(verdict: Data) -> str:
    lines = [
        f"<code>{_text(r['name'])}</code> {r['level']}: {_text(r['reason'])}" for r in _undecided(verdict)
    ]
    lines += [_text(trouble) for trouble in verdict["trouble"]]
    missing = verdict["not_looked_at"].items()
    lines += [
        f"{number} MUST row{'s' * (number != 1)} not looked at: {_text(why)}" for why, number in missing
    ]
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>" if lines else ""


def _undecided(verdict: Data) -> list[Data]:
    return [row for row in verdict["rows"] if row["state"] in {"undecided", "flaky"}]


def _requirements(verdict: Data) -> str:
    rows = verdict["rows"]
    filters = "".join(
        (
            _select("state", "every state", (row["state"] for row in rows)),
            _select("level", "every level", (row["level"] for row in rows)),
            _select("resource", "every resource", (_resource(row) for row in rows)),
            '<input data-filter="words" placeholder="words" aria-label="words">',
            '<span class="soft" id="shown"></span>',
        )
    )
    head = _cells("th", ("State", "Level", "Requirement", "Says", "Held", "Reason"), numbers={4})
    return (
        f'<div class="filters">{filters}</div>'
        f'<table id="rows"><thead><tr>{head}</tr></thead><tbody>{"".join(map(_row, rows))}</tbody></table>'
    )


def _row(row: Data) -> str:
    state = f'<span class="state {row["state"].replace(" ", "-")}">{row["state"]}</span>'
    says = f'{_text(row["says"])}<br><span class="soft mono">{_text(row["clause"])} · {row["label"]}</span>'
    return (
        f'<tr data-state="{row["state"]}" data-level="{row["level"]}" data-resource="{_resource(row)}">'
        f"<td>{state}</td><td>{row['level']}</td><td class='mono'>{_text(row['name'])}</td>"
        f'<td class="says">{says}</td><td class="number">{row["held"]}</td>'
        f"<td>{_text(row['reason'])}</td></tr>"
    )


def _resource(row: Data) -> str:
    return _text(row["name"].split("/", 1)[0])


def _select(name: str, every: str, values: Iterable[str]) -> str:
    options = "".join(f'<option value="{value}">{value}</option>' for value in dict.fromkeys(values))
    start = f'<select data-filter="{name}" aria-label="{name}"><option value="">{every}</option>'
    return f"{start}{options}</select>"


def _operations(operations: list[Data]) -> str:
    titles = (
        "Operation",
        "2xx",
        "Requests",
        "Rows held",
        "Documented errors: reached · not reached",
        "Other errors",
    )
    head = _cells("th", titles, numbers={1, 2, 3})
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_operation, operations))}</tbody></table>"
    )


def _operation(operation: Data) -> str:
    rows = operation["requirements"]
    other = ", ".join(f"{e['status']} {e['code']} ({e['seen']})" for e in operation["other_errors"])
    reached, missed = _codes(operation, bool), _codes(operation, _none)
    told = f'<span class="reached">{reached}</span> · <span class="missed">{missed}</span>'
    address = f'<span class="soft mono">{operation["method"]} {_text(operation["path"])}</span>'
    name = f"<code>{_text(operation['id'])}</code><br>{address}"
    cells = (
        name,
        operation["succeeded"],
        operation["requests"],
        f"{len(rows['held'])} / {rows['planned']}",
        told,
    )
    return f"<tr>{_cells('td', (*cells, _text(other)), numbers={1, 2, 3})}</tr>"


def _codes(operation: Data, wanted: Callable[[int], bool]) -> str:
    found = [f"{e['status']} {e['code']}".strip() for e in operation["errors"] if wanted(e["seen"])]
    return _text(", ".join(found) or "-")


def _none(seen: int) -> bool:
    return not seen


def _cells(tag: str, values: Iterable[object], numbers: set[int]) -> str:
    kind = dict.fromkeys(numbers, ' class="number"')
    return "".join(f"<{tag}{kind.get(place, '')}>{value}</{tag}>" for place, value in enumerate(values))


def _environment(verdict: Data) -> str:
    contract, register, suite = verdict["contract"], verdict["register"], verdict["suite"]
    facts = {
        "Run": verdict["run"]["id"],
        "Started, finished": f"{verdict['run']['started']}, {verdict['run']['finished']}",
        "Identities": ", ".join(verdict["target"]["identities"]),
        "Contract": f"{contract['file']}, {contract['operations']} operations, SHA-256 {contract['sha256']}",
        "Overlays": ", ".join(f"{o['file']}, SHA-256 {o['sha256']}" for o in contract["overlays"]),
        "Requirements": f"{register['requirements']} rows, SHA-256 {register['sha256']}",
        "Suite": f"imodels-conformance {suite['version']}, Python {suite['python']}",
        "Transcript": verdict["transcript"],
        "Operations without a row": ", ".join(verdict["not_covered"]),
    }
    rows = (
        f"<tr><th>{name}</th><td class='mono'>{_text(value)}</td></tr>"
        for name, value in facts.items()
        if value
    )
    return f"<table>{''.join(rows)}</table>"
