"""Canaries: no token, key, secret or signature is in what a run writes or says, or in the process list."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.runner.conduct import Conduct
from conformance.runner.options import Options
from conformance.runner.run import Run
from tests.commands.conftest import BOTH, Place

# One run is looked at by all of these tests, so they belong to one worker.
pytestmark = pytest.mark.xdist_group("canaries")

SIGNED = re.compile(rb"(?:sig|Signature)=(?!\[redacted\]|%5Bredacted)[A-Za-z0-9%+/]{8,}")
JWT = re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")
KEYS = re.compile(rb'\\?"shareKey\\?"\s*:\s*\\?"(?!\[redacted\])[^"\\]+')
CANARIES = ("canary-gateway-key-4712", "mock-secret-second", "mock-token-", "canary-proxy-word")
SECRETS = {"MAIN": "mock-token-admin", "SECRET": CANARIES[1], "GATEWAY": CANARIES[0]}
NOTHING = {"IMODELS_TOKEN": "", "IMODELS_TARGET": "", "IMODELS_ITWIN": ""}
FAULTS = ("answers/no-leak:token", "changesets/parent-exists")
"""The mock repeats tokens in its refusals, and a story breaks that is told again by `replay`."""


@dataclass
class Told:
    """The reports of a run, and every word of it and of the commands that followed."""

    folder: Path
    words: dict[str, str]

    def contents(self) -> Iterator[tuple[Path, bytes]]:
        """Each file with what is in it."""
        for file in self.folder.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                yield file, gzip.decompress(content) if file.suffix == ".gz" else content


def _aim(place: Place, folder: Path, more: str = "") -> None:
    (folder / "imodels.toml").write_text(
        f'[target]\nurl = "{place.url}"\nitwins = ["{BOTH[0]}", "{BOTH[1]}"]\n'
        '[identities.main]\ntoken-env = "MAIN"\n'
        f'[identities.second]\ntoken-url = "{place.url.removesuffix("/imodels")}/connect/token"\n'
        'client-id = "mock-second"\nclient-secret-env = "SECRET"\nscope = "itwin-platform"\n'
        '[identities.reader]\ntoken-command = ["sh", "-c", "sleep 1; printf mock-tok; printf en-reader"]\n'
        f'[network]\nheaders-env = {{ X-Gateway = "GATEWAY" }}\n{more}'
    )


def _shown(process: int) -> str:
    """What the list of processes shows of one and of all that it started."""
    try:
        own = Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
        started = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return ""
    return "\n".join([own, *(_shown(int(child)) for child in started)])


def _run(place: Place, folder: Path, *chosen: str) -> dict[str, str]:
    asked = ("run", "--tier", "none", "--reports", "here", *chosen)
    process = place.start(*asked, cwd=folder, **NOTHING, **SECRETS)
    shown: set[str] = set()
    while True:
        try:
            said, _ = process.communicate(timeout=0.05)
            break
        except subprocess.TimeoutExpired:
            shown.add(_shown(process.pid))
    assert process.returncode == 1, said
    return {"run": said, "ps": "\n".join(shown)}


@pytest.fixture(scope="module")
def told(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A run with findings, with a canary in every place where a secret may stand, and what comes after it."""
    folder = tmp_path_factory.mktemp("canaries")
    place: Place = serve("--log", "off", *(part for name in FAULTS for part in ("--fault", name)))
    _aim(place, folder)
    words = _run(place, folder, "--resource", "Share", "--resource", "Changesets")
    findings = json.loads((folder / "here/findings.json").read_text())["findings"]
    (parent, *_) = (one["fingerprint"] for one in findings if one["requirement"] == FAULTS[1])
    later = {
        "record": ("record", "here"),
        "report": ("report", "here"),
        "explain": ("explain", parent, "--reports", "here"),
        "replay": ("replay", parent, "--reports", "here"),
        "observe": ("drift", "observe", "here", "--allure", "here/drift"),
        "overlay": ("drift", "overlay", "here", "--output", "here/overlay.yaml"),
        "parity": ("parity", "here", "here"),
        "evidence": ("evidence", "here", "--service", place.url, "--file", "here/evidence.yaml"),
        "sweep": ("sweep", "here", "--yes"),
    }
    alone = NOTHING | SECRETS | {"IMODELS_TOKEN": SECRETS["MAIN"]}
    for name, command in later.items():
        words[name] = place.call(*command, cwd=folder, **alone)[1]
    assert "still broken" in words["replay"]
    assert "nothing is left behind" in words["sweep"]
    return Told(folder / "here", words)


def _leaks(content: bytes) -> list[bytes]:
    found = [canary.encode() for canary in CANARIES if canary.encode() in content]
    return found + [match for shape in (SIGNED, JWT, KEYS) for match in shape.findall(content)]


def test_nothing_that_is_said_holds_a_secret(told: Told) -> None:
    assert {name: leaks for name, said in told.words.items() if (leaks := _leaks(said.encode()))} == {}
    assert "sleep 1" in told.words["ps"]
    assert "curl" in told.words["explain"]


def test_no_artefact_holds_a_secret(told: Told) -> None:
    contents = dict(told.contents())
    assert {file.name: leaks for file, content in contents.items() if (leaks := _leaks(content))} == {}
    names = {file.relative_to(told.folder).as_posix() for file in contents}
    assert names > {
        "report.html",
        "junit.xml",
        "journal.jsonl",
        "ledger.json",
        "summary.txt",
        "errors.md",
        "recording.har",
        "evidence.yaml",
    }
    assert len([name for name in names if name.startswith("allure-results/")]) > 20
    assert any(name.startswith("replays/") for name in names)
    assert any(name.startswith("drift/") for name in names)


def test_workers_hand_on_no_secret(serve: Any, tmp_path: Path) -> None:
    place: Place = serve("--log", "off", "--fault", FAULTS[0])
    _aim(place, tmp_path)
    words = _run(place, tmp_path, "--workers", "2", "--requirement", "imodels/unknown-id", "--cross-section")
    assert words["ps"].count("conformance.cli worker") > 1
    told = Told(tmp_path / "here", words)
    assert {name: leaks for name, said in words.items() if (leaks := _leaks(said.encode()))} == {}
    assert {file.name: leaks for file, content in told.contents() if (leaks := _leaks(content))} == {}
    assert len(list(told.folder.glob("worker-*/journal.jsonl"))) == 2


def test_what_is_looked_for_was_there_to_leak(told: Told) -> None:
    recorded = dict(told.contents())[told.folder / "exchanges.jsonl.gz"]
    assert recorded.count(b"[redacted]") > 100
    assert b"shareKey" in recorded
    assert b"sig=[redacted]" in recorded
    assert b"(Bearer [redacted])" in recorded
    for identity in ("second", "reader"):
        assert f'"identity": "{identity}"'.encode() in recorded
    findings = json.loads((told.folder / "findings.json").read_text())["findings"]
    assert {finding["requirement"] for finding in findings} >= {"answers/no-leak", FAULTS[1]}


def test_what_is_in_the_way_is_told_without_a_secret(place: Place, tmp_path: Path) -> None:
    _aim(place, tmp_path, 'proxy-env = "PROXY"\n')
    secrets = NOTHING | SECRETS | {"PROXY": f"http://somebody:{CANARIES[3]}@127.0.0.1:1"}
    secrets |= {"IMODELS_TOKEN_SECOND": "mock-token-second"}
    for command in (("run", "--reports", "here"), ("sweep", "--orphans", "--yes")):
        code, said = place.call(*command, cwd=tmp_path, **secrets)
        assert (code, "target down" in said) == (3, True), said
        assert _leaks(said.encode()) == []
    told = Told(tmp_path / "here", {})
    assert {file.name: leaks for file, content in told.contents() if (leaks := _leaks(content))} == {}


def test_an_error_of_the_suite_itself_is_told_without_a_secret(tmp_path: Path) -> None:
    run = Run(Options(reports=str(tmp_path)))
    conduct = Conduct.of(run)
    run.target.tokens["main"]
    try:
        raise RuntimeError("Illegal header value b'Bearer mock-token-admin' for https://a/b?sig=abcdefgh%2B")
    except RuntimeError as error:
        conduct.crashed(error)
    conduct.troubled("somewhere", "no mock-token-admin")
    verdict = conduct.end(conduct.crash)
    assert "RuntimeError" in verdict.line
    assert "Illegal header value" in (tmp_path / "internal-error.txt").read_text()
    told = Told(tmp_path, {})
    assert {file.name: leaks for file, content in told.contents() if (leaks := _leaks(content))} == {}


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
