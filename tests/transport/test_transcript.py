"""The transcript: what is chance does not count, what was asked does."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.contract import load
from conformance.exchange import Answer, Exchange, Request
from conformance.transport.transcript import Transcript

FIRST, OTHER = "f3faa8e8-79ea-4723-8ad5-cfbc1d74bd1c", "5d6e4f70-8192-4a3b-84c5-d6e7f8091a2b"
EARLY, LATE = "2026-11-24T05:19:13.2860200Z", "2026-11-24T05:19:13.2870000Z"


def _digest(bodies: Iterable[str]) -> str:
    transcript = Transcript("ic-20261124-051912-aaaaaa")
    for body in bodies:
        request = Request("POST", "http://127.0.0.1/imodels", body=body.encode())
        transcript.add(Exchange(1, request, Answer(201), load()))
    return transcript.digest()


def test_two_answers_may_bear_the_same_moment_or_not() -> None:
    assert _digest([f"a {EARLY}", f"b {EARLY}"]) == _digest([f"a {EARLY}", f"b {LATE}"])


def test_ids_are_told_apart_by_the_order_they_came_in() -> None:
    assert _digest([FIRST, OTHER, f"{FIRST} again"]) == _digest([OTHER, FIRST, f"{OTHER} again"])
    assert _digest([FIRST, OTHER, f"{FIRST} again"]) != _digest([FIRST, OTHER, f"{OTHER} again"])


def test_the_bytes_of_files_are_told_apart() -> None:
    def digest(body: bytes) -> str:
        transcript = Transcript("ic-20261124-051912-aaaaaa")
        request = Request("PUT", "http://127.0.0.1/imodels", body=body)
        transcript.add(Exchange(1, request, Answer(201), load()))
        return transcript.digest()

    assert digest(b"\x89PNG one") == digest(b"\x89PNG one")
    assert digest(b"\x89PNG one") != digest(b"\x89PNG two")
