"""Gathering: the books of several shards, read into one run that has nothing left to send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from conformance.contract import load
from conformance.kept import BookError
from conformance.report import documents_of, summary_of, write_reports
from conformance.report.console import Told
from conformance.report.documents import selection, target_name
from conformance.report.history import previous
from conformance.report.verdict import Exit, Verdict, decide
from conformance.runner.book import Data, counted, read_book, recall, target_of
from conformance.runner.joining import join
from conformance.runner.judging import Complain, written
from conformance.runner.ledger import Ledger
from conformance.runner.options import Options
from conformance.runner.plan import make_plan
from conformance.runner.run import Run, folder_of
from conformance.runner.shard import Shard
from conformance.transport.journal import JOURNAL, Journal
from conformance.transport.redaction import Redaction
from conformance.transport.transcript import Transcript
from conformance.transport.wire import Wire
from conformance.waivers import read_waivers
from conformance.workflows.reading import read_workflows


class Gathered(Run):
    """What the shards of a run were and decided together."""

    def __init__(self, books: list[Data], folder: Path) -> None:
        first = books[0]
        self.options = replace(Options.parse(first["options"]), shard="", reports=str(folder))
        self.started = min(datetime.fromisoformat(book["started"]) for book in books)
        self.id, self.folder = folder.name, folder
        self.contract = load(self.options.contract or None, self.options.overlays)
        self.mock = None
        self.target = target_of(first)
        self.ledger = Ledger(
            read_waivers(self.options.waivers, [*load().operations, *self.contract.operations])
        )
        self.redaction = Redaction()
        self.transcript = Transcript(self.id)
        self.journal = Journal(folder / JOURNAL)
        self.wire = Wire.to(self.target, self.journal)
        self.wire.sent = sum(book["requests"] for book in books)
        self.workflows = read_workflows(self.options.workflows, self.contract)
        self.plan = make_plan(self.contract, self.target, self.selection)
        self.left_behind = []
        self.remarks = []
        self.round = 0
        for book in books:
            recall(book, self.ledger, self.contract)
            self.transcript.include(book["transcript"])


def gathered(folders: tuple[Path, ...], into: Path | None) -> tuple[Run, Verdict]:
    """Join the books in these folders; raises BookError where they do not belong together."""
    folders = tuple(sorted(folders, key=lambda folder: _shard(read_book(folder)).number))
    books = [read_book(folder) for folder in folders]
    _alike(books)
    folder = into or folder_of("", f"merged-{books[0]['run']}")
    folder.mkdir(parents=True, exist_ok=True)
    journals = [path.read_text(encoding="utf-8") for part in folders if (path := part / JOURNAL).is_file()]
    (folder / JOURNAL).write_text("".join(journals), encoding="utf-8")
    join(folders, folder)
    run = Gathered(books, folder)
    verdict = decide(run.plan, run.ledger, run.contract)
    verdict.strict, verdict.require_complete = run.options.strict, run.options.require_complete
    verdict.tests = counted({test: kind for book in books for test, kind in book["tests"].items()})
    verdict.trouble = list(dict.fromkeys(line for book in books for line in book["trouble"]))
    verdict.left_behind = [name for book in books for name in book["ended"].get("left_behind", ())]
    verdict.stopped = next(_missing(books), "")
    run.journal.close()
    run.wire.close()
    return run, verdict


def tell(run: Run, verdict: Verdict, screen: Told, complain: Complain) -> int:
    """Write the joined reports, tell the verdict and return the exit code."""
    before = previous(run.folder, target_name(run), selection(run))
    write_reports(run, verdict, before)
    screen.lines(summary_of(documents_of(run, verdict, before), whole=False))
    screen.say("")
    screen.say(written(run))
    if verdict.exit in {Exit.INCONCLUSIVE, Exit.USAGE}:
        complain(verdict.line, verdict.exit)
    return int(verdict.exit)


def _alike(books: list[Data]) -> None:
    asked = [_asked(book) for book in books]
    if any(other != asked[0] for other in asked[1:]):
        raise BookError("these are not shards of one run: they were asked for different things")
    shards = [Options.parse(book["options"]).shard for book in books]
    if twice := {shard for shard in shards if shards.count(shard) > 1}:
        raise BookError(f"shard {min(twice) or 'of the whole'} is there twice")


def _asked(book: Data) -> tuple[object, ...]:
    options = Options.parse(book["options"])
    same = {name: value for name, value in vars(options).items() if name not in {"shard", "reports", "file"}}
    target = {
        name: value
        for name, value in book["target"].items()
        if name != "url" or not book["target"]["embedded"]
    }
    total = Shard.parse(options.shard).total
    return repr(sorted(same.items())), repr(sorted(target.items())), total


def _shard(book: Data) -> Shard:
    return Shard.parse(Options.parse(book["options"]).shard)


def _missing(books: list[Data]) -> Iterator[str]:
    shards = [_shard(book) for book in books]
    present = {shard.number for shard in shards}
    for number in range(1, shards[0].total + 1):
        if number not in present:
            yield f"shard {number}/{shards[0].total} is missing"
    for book, shard in zip(books, shards, strict=True):
        if "stopped" not in book["ended"]:
            yield f"shard {shard.number}/{shard.total} never came to its end"
        elif book["ended"]["stopped"]:
            yield f"shard {shard.number}/{shard.total}: {book['ended']['stopped']}"
