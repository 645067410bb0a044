"""The network policy: what is tried again, and what never is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import httpx
import pytest

from conformance.api import Api
from conformance.transport.journal import Journal
from conformance.transport.wire import UNSENT, Unreachable, Unsent
from tests.transport.conftest import ITWIN, Reach, Serve, listed, made
from tests.transport.servers import (
    LIST,
    Act,
    answering,
    badly_zipped,
    closed,
    dripping,
    endless,
    half,
    half_a_chunk,
    hung_up,
    in_chunks,
    no_http,
    read,
    reset,
    silent,
    whole,
    zipped,
)

LOSSES = (reset, hung_up, half, half_a_chunk, badly_zipped, no_http, silent, dripping, endless)


@pytest.mark.parametrize("act", [whole, zipped, in_chunks])
def test_an_answer_may_come_in_every_form(serve: Serve, reach: Reach, act: Act) -> None:
    api = reach(f"http://127.0.0.1:{serve(act).port}/imodels")
    answer = api("get-itwin-imodels", query={"iTwinId": ITWIN}).answer
    assert (answer.status, answer.body) == (200, LIST)


@pytest.mark.parametrize("act", LOSSES)
def test_a_read_is_tried_three_times(serve: Serve, reach: Reach, act: Act) -> None:
    server = serve(act)
    with pytest.raises(Unreachable):
        listed(reach(f"http://127.0.0.1:{server.port}/imodels"))
    assert len(server.heads) == 3


@pytest.mark.parametrize("act", LOSSES)
def test_a_read_that_comes_through_is_no_trouble(serve: Serve, reach: Reach, act: Act) -> None:
    server = serve(act, whole)
    assert listed(reach(f"http://127.0.0.1:{server.port}/imodels")) == 200
    assert len(server.heads) == 2


@pytest.mark.parametrize("act", LOSSES)
def test_a_write_whose_answer_is_lost_is_never_sent_again(
    serve: Serve, reach: Reach, journal: Journal, act: Act
) -> None:
    server = serve(act)
    with pytest.raises(Unreachable):
        made(reach(f"http://127.0.0.1:{server.port}/imodels"))
    assert len(server.heads) == 1
    assert [one.name for one in journal.unsettled()] == ["new"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/imodels", "http://no-such-host.invalid:{}/imodels"])
def test_what_was_never_sent_left_nothing(reach: Reach, journal: Journal, url: str) -> None:
    with pytest.raises(Unreachable):
        made(reach(url.format(closed())))
    assert journal.intended() != []
    assert journal.unsettled() == []


def test_a_write_that_was_never_sent_is_tried_again(
    serve: Serve, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = closed()
    late: list[socket.socket] = []

    def come_up(_: float) -> None:
        if not late:
            late.append(socket.create_server(("127.0.0.1", port)))
            threading.Thread(target=_answer_one, args=(late[0],), daemon=True).start()

    monkeypatch.setattr("conformance.api.time.sleep", come_up)
    assert made(reach(f"http://127.0.0.1:{port}/imodels")) == 200
    late[0].close()


def _answer_one(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        read(connection)
        whole(connection)


@pytest.mark.parametrize("error", UNSENT, ids=lambda error: error.__name__)
def test_a_connection_that_never_stood_is_tried_again(
    reach: Reach, journal: Journal, error: type[httpx.TransportError]
) -> None:
    tried: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        tried.append(request.method)
        raise error("no way")

    api = reach("http://127.0.0.1:1/imodels")
    api.road.wire.client.close()
    api.road.wire.client = httpx.Client(transport=httpx.MockTransport(refuse))
    with pytest.raises(Unsent):
        made(api)
    assert tried == ["POST"] * 3
    assert journal.unsettled() == []


LIMITED = answering(b"429 Too Many Requests", b"retry-after: 0")


@pytest.mark.parametrize("send", [listed, made])
def test_a_429_is_waited_out(
    serve: Serve, reach: Reach, journal: Journal, send: Callable[[Api], int]
) -> None:
    server = serve(LIMITED, LIMITED, whole)
    assert send(reach(f"http://127.0.0.1:{server.port}/imodels")) == 200
    assert len(server.heads) == 3
    # The two that were refused made nothing; of the third nobody was told an id.
    assert len(journal.unsettled()) == (send is made)


def test_a_429_without_an_end_is_no_answer(serve: Serve, reach: Reach) -> None:
    server = serve(LIMITED)
    with pytest.raises(Unreachable, match="still 429 after 5 waits"):
        made(reach(f"http://127.0.0.1:{server.port}/imodels"))
    assert len(server.heads) == 6


@pytest.mark.parametrize("send", [listed, made])
@pytest.mark.parametrize(
    ("act", "status"),
    [
        (answering(b"503 Service Unavailable"), 503),
        (answering(b"307 Temporary Redirect", b"location: /imodels/elsewhere"), 307),
    ],
    ids=["5xx", "3xx"],
)
def test_a_5xx_and_a_redirect_are_answers(
    serve: Serve, reach: Reach, send: Callable[[Api], int], act: Act, status: int
) -> None:
    server = serve(act)
    assert send(reach(f"http://127.0.0.1:{server.port}/imodels")) == status
    assert len(server.heads) == 1


def test_plain_http_behind_https_is_unreachable(serve: Serve, reach: Reach) -> None:
    with pytest.raises(Unreachable):
        listed(reach(f"https://127.0.0.1:{serve(whole).port}/imodels"))
