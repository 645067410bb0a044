"""Redaction: no secret survives."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from conformance.exchange import Deviation, Finding
from conformance.report.curl import curl
from conformance.runner.conclude import conclude
from conformance.runner.options import Options
from conformance.runner.run import Run
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


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run against the embedded mock, which its test concludes."""
    return Run(Options(reports=str(tmp_path / "reports")))


def test_a_key_that_was_handed_out_is_masked_wherever_it_stands(run: Run) -> None:
    with run.story("sharing"):
        imodel = str(run.maker().imodel()["id"])
        key = str(run.maker().share(imodel)["shareKey"])
        told = {"authorization": f"Basic {key}"}
        opened = run.api("")("get-imodel-details", id=imodel, headers=told)
        run.api()("update-imodel", id=imodel, body={"description": f"opened with {key}"})
        assert key not in curl(opened, run.redaction, run.target.tokens)
        deviation = Deviation("the key", "no key", f"{key} in the answer")
        run.ledger.broken(Finding("answers/no-leak", "get-imodel-details", deviation, (opened,)))
    conclude(run, trouble=[f"trouble with {key}"])
    files = [file for file in run.folder.rglob("*") if file.is_file()]
    contents = [_content(file) for file in files]
    assert any(imodel.encode() in content for content in contents)
    assert not any(key.encode() in content for content in contents)


def _content(file: Path) -> bytes:
    content = file.read_bytes()
    return gzip.decompress(content) if file.suffix == ".gz" else content
