"""The network policy: what is tried again, and what never is."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conformance import api as module
from conformance.api import Api, Road
from conformance.contract import load
from conformance.credentials import ClientCredentials, NoToken, Tokens
from conformance.exchange import Request
from conformance.runner.ledger import Ledger
from conformance.story import CURRENT, Story
from conformance.target import Network, Target
from conformance.transport import wire as wire_module
from conformance.transport.connection import trust
from conformance.transport.journal import Journal
from conformance.transport.wire import Unreachable, Wire

ITWIN = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
LIST = b'{"iModels": [], "_links": {"self": {"href": "x"}, "prev": null, "next": null}}'
Act = Callable[[socket.socket], None]


def head(*lines: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", b"content-type: application/json", *lines, b"", b""))


def _read(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got and (piece := connection.recv(65536)):
        got += piece
    start, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", start.lower())
    # What is not read would be a reset in the place of the answer.
    while length and len(body) < int(length[1]) and (piece := connection.recv(65536)):
        body += piece
    return got


def whole(connection: socket.socket) -> None:
    connection.sendall(head(b"content-length: %d" % len(LIST), b"connection: close") + LIST)


def zipped(connection: socket.socket) -> None:
    packed = gzip.compress(LIST)
    connection.sendall(head(b"content-encoding: gzip", b"content-length: %d" % len(packed)) + packed)


def in_chunks(connection: socket.socket) -> None:
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (LIST[:7], LIST[7:]))
    connection.sendall(head(b"transfer-encoding: chunked") + pieces + b"0\r\n\r\n")


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hung_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def half(connection: socket.socket) -> None:
    connection.sendall(head(b"content-length: %d" % len(LIST)) + LIST[:10])


def half_a_chunk(connection: socket.socket) -> None:
    connection.sendall(head(b"transfer-encoding: chunked") + b"ff\r\nabc")


def badly_zipped(connection: socket.socket) -> None:
    connection.sendall(head(b"content-encoding: gzip", b"content-length: 5") + b"plain")


def no_http(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-other\r\n\r\n")


def silent(connection: socket.socket) -> None:
    time.sleep(0.6)


def dripping(connection: socket.socket) -> None:
    connection.sendall(head(b"content-length: 1000"))
    for _ in range(60):
        connection.sendall(b" ")
        time.sleep(0.05)


def endless(connection: socket.socket) -> None:
    connection.sendall(head(b"content-length: 9999999"))
    for _ in range(100):
        connection.sendall(b" " * 1000)


def granting(connection: socket.socket) -> None:
    told = b'{"access_token": "granted", "token_type": "Bearer", "expires_in": 3600}'
    connection.sendall(head(b"content-length: %d" % len(told), b"connection: close") + told)


class Server:
    """A server that reads a request and then does something odd with the connection, each in its turn."""

    def __init__(self, *acts: Act, context: ssl.SSLContext | None = None) -> None:
        self.heads: list[bytes] = []
        self._acts, self._context = list(acts), context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, plain: socket.socket) -> None:
        try:
            connection = self._context.wrap_socket(plain, server_side=True) if self._context else plain
            with connection:
                self.heads.append(_read(connection))
                act = self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
                act(connection)
        except OSError:
            plain.close()

    def close(self) -> None:
        self._socket.close()


Serve = Callable[..., Server]


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
def reach(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Api]]:
    """The API at an address, with little patience."""
    monkeypatch.setattr(module, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(wire_module, "LARGEST_ANSWER", 50_000)
    wires: list[Wire] = []

    def to(url: str, network: Network | None = None) -> Api:
        tokens = Tokens.fixed({"main": "t"})
        target = Target(url, (ITWIN,), tokens, timeout=0.3, network=network or Network())
        wires.append(Wire.to(target, journal))
        return Api(Road(load(), wires[-1])).unjudged

    import random

    token = CURRENT.set(Story("network", Ledger(), random.Random(1)))
    yield to
    CURRENT.reset(token)
    for wire in wires:
        wire.close()


LOSSES = (reset, hung_up, half, half_a_chunk, badly_zipped, no_http, silent, dripping, endless)


def _list(api: Api) -> int:
    return api("get-itwin-imodels", query={"iTwinId": ITWIN}).status


def _make(api: Api) -> int:
    return api("create-imodel", body={"iTwinId": ITWIN, "name": "new"}).status


@pytest.mark.parametrize("act", [whole, zipped, in_chunks])
def test_an_answer_may_come_in_every_form(serve: Serve, reach: Callable[..., Api], act: Act) -> None:
    api = reach(f"http://127.0.0.1:{serve(act).port}/imodels")
    answer = api("get-itwin-imodels", query={"iTwinId": ITWIN}).answer
    assert (answer.status, answer.body) == (200, LIST)


@pytest.mark.parametrize("act", LOSSES)
def test_a_read_is_tried_three_times(serve: Serve, reach: Callable[..., Api], act: Act) -> None:
    server = serve(act)
    with pytest.raises(Unreachable):
        _list(reach(f"http://127.0.0.1:{server.port}/imodels"))
    assert len(server.heads) == 3


@pytest.mark.parametrize("act", LOSSES)
def test_a_read_that_comes_through_is_no_trouble(serve: Serve, reach: Callable[..., Api], act: Act) -> None:
    server = serve(act, whole)
    assert _list(reach(f"http://127.0.0.1:{server.port}/imodels")) == 200
    assert len(server.heads) == 2


@pytest.mark.parametrize("act", LOSSES)
def test_a_write_whose_answer_is_lost_is_never_sent_again(
    serve: Serve, reach: Callable[..., Api], journal: Journal, act: Act
) -> None:
    server = serve(act)
    with pytest.raises(Unreachable):
        _make(reach(f"http://127.0.0.1:{server.port}/imodels"))
    assert len(server.heads) == 1
    assert [made.name for made in journal.unsettled()] == ["new"]


def _closed() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/imodels", "http://no-such-host.invalid:{}/imodels"])
def test_what_was_never_sent_left_nothing(reach: Callable[..., Api], journal: Journal, url: str) -> None:
    with pytest.raises(Unreachable):
        _make(reach(url.format(_closed())))
    assert journal.intended() != []
    assert journal.unsettled() == []


def test_a_write_that_was_never_sent_is_tried_again(
    serve: Serve, reach: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = _closed()
    late: list[socket.socket] = []

    def come_up(_: float) -> None:
        if not late:
            late.append(socket.create_server(("127.0.0.1", port)))
            threading.Thread(target=_answer_one, args=(late[0],), daemon=True).start()

    monkeypatch.setattr("conformance.api.time.sleep", come_up)
    assert _make(reach(f"http://127.0.0.1:{port}/imodels")) == 200
    late[0].close()


def _answer_one(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        _read(connection)
        whole(connection)


def test_plain_http_behind_https_is_unreachable(serve: Serve, reach: Callable[..., Api]) -> None:
    with pytest.raises(Unreachable):
        _list(reach(f"https://127.0.0.1:{serve(whole).port}/imodels"))


def test_a_proxy_is_used_and_one_that_is_down_is_unreachable(serve: Serve, reach: Callable[..., Api]) -> None:
    proxy = serve(whole)
    through = Network(proxy=f"http://127.0.0.1:{proxy.port}")
    assert _list(reach("http://imodels.invalid/imodels", through)) == 200
    assert proxy.heads[0].startswith(b"GET http://imodels.invalid/imodels?")
    with pytest.raises(Unreachable):
        _list(reach("http://imodels.invalid/imodels", Network(proxy=f"http://127.0.0.1:{_closed()}")))


def test_extra_headers_go_to_the_target_alone(serve: Serve, reach: Callable[..., Api]) -> None:
    target, storage = serve(whole), serve(whole)
    api = reach(f"http://127.0.0.1:{target.port}/imodels", Network(headers={"X-Gateway": "canary"}))
    _list(api)
    link = f"http://127.0.0.1:{storage.port}/file?sig=x"
    api.road.wire.guard._storage[link.replace("sig=x", "sig=")] = True
    api.send(Request("GET", link))
    assert b"x-gateway: canary" in target.heads[0].lower()
    assert b"canary" not in storage.heads[0]


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


def test_an_own_authority_and_a_certificate_open_a_target(
    serve: Serve, reach: Callable[..., Api], papers: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers / "own.pem", papers / "own.key")
    context.load_verify_locations(papers / "own.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    # So that a refusal of the certificate is seen before anything is sent.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    url = f"https://127.0.0.1:{serve(whole, context=context).port}/imodels"
    ours = str(papers / "own.pem")
    shown = Network(ca=ours, certificate=ours, key=str(papers / "own.key"))
    assert _list(reach(url, shown)) == 200
    for network in (Network(), Network(ca=ours)):
        with pytest.raises(Unreachable):
            _list(reach(url, network))


def _application(url: str, **way: Any) -> ClientCredentials:
    return ClientCredentials(url, "application", lambda: "canary", **way)


def test_an_application_signs_in_through_the_proxy(serve: Serve) -> None:
    proxy = serve(granting)
    through = _application("http://127.0.0.1:1/connect/token", proxy=f"http://127.0.0.1:{proxy.port}")
    assert through.token() == "granted"
    assert proxy.heads[0].startswith(b"POST http://127.0.0.1:1/connect/token")
    with pytest.raises(NoToken, match="gave no token"):
        _application("http://127.0.0.1:1/connect/token").token()


def test_an_application_signs_in_where_an_own_authority_vouches(serve: Serve, papers: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers / "own.pem", papers / "own.key")
    url = f"https://127.0.0.1:{serve(granting, context=context).port}/connect/token"
    assert _application(url, trust=trust(Network(ca=str(papers / "own.pem")))).token() == "granted"
    with pytest.raises(NoToken, match="gave no token: SSLError"):
        _application(url).token()
