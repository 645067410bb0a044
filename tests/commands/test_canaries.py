"""Canaries: no token, key, secret or signature is in what a run writes or says, or in the process list."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from tests.commands.conftest import BOTH, Place

SIGNED = re.compile(rb"(?:sig|Signature)=(?!\[redacted\]|%5Bredacted)[A-Za-z0-9%+/]{8,}")
JWT = re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")
KEYS = re.compile(rb'\\?"shareKey\\?"\s*:\s*\\?"(?!\[redacted\])[^"\\]+')
CANARIES = ("canary-gateway-key-4712", "mock-secret-second", "mock-token-admin")


@pytest.fixture
def told(serve: Any, tmp_path: Path) -> tuple[Path, str]:
    """The folder and the words of a run, with a canary in every place where a secret may stand."""
    place: Place = serve("--log", "off")
    (tmp_path / "imodels.toml").write_text(
        f'[target]\nurl = "{place.url}"\nitwins = ["{BOTH[0]}", "{BOTH[1]}"]\n'
        '[identities.main]\ntoken-env = "MAIN"\n'
        f'[identities.second]\ntoken-url = "{place.url.removesuffix("/imodels")}/connect/token"\n'
        'client-id = "mock-second"\nclient-secret-env = "SECRET"\nscope = "itwin-platform"\n'
        '[network]\nheaders-env = { X-Gateway = "GATEWAY" }\n'
    )
    secrets = {"MAIN": "mock-token-admin", "SECRET": "mock-secret-second", "GATEWAY": CANARIES[0]}
    nothing = {"IMODELS_TOKEN": "", "IMODELS_TARGET": "", "IMODELS_ITWIN": ""}
    wanted = ("--resource", "Share", "--resource", "Changesets", "--profile", "gate", "--tier", "none")
    process = place.start("run", *wanted, "--reports", "here", cwd=tmp_path, **nothing, **secrets)
    shown = b""
    while not (tmp_path / "here" / "ledger.json").exists():
        assert process.poll() is None
        shown = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        sleep(0.05)
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return tmp_path / "here", said + shown.decode()


def _leaks(content: bytes) -> list[bytes]:
    found = [canary.encode() for canary in CANARIES if canary.encode() in content]
    return found + [match for shape in (SIGNED, JWT, KEYS) for match in shape.findall(content)]


def test_no_artefact_of_a_run_holds_a_secret(told: tuple[Path, str]) -> None:
    folder, said = told
    assert _leaks(said.encode()) == []
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert len(files) > 20
    contents = {file: file.read_bytes() for file in files}
    plain = {f: gzip.decompress(c) if f.suffix == ".gz" else c for f, c in contents.items()}
    assert {file.name: leaks for file, content in plain.items() if (leaks := _leaks(content))} == {}
    recorded = plain[folder / "exchanges.jsonl.gz"]
    # What is looked for was really there to leak.
    assert recorded.count(b"[redacted]") > 100
    assert b"shareKey" in recorded
    assert b"sig=[redacted]" in recorded
    assert b'"identity": "second"' in recorded


def test_the_search_finds_what_it_looks_for() -> None:
    leaks = (
        b"Bearer mock-token-admin",
        b"https://a/b?se=1&sig=abcdefgh%2B",
        b'{"shareKey": "abc"}',
        b'{\\"shareKey\\": \\"abc\\"}',
        b"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.x",
    )
    assert all(_leaks(leak) for leak in leaks)
    assert _leaks(b'sig=[redacted] {"shareKey": "[redacted]"}') == []
