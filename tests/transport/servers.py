"""A server that does odd things with connections, and the things it may do."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

LIST = b'{"iModels": [], "_links": {"self": {"href": "x"}, "prev": null, "next": null}}'
Act = Callable[[socket.socket], None]


def head(*lines: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", b"content-type: application/json", *lines, b"", b""))


def read(connection: socket.socket) -> bytes:
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
                self.heads.append(read(connection))
                act = self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
                act(connection)
        except OSError:
            plain.close()

    def close(self) -> None:
        self._socket.close()


def answering(status: bytes, *lines: bytes) -> Act:
    """Answer with a status and nothing else."""

    def act(connection: socket.socket) -> None:
        connection.sendall(
            b"\r\n".join(
                (b"HTTP/1.1 " + status, b"content-length: 0", b"connection: close", *lines, b"", b"")
            )
        )

    return act


def closed() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
