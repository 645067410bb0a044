"""The way to a service and to a sign-in: proxy, own authority, certificate, extra headers."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from conformance.credentials import ClientCredentials, NoToken
from conformance.exchange import Request
from conformance.target import Network
from conformance.transport.connection import trust
from conformance.transport.wire import Unreachable
from tests.transport.conftest import Reach, Serve, listed
from tests.transport.servers import closed, granting, whole


def test_a_proxy_is_used_and_one_that_is_down_is_unreachable(serve: Serve, reach: Reach) -> None:
    proxy = serve(whole)
    through = Network(proxy=f"http://127.0.0.1:{proxy.port}")
    assert listed(reach("http://imodels.invalid/imodels", through)) == 200
    assert proxy.heads[0].startswith(b"GET http://imodels.invalid/imodels?")
    with pytest.raises(Unreachable):
        listed(reach("http://imodels.invalid/imodels", Network(proxy=f"http://127.0.0.1:{closed()}")))


def test_extra_headers_go_to_the_target_alone(serve: Serve, reach: Reach) -> None:
    target, storage = serve(whole), serve(whole)
    api = reach(f"http://127.0.0.1:{target.port}/imodels", Network(headers={"X-Gateway": "canary"}))
    listed(api)
    link = f"http://127.0.0.1:{storage.port}/file?sig=x"
    api.road.wire.guard._storage[link.replace("sig=x", "sig=")] = True
    api.send(Request("GET", link))
    assert b"x-gateway: canary" in target.heads[0].lower()
    assert b"canary" not in storage.heads[0]


def test_an_own_authority_and_a_certificate_open_a_target(serve: Serve, reach: Reach, papers: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers / "own.pem", papers / "own.key")
    context.load_verify_locations(papers / "own.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    # So that a refusal of the certificate is seen before anything is sent.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    url = f"https://127.0.0.1:{serve(whole, context=context).port}/imodels"
    ours = str(papers / "own.pem")
    shown = Network(ca=ours, certificate=ours, key=str(papers / "own.key"))
    assert listed(reach(url, shown)) == 200
    for network in (Network(), Network(ca=ours)):
        with pytest.raises(Unreachable):
            listed(reach(url, network))


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
