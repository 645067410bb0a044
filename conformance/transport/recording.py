"""The recording: every exchange of a run on disk, redacted, compressed and bounded."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.exchange import Exchange
from conformance.transport.provenance import Provenance
from conformance.transport.redaction import Redaction

RECORDING = "exchanges.jsonl.gz"
EARLIER = re.compile(r"exchanges\.(\d+)\.jsonl\.gz")
"""The recordings of other parts of a run: of what was told before it was resumed, or of its shards."""
FLUSH_EVERY = 50
LARGEST = 256 * 1024 * 1024
"""Characters of recorded text after which bodies are left out."""


class Recording:
    """Writes `exchanges.jsonl.gz`: one JSON object a line, readable up to the last flush after a crash."""

    def __init__(self, path: Path, redaction: Redaction, provenance: Provenance) -> None:
        self._file = gzip.open(path, "wt", encoding="utf-8", compresslevel=3)  # noqa: SIM115 - closed by close()
        self._redaction = redaction
        self._provenance = provenance
        self._written = 0
        self._count = 0

    def add(self, exchange: Exchange) -> None:
        """Write one exchange with where each id of its request came from."""
        told = describe(exchange, self._redaction, bodies=self._written < LARGEST)
        line = json.dumps(told | self._besides(exchange, told["request"]))
        self._provenance.learn(exchange)
        self._file.write(line + "\n")
        self._written += len(line)
        self._count += 1
        if self._count % FLUSH_EVERY == 0:
            self._file.flush()

    def _besides(self, exchange: Exchange, told: dict[str, Any]) -> dict[str, Any]:
        """What it takes to repeat an exchange; `whole` says whether its request is told as it was sent."""
        sent = exchange.request
        kept = {name: value for name, value in sent.headers.items() if name != "authorization"}
        same = (
            told["url"] == sent.url
            and told["body"].encode() == sent.body
            and kept.items() <= told["headers"].items()
        )
        return {
            "path": dict(exchange.path),
            "expected": asdict(exchange.expected) if exchange.expected else None,
            "at": datetime.now(UTC).isoformat(),
            "credentials": self._redaction.credentials(sent.headers),
            "whole": same,
            "provenance": self._provenance.of(exchange),
        }

    def forget(self) -> None:
        """Forget where ids came from: a long run that has deleted all it made need not keep them."""
        self._provenance.forget()

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def recordings(folder: Path) -> list[Path]:
    """The recordings in a folder in the order of their parts; the usual one where there is none."""
    numbers = sorted(int(found[1]) for path in folder.glob("*") if (found := EARLIER.fullmatch(path.name)))
    last = folder / RECORDING
    return [*(part(folder, number) for number in numbers), *([last] if last.exists() or not numbers else [])]


def part(folder: Path, number: int) -> Path:
    """Where the recording of a part lies."""
    return folder / f"exchanges.{number}.jsonl.gz"


def read_recording(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the recorded exchanges of a run; a file cut short gives what is whole."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        try:
            for line in file:
                yield json.loads(line)
        except (EOFError, json.JSONDecodeError):
            return


def describe(exchange: Exchange, redaction: Redaction, *, bodies: bool = True) -> dict[str, Any]:
    """Return an exchange as JSON-ready data, redacted."""
    request, answer = exchange.request, exchange.answer
    return {
        "number": exchange.number,
        "test": exchange.test,
        "operation": exchange.name,
        "identity": exchange.identity,
        "request": {
            "method": request.method,
            "url": redaction.text(request.url),
            "headers": redaction.headers(request.headers),
            "body": redaction.body(request.body) if bodies else "",
        },
        "answer": {
            "status": answer.status,
            "headers": redaction.headers(answer.headers),
            "body": redaction.body(answer.body) if bodies else "",
            "elapsed": round(answer.elapsed, 6),
        },
    }
