"""What the tests of the transport share."""

from __future__ import annotations

import random
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conformance import api as module
from conformance.api import Api, Road
from conformance.contract import load
from conformance.credentials import Tokens
from conformance.runner.ledger import Ledger
from conformance.story import CURRENT, Story
from conformance.target import Network, Target
from conformance.transport import wire as wire_module
from conformance.transport.journal import Journal
from conformance.transport.wire import Wire
from tests.transport.servers import Act, Server

ITWIN = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
Serve = Callable[..., Server]
Reach = Callable[..., Api]


def listed(api: Api) -> int:
    """Ask for a list; the status."""
    return api("get-itwin-imodels", query={"iTwinId": ITWIN}).status


def made(api: Api) -> int:
    """Ask for an iModel to be made; the status."""
    return api("create-imodel", body={"iTwinId": ITWIN, "name": "new"}).status


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal at `tmp_path / "journal.jsonl"`."""
    opened = Journal(tmp_path / "journal.jsonl")
    yield opened
    opened.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers."""
    servers: list[Server] = []

    def start(*acts: Act, context: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(*acts, context=context))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def reach(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reach]:
    """The API at an address, with little patience."""
    monkeypatch.setattr(module, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(wire_module, "LARGEST_ANSWER", 50_000)
    wires: list[Wire] = []

    def to(url: str, network: Network | None = None) -> Api:
        tokens = Tokens.fixed({"main": "t"})
        target = Target(url, (ITWIN,), tokens, timeout=0.3, network=network or Network())
        wires.append(Wire.to(target, journal))
        return Api(Road(load(), wires[-1])).unjudged

    token = CURRENT.set(Story("network", Ledger(), random.Random(1)))
    yield to
    CURRENT.reset(token)
    for wire in wires:
        wire.close()


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an own authority, and a certificate of it with its key."""
    folder = tmp_path_factory.mktemp("papers")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "own authority")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "own.pem").write_bytes(certificate.public_bytes(pem))
    form, lock = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "own.key").write_bytes(key.private_bytes(pem, form, lock))
    return folder
