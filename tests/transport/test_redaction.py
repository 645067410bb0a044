"""Redaction: no secret survives."""

from __future__ import annotations

import pytest

from conformance.transport.redaction import MASK, Redaction

TOKEN = "eyJhbGciOi.canary-token/with+signs="


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {TOKEN}",
        f"curl -H 'Authorization: Bearer {TOKEN}'",
        "https://acc.blob.example.net/c/f.cs?sv=1&sig=canary%2Bsignature&se=2",
        '{"href":"https://a/b?se=1\\u0026sig=canarysignature"}',
        '{"sas": "?sv=1&sig=canary", "x": 1}',
        '{"sasToken":"canary"}',
        '{"shareKey" : "canary"}',
        f"plain {TOKEN} anywhere",
        "?token=eyJhbGciOi.canary-token%2Fwith%2Bsigns%3D",
    ],
)
def test_no_secret_stays(text: str) -> None:
    cleaned = Redaction([TOKEN]).text(text)
    assert "canary" not in cleaned
    assert MASK in cleaned


def test_secret_headers_are_masked_and_others_kept() -> None:
    headers = {"Authorization": "Bearer abc", "X-Other": "kept", "cookie": "a=b"}
    assert Redaction().headers(headers) == {"Authorization": MASK, "X-Other": "kept", "cookie": MASK}


def test_bytes_are_counted_not_shown() -> None:
    assert Redaction().body(b"\xff\xfe\x00") == "<3 bytes>"


def test_long_bodies_are_cut() -> None:
    assert Redaction().body(b"a" * 20, limit=10) == "aaaaaaaaaa… <20 characters>"
