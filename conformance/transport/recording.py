"""The recording: every exchange of a run on disk, redacted, compressed and bounded."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.exchange import Exchange
from conformance.transport.provenance import Provenance
from conformance.transport.redaction import Redaction

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
        line = json.dumps(
            describe(exchange, self._redaction, bodies=self._written < LARGEST)
            | {"at": datetime.now(UTC).isoformat(), "provenance": self._provenance.of(exchange)}
        )
        self._provenance.learn(exchange)
        self._file.write(line + "\n")
        self._written += len(line)
        self._count += 1
        if self._count % FLUSH_EVERY == 0:
            self._file.flush()

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


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
